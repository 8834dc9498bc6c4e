import Federation
import Tensors
import Testing

@Suite struct RoundGeometryTests {
  @Test func `inner products, norms, distances and cosines agree with sums in double precision`() throws {
    let rows = honestRows(6, 9001)
    let geometry = try matrix(rows).geometry(for: "test")
    let (gram, squaredDistances, cosines) = try (geometry.gram(), geometry.squaredDistances(), geometry.cosines())
    for i in 0..<6 {
      for j in 0..<6 {
        let product = zip(rows[i], rows[j]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let square = zip(rows[i], rows[j]).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        let scale = geometry.norms[i] * geometry.norms[j]
        #expect(abs(gram[i, j] - product) < 1e-6 * scale)
        #expect(abs(squaredDistances[i, j] - square) < 1e-5 * max(square, 1e-9))
        #expect(abs(cosines[i, j] - product / scale) < 1e-6)
      }
    }
  }

  @Test func `nearly equal rows keep their distance`() throws {
    let row = honestRows(1, 5000)[0]
    var other = row
    other[17] += 1e-3
    let difference = Double(other[17] - row[17])
    let distances = try matrix([row, other, row]).squaredDistances(for: "test")
    #expect(abs(distances[0, 1] - difference * difference) < 1e-12)
    #expect(distances[0, 2] == 0)
  }

  @Test func `values whose squares overflow single precision are summed in double precision`() throws {
    let geometry = try matrix([[1e30, 0], [0, 2]]).geometry(for: "test")
    #expect(abs(geometry.norms[0] / 1e30 - 1) < 1e-6)
    #expect(geometry.norms[1] == 2)
    #expect(try geometry.squaredDistances()[0, 1].isFinite)
  }

  @Test func `a zero row has cosine zero with all`() throws {
    #expect(try matrix([[0, 0], [1, 2]]).geometry(for: "test").cosines().values == [0, 0, 0, 1])
  }

  @Test func `geometry is computed once, and again after a write`() throws {
    let updates = try matrix([[3, 4], [1, 0]])
    #expect(try updates.geometry(for: "test").norms == [5, 1])
    try updates.row(0).fill_(0)
    #expect(try updates.geometry(for: "test").norms == [0, 1])
    #expect(try updates.gram(for: "test").values == [0, 0, 0, 1])
    try updates.row(0).fill_(2)
    #expect(try updates.gram(for: "test").values == [8, 2, 2, 1])
  }

  @Test(arguments: [2, 4]) func `any number of threads gives the same bits`(threads: Int) throws {
    let rows = honestRows(5, 40_000)
    let alone = try matrix(rows).gram(for: "test").values
    let together = try Parallel.withThreads(threads) { try matrix(rows).gram(for: "test").values }
    #expect(together == alone)
  }

  @Test func `only tables of pairs take the memory of pairs, within the limit`() throws {
    // A table of all pairs of these would take more than a terabyte.
    let updates = try UpdateMatrix(Tensor.ones([400_000, 2]))
    #expect(try updates.norms(for: "test").allSatisfy { abs($0 - 2.0.squareRoot()) < 1e-12 })
    #expect(throws: TensorError.self) { try updates.gram(for: "test") }
  }
}
