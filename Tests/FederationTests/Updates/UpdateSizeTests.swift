import Federation
import Tensors
import Testing

/// Sizes, signs and the largest numbers of updates against sorts and loops over their numbers.
@Suite struct UpdateSizeTests {
  private let rows = honestRows(5, 37)

  @Test func `absolute distances are sums of absolute differences`() throws {
    let table = try matrix(rows).absoluteDistances()
    for i in 0..<5 {
      for j in 0..<5 {
        let expected = zip(rows[i], rows[j]).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) }
        #expect(abs(table[i, j] - expected) < 1e-9)
      }
    }
    #expect(try matrix([[3e38, 1], [-3e38, 1]]).absoluteDistances()[0, 1] > 5.9e38)
  }

  @Test func `signs add up column by column`() throws {
    #expect(try matrix([[1, 0, -2], [3, -1, -1], [2, 4, 0]]).signSums().floats == [3, 0, -2])
  }

  @Test(arguments: [1, 2, 18, 36, 37]) func `the largest numbers are those that a sort finds`(kept: Int) throws {
    let sections = [UpdateSection(name: "w", shape: [37], columns: 0..<37)]
    let updates = try UpdateMatrix(
      matrix(rows).tensor, clientIDs: [3, 5, 8, 9, 11], sampleCounts: [1, 2, 3, 4, 5], sections: sections)
    let result = try updates.largest(kept), vector = honestRows(1, 37, seed: 4)[0]
    let agreements = try updates.signAgreements(with: Tensor(vector), largest: kept)
    for (index, row) in rows.enumerated() {
      let order = row.indices.sorted { abs(row[$0]) > abs(row[$1]) }, top = Set(order.prefix(kept))
      #expect(try result.row(index).floats == row.indices.map { top.contains($0) ? row[$0] : 0 })
      let agreeing = top.filter { (row[$0] > 0) == (vector[$0] > 0) && (row[$0] < 0) == (vector[$0] < 0) }
      #expect(abs(agreements[index] - Double(agreeing.count) / Double(kept)) < 1e-12)
    }
    #expect(result.clientIDs == updates.clientIDs && result.sections == sections)
    #expect(updates.tensor.floats == rows.flatMap { $0 })
  }

  @Test func `of equally large numbers the first are kept`() throws {
    #expect(try matrix([[2, -2, 2, 1, -2]]).largest(3).tensor.floats == [2, -2, 2, 0, 0])
    let extremes: [Float] = [0, 0, .leastNonzeroMagnitude, 3e38]
    #expect(try matrix([extremes]).largest(2).tensor.floats == extremes)
    #expect(try matrix([[0, 0]]).largest(1).tensor.floats == [0, 0])
  }

  @Test func `counts that cannot be are refused, and numbers that are none`() throws {
    let updates = try matrix([[1, 2]]), vector = Tensor([1, 1] as [Float])
    for kept in [0, 3, Int.min] {
      #expect(throws: FederationError.self) { try updates.largest(kept) }
      #expect(throws: FederationError.self) { try updates.signAgreements(with: vector, largest: kept) }
    }
    let broken = try matrix([[1, .nan]])
    #expect(throws: FederationError.self) { try broken.largest(1) }
    #expect(throws: FederationError.self) { try broken.signSums() }
    #expect(throws: FederationError.self) { try broken.absoluteDistances() }
  }
}
