import TestSupport
import Testing

@testable import Tensors

@Suite("Rows of each sample") struct RowGatherTests {
  private static let x = Tensor((0..<24).map { Float($0) }, shape: [2, 4, 3])
  private static let picks = Tensor(labels: [3, 0, 3, 1, 2, 2], shape: [2, 3])

  @Test("are taken by number") func taken() throws {
    let rows = try Self.x.gatherRows(Self.picks)
    #expect(rows.shape == [2, 3, 3])
    #expect(rows.values == [9, 10, 11, 0, 1, 2, 9, 10, 11, 15, 16, 17, 18, 19, 20, 18, 19, 20])
  }

  @Test("are put where numbers say, and add up") func put() throws {
    let parts = Tensor((1...6).map { Float($0) }, shape: [2, 3, 1])
    let whole = try parts.scatterRows(Self.picks, rows: 4)
    #expect(whole.values == [2, 0, 0, 4, 0, 4, 11, 0])
  }

  @Test("taking and putting are adjoint: <gather x, y> = <x, scatter y>") func adjoint() throws {
    var stream = RandomStream(seed: 3, purpose: "test")
    let y = try Tensor.normal([2, 3, 3], &stream)
    let left = try Self.x.gatherRows(Self.picks).mul(y).sum().item()
    let right = try Self.x.mul(y.scatterRows(Self.picks, rows: 4)).sum().item()
    #expect(abs(left - right) < 1e-3 * abs(left))
  }

  @Test("numbers out of range are named") func range() {
    #expect(throws: TensorError.self) { try Self.x.gatherRows(Tensor(labels: [4, 0], shape: [2, 1])) }
    #expect(throws: TensorError.self) { try Self.x.gatherRows(Tensor(labels: [0, 0])) }
    #expect(throws: TensorError.self) { try Self.x.scatterRows(Self.picks, rows: 4) }
  }
}
