import Testing

@testable import Tensors

@Suite struct ViewTests {
  private let x = Tensor((0..<24).map(Double.init), shape: [2, 3, 4])

  @Test func `views share memory`() throws {
    let x = self.x.clone()
    try x.narrow(axis: 1, start: 1, count: 1).transpose(0, 2).fill_(-1)
    #expect(x.values.filter { $0 == -1 }.count == 8)
    #expect(x.element(at: [1, 1, 3]) == -1 && x.element(at: [1, 2, 0]) == 20)
  }

  @Test func `permuting moves axes`() throws {
    let y = try x.permute([2, 0, 1])
    #expect(y.shape == [4, 2, 3])
    for i in 0..<2 {
      for j in 0..<3 { for k in 0..<4 { #expect(y.element(at: [k, i, j]) == x.element(at: [i, j, k])) } }
    }
  }

  @Test func `reshaping reads in row-major order whatever the memory`() throws {
    #expect(try x.reshape([4, -1]).shape == [4, 6])
    #expect(try x.transpose(0, 1).reshape([24]).values == x.transpose(0, 1).contiguous().values)
    #expect(try x.flatten(from: 1).shape == [2, 12])
    #expect(try Tensor.zeros([2, 3, 4, 5]).channelsLast().flatten(from: 1).shape == [2, 60])
  }

  @Test func `copies move between memory orders`() throws {
    let image = Tensor((0..<120).map(Float.init), shape: [2, 3, 4, 5])
    let last = try image.channelsLast()
    #expect(last.isChannelsLast && last.values == image.values)
    #expect(last.contiguous().floats == image.floats)
    #expect(try last.select(axis: 0, 1).values == image.select(axis: 0, 1).values)
  }

  @Test func `joining and taking apart give back the same`() throws {
    let parts = try (0..<3).map { try x.narrow(axis: 1, start: $0, count: 1) }
    #expect(try Tensor.concatenate(parts, axis: 1).values == x.values)
    #expect(try Tensor.stack([x.row(0), x.row(1)]).values == x.values)
    #expect(try x.gather(Tensor(labels: [1, 0, 1])).select(axis: 0, 2).values == x.row(1).values)
  }

  @Test func `a row that is taken twice adds up its gradient`() throws {
    let x = try Tensor([1.0, 2, 3, 4], shape: [2, 2]).requiresGradient()
    let y = try x.gather(Tensor(labels: [1, 1])).sum()
    #expect(try y.backward()[x]?.values == [0, 0, 2, 2])
  }

  @Test func `types convert and what does not fit becomes its nearest`() {
    #expect(Tensor([-3.5, 300, 2.9]).to(.uint8).values == [0, 255, 2])
    #expect(Tensor([1e30, -.infinity, .nan]).to(.int64).values[2] == 0)
    #expect(Tensor(labels: [3]).to(.float32).values == [3])
  }

  @Test func `wrong views name axis, values and what is allowed`() {
    #expect(
      message { try x.narrow(axis: 1, start: 2, count: 2) }
        == "narrow: range = 3 to 4 is not allowed; 1 to 3 is allowed along axis 2")
    #expect(
      message { try x.select(axis: 3, 0) }
        == "select: axis 4 does not exist; 1 to 3, or -3 to -1 from the end, is allowed")
    #expect(
      message { try x.reshape([5, -1]) }
        == "reshape: shapes [2, 3, 4] and [5, -1] do not fit; 24 elements are to be arranged")
    #expect(message { try x.row(2) } == "select: position = 3 is out of range; 1 to 2 is allowed")
    #expect(
      message { try Tensor.zeros([1 << 40, 1 << 40]) }
        == "full: shape [1099511627776, 1099511627776] is too large; "
        + "this machine holds tensors of at most \(Tensor.byteLimit >> 30) GiB")
  }

  private func message(_ body: () throws -> Tensor) -> String? {
    do { return try "no error: \(body().shape)" } catch { return "\(error)" }
  }
}
