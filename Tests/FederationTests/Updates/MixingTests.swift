import Tensors
import Testing

@testable import Federation

/// Rows that are made of all rows, a block of columns at a time.
@Suite("Mixed updates")
struct MixingTests {
  @Test("are a matrix times the rows, for any number of columns and threads", arguments: [1, 17, 4096, 9001])
  func product(columns: Int) throws {
    let rows = try matrix(honestRows(7, columns)), shares = try matrix(honestRows(7, 7, seed: 2)).tensor
    let mixed = try rows.mixed(shares), expected = try shares.matmul(rows.tensor)
    #expect(areClose(mixed.tensor.floats, expected.floats, 1e-5))
    #expect(try Parallel.withThreads(3) { try rows.mixed(shares) }.tensor.floats == mixed.tensor.floats)
    #expect(mixed.clientIDs == rows.clientIDs && mixed.faults.isEmpty)
  }

  @Test("that overflow are seen")
  func overflow() throws {
    let rows = try matrix(Array(repeating: Array(repeating: 3e38, count: 5000), count: 2))
    let mixed = try rows.mixed(Tensor([Float(1), 1, 0.5, 0.5]).reshape([2, 2]))
    #expect(mixed.faults.map(\.row) == [0])
    #expect(try rows.nearestMeans(2).tensor.floats.allSatisfy { $0 == 3e38 })
  }

  @Test("need a share for each pair")
  func shapes() throws {
    let rows = try matrix(honestRows(3, 4))
    #expect(throws: TensorError.self) { try rows.mixed(Tensor.ones([2, 3])) }
    #expect(throws: TensorError.self) { try rows.mixed(Tensor.ones([3, 3], .float64)) }
  }
}
