import Federation
import Tensors
import Testing

@Suite struct RoundGeometryTests {
  @Test func `inner products, norms, distances and cosines agree with sums in double precision`() throws {
    let rows = honestRows(6, 9001)
    let geometry = try matrix(rows).geometry(for: "test")
    for i in 0..<6 {
      for j in 0..<6 {
        let product = zip(rows[i], rows[j]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let square = zip(rows[i], rows[j]).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        let scale = geometry.norms[i] * geometry.norms[j]
        #expect(abs(geometry.gram[i * 6 + j] - product) < 1e-6 * scale)
        #expect(abs(geometry.squaredDistances[i * 6 + j] - square) < 1e-5 * max(square, 1e-9))
        #expect(abs(geometry.cosine(i, j) - product / scale) < 1e-6)
      }
    }
  }

  @Test func `nearly equal rows keep their distance`() throws {
    let row = honestRows(1, 5000)[0]
    var other = row
    other[17] += 1e-3
    let difference = Double(other[17] - row[17])
    let geometry = try matrix([row, other, row]).geometry(for: "test")
    #expect(abs(geometry.squaredDistances[1] - difference * difference) < 1e-12)
    #expect(geometry.squaredDistances[2] == 0)
  }

  @Test func `values whose squares overflow single precision are summed in double precision`() throws {
    let geometry = try matrix([[1e30, 0], [0, 2]]).geometry(for: "test")
    #expect(abs(geometry.norms[0] / 1e30 - 1) < 1e-6)
    #expect(geometry.norms[1] == 2)
    #expect(geometry.squaredDistances[1].isFinite)
  }

  @Test func `a zero row has cosine zero with all`() throws {
    #expect(try matrix([[0, 0], [1, 2]]).geometry(for: "test").cosines == [0, 0, 0, 1])
  }

  @Test func `geometry is computed once, and again after a write`() throws {
    let updates = try matrix([[3, 4], [1, 0]])
    #expect(try updates.geometry(for: "test").norms == [5, 1])
    try updates.row(0).fill_(0)
    #expect(try updates.geometry(for: "test").norms == [0, 1])
  }

  @Test(arguments: [2, 4]) func `any number of threads gives the same bits`(threads: Int) throws {
    let rows = honestRows(5, 40_000)
    let alone = try matrix(rows).geometry(for: "test").gram
    let together = try Parallel.withThreads(threads) { try matrix(rows).geometry(for: "test").gram }
    #expect(together == alone)
  }
}
