import Testing

@testable import Tensors

@Suite struct TapeTests {
  private func leaf(_ values: [Double]) throws -> Tensor { try Tensor(values).requiresGradient() }

  @Test func `a value used twice adds both gradients`() throws {
    let x = try leaf([2, 3])
    let y = try x.mul(x).add(x).sum()
    #expect(try y.backward()[x]?.values == [5, 7])
  }

  @Test func `a diamond passes each operation once`() throws {
    let x = try leaf([2])
    let a = try x.mul(3), b = try a.mul(a), c = try b.add(a)
    #expect(try c.backward()[x]?.values == [2 * 9 * 2 + 3])
  }

  @Test func `stretched operands add up their gradient`() throws {
    let x = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3]).requiresGradient()
    let row = try Tensor([1.0, 10, 100], shape: [3]).requiresGradient()
    let gradients = try x.mul(row).sum().backward()
    #expect(gradients[row]?.values == [5, 7, 9])
    #expect(gradients[x]?.values == [1, 10, 100, 1, 10, 100])
  }

  @Test func `a leaf that does not matter has no gradient`() throws {
    let x = try leaf([1]), unused = try leaf([1])
    #expect(try x.sum().backward()[unused] == nil)
  }

  @Test func `gradients pass through views to the positions that were read`() throws {
    let x = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3]).requiresGradient()
    let y = try x.t().narrow(axis: 0, start: 1, count: 2).select(axis: 1, 0).square().sum()
    #expect(try y.backward()[x]?.values == [0, 4, 6, 0, 0, 0])
  }

  @Test func `a second backward through one graph is an error`() throws {
    let x = try leaf([2])
    let y = try x.square()
    _ = try y.sum().backward()
    #expect(throws: TensorError.consumedGraph(op: "square")) { try y.sum().backward() }
  }

  @Test func `an overwritten value is an error where the gradient needs it`() throws {
    let x = try leaf([2]), factor = Tensor([3.0])
    let y = try x.mul(factor).sum()
    try factor.add_(1)
    #expect(throws: TensorError.overwritten(op: "mul")) { try y.backward() }
  }

  @Test func `an overwrite through a view is found too`() throws {
    let x = try leaf([2, 3]), factor = Tensor([3.0, 4])
    let y = try x.mul(factor).sum()
    try factor.narrow(axis: 0, start: 1, count: 1).fill_(0)
    #expect(throws: TensorError.overwritten(op: "mul")) { try y.backward() }
  }

  @Test func `an overwritten value does no harm where the gradient does not need it`() throws {
    let x = try leaf([2]), term = Tensor([3.0])
    let y = try x.add(term).sum()
    try term.add_(1)
    #expect(try y.backward()[x]?.values == [1])
  }

  @Test func `writing in place to a value with a gradient is an error`() throws {
    let x = try leaf([2])
    #expect(throws: TensorError.inPlaceOnGradient(op: "add_")) { try x.add_(1) }
    _ = try Tape.withoutRecording { try x.add_(1) }
    #expect(x.values == [3])
  }

  @Test func `nothing is recorded without recording`() throws {
    let x = try leaf([2])
    let y = try Tape.withoutRecording { try x.square() }
    #expect(!y.needsGradient)
    #expect(throws: TensorError.backwardOfConstant) { try y.sum().backward() }
  }

  @Test func `backward needs one number`() throws {
    let x = try leaf([2, 3])
    #expect(throws: TensorError.backwardOfMany(shape: [2])) { try x.square().backward() }
  }

  @Test func `gradients add to what a destination holds`() throws {
    let x = try leaf([2, 3]), sum = Tensor([100.0, 100])
    try x.square().sum().backward { _ in sum }
    #expect(sum.values == [104, 106])
  }

  @Test func `a graph of 200,000 operations is released without recursion`() throws {
    let x = try leaf([1])
    var y = x
    for _ in 0..<200_000 { y = try y.mul(1.0000001) }
    y = x
    #expect(y === x)
  }

  @Test func `a graph that is never pulled is released`() throws {
    let x = try leaf([1])
    weak var result: Tensor?
    try {
      let y = try x.exp().div(x).dividing(2).pow(3).norm()
      result = y
      _ = y
    }()
    #expect(result == nil)
  }
}
