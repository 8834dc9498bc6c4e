import Testing

@testable import Tensors

@Suite struct ArithmeticTests {
  /// Every way in which a second operand can lie to a first one, against element-by-element arithmetic.
  @Test(arguments: [
    ([2, 3], [2, 3]), ([2, 3], [3]), ([2, 3], [2, 1]), ([2, 3], []), ([], [2, 3]), ([3], [2, 3]), ([2, 1], [2, 3]),
    ([2, 1, 3], [4, 1]), ([2, 3, 2, 2], [1, 3, 1, 1]), ([1], [1]), ([0, 3], [3]), ([5, 17], [17]), ([17, 5], [17, 1]),
  ])
  func `operands stretch alike in both precisions`(a: Shape, b: Shape) throws {
    let x = try values(a, from: 0.5), y = try values(b, from: -3.25)
    let shape = try #require(Shape.broadcast(a, b))
    for (name, operation, oracle) in operations {
      let expected = positions(shape).map { oracle(x.at($0, in: shape), y.at($0, in: shape)) }
      let wide = try operation(x, y), narrow = try operation(x.to(.float32), y.to(.float32))
      #expect(wide.shape == shape && narrow.shape == shape, "\(name)")
      #expect(wide.values == expected, "\(name)")
      #expect(zip(narrow.values, expected).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }, "\(name)")
    }
  }

  @Test func `channels-last images keep their memory order`() throws {
    let x = try values([2, 3, 4, 5], from: 1).channelsLast()
    let bias = try values([1, 3, 1, 1], from: 7)
    let y = try x.add(bias)
    #expect(y.isChannelsLast)
    #expect(try y.values == x.contiguous().add(bias).values)
  }

  @Test func `a scalar may stand on either side`() throws {
    let x = Tensor([1.0, 2, 4])
    #expect(try (1 - x).values == [0, -1, -3])
    #expect(try x.dividing(4).values == [4, 2, 1])
    #expect(try x.pow(0.5).values == [1, 2.0.squareRoot(), 2])
  }

  @Test func `extremes keep a NaN from either side`() throws {
    let x = Tensor([Float.nan, 1, 2]), y = Tensor([Float(1), .nan, 3])
    #expect(try x.maximum(y).values.map(\.isNaN) == [true, true, false])
    #expect(try y.minimum(x).values.map(\.isNaN) == [true, true, false])
  }

  @Test func `choosing does not touch what is not taken`() throws {
    let x = try Tensor([1.0, -1], shape: [2]).requiresGradient()
    let y = try x.gt(0).choose(x.log(), Tensor([7.0, 7])).sum()
    #expect(try y.item() == 7)
    #expect(try y.backward()[x]?.values == [1, 0])
  }

  @Test func `wrong operands are named`() throws {
    let x = try Tensor.zeros([2, 3])
    #expect(
      message { try x.add(.zeros([2])) }
        == "add: shapes [2, 3] and [2] do not fit; sizes must be equal or 1, counted from the last axis")
    #expect(
      message { try x.mul(.zeros([2, 3], .float64)) }
        == "mul: a float64 tensor does not fit; both operands must be float32")
    #expect(
      message { try Tensor(labels: [1]).exp() }
        == "exp: a int64 tensor does not fit; float32 or float64 is needed; convert with to")
  }

  @Test(arguments: [[2, 3], [3], [2, 1], []])
  func `in-place arithmetic equals the other`(shape: Shape) throws {
    let x = try values([2, 3], from: 1), y = try values(shape, from: 2)
    let expected = try x.mul(y).add(y).div(3)
    let seen = try x.narrow(axis: 0, start: 1, count: 1)
    try x.mul_(y).add_(y).div_(3)
    #expect(x.values == expected.values)
    #expect(seen.values == Array(expected.values[3...]))
  }

  @Test func `an operand in the same memory is read before it is written`() throws {
    let x = try values([3, 3], from: 1)
    let expected = try x.add(x.t())
    try x.add_(x.t())
    #expect(x.values == expected.values)
  }

  private let operations:
    [(String, @Sendable (Tensor, Tensor) throws -> Tensor, @Sendable (Double, Double) -> Double)] = [
      ("add", { try $0 + $1 }, { $0 + $1 }), ("sub", { try $0 - $1 }, { $0 - $1 }),
      ("mul", { try $0 * $1 }, { $0 * $1 }),
      ("div", { try $0 / $1 }, { $0 / $1 }), ("maximum", { try $0.maximum($1) }, { max($0, $1) }),
      ("minimum", { try $0.minimum($1) }, { min($0, $1) }), ("lt", { try $0.lt($1) }, { $0 < $1 ? 1 : 0 }),
      ("ge", { try $0.ge($1) }, { $0 >= $1 ? 1 : 0 }), ("ne", { try $0.ne($1) }, { $0 != $1 ? 1 : 0 }),
    ]

  private func values(_ shape: Shape, from start: Double) throws -> Tensor {
    Tensor((0..<shape.elementCount).map { start + 0.75 * Double($0) }, shape: shape)
  }

  private func positions(_ shape: Shape) -> [[Int]] {
    (0..<shape.elementCount).map { index in zip(shape, shape.rowMajorStrides).map { index / $1 % $0 } }
  }

  private func message(_ body: () throws -> Tensor) -> String? {
    do { return try "no error: \(body().shape)" } catch { return "\(error)" }
  }
}

extension Tensor {
  /// The element that a position of a larger shape stretches from.
  fileprivate func at(_ position: [Int], in shape: Shape) -> Double {
    let own = position.suffix(rank)
    return element(at: zip(own, self.shape).map { $1 == 1 ? 0 : $0 })
  }
}
