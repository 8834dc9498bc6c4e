import Testing

@testable import Tensors

@Suite struct GatheringTests {
  private func ramp(_ shape: Shape) -> Tensor { Tensor((0..<shape.elementCount).map(Double.init), shape: shape) }

  @Test(arguments: [0, 1, 2, -1])
  func `elements come from the named places of their rows`(axis: Int) throws {
    let x = ramp([3, 4, 5]), resolved = axis < 0 ? axis + 3 : axis
    var shape = [3, 4, 5]
    shape[resolved] = 2
    let size = x.shape[resolved]
    let places = Tensor(labels: (0..<shape.elementCount).map { $0 * 7 % size }, shape: shape)
    for source in [x, x.to(.float32), x.to(.int64), x.to(.uint8), try x.transpose(0, 2).contiguous().transpose(0, 2)] {
      let y = try source.gather(along: axis, places)
      #expect(y.shape == shape)
      for (index, value) in y.values.enumerated() {
        var position = zip(shape, shape.rowMajorStrides).map { index / $1 % $0 }
        position[resolved] = places.integers[index]
        #expect(value == x.element(at: position))
      }
    }
  }

  @Test func `gradients of elements taken twice add up`() throws {
    let x = try ramp([2, 3]).requiresGradient()
    let y = try x.gather(along: 1, Tensor(labels: [0, 0, 0, 2, 1, 2], shape: [2, 3]))
    let weights = Tensor([1.0, 10, 100, 1, 10, 100], shape: [2, 3])
    #expect(try y.mul(weights).sum().backward()[x]?.values == [111, 0, 0, 0, 10, 101])
  }

  @Test func `wrong positions are named`() throws {
    let x = ramp([2, 3])
    for places in [
      Tensor(labels: [0, 3], shape: [2, 1]), Tensor(labels: [-1, 0], shape: [2, 1]), Tensor(labels: [0, 1]),
      Tensor(labels: [0], shape: [1, 1]), Tensor([0.0, 1], shape: [2, 1]),
      Tensor(labels: [.max, .min], shape: [2, 1]),
    ] {
      #expect(throws: TensorError.self) { try x.gather(along: 1, places) }
    }
    #expect(throws: TensorError.self) { try x.gather(along: .min, Tensor(labels: [0, 0], shape: [2, 1])) }
    #expect(try x.gather(along: 1, Tensor(labels: [], shape: [2, 0])).shape == [2, 0])
  }

  @Test func `positions of what is not 0 are those of a walk`() throws {
    let x = Tensor([0, 2, Double.nan, 0, 0, -1], shape: [2, 3])
    #expect(try x.nonzero().integers == [0, 1, 0, 2, 1, 2])
    #expect(try x.nonzero().shape == [3, 2])
    #expect(try x.t().nonzero().integers == [1, 0, 2, 0, 2, 1])
    #expect(try Tensor.zeros([4]).nonzero().shape == [0, 1])
    #expect(try Tensor(scalar: 1).nonzero().shape == [1, 0])
  }

  @Test func `masks take and write rows or elements`() throws {
    let x = ramp([3, 2]), rows = Tensor([Float(1), 0, 1]), odd = Tensor(bytes: [0, 1, 0, 1, 0, 1], shape: [3, 2])
    #expect(try x.select(where: rows).values == [0, 1, 4, 5])
    #expect(try x.select(where: odd).values == [1, 3, 5])
    #expect(try x.t().select(where: odd.t()).values == [1, 3, 5])
    #expect(try x.select(where: Tensor.zeros([3])).shape == [0, 2])
    try x.assign(where: rows, Tensor([7.0, 8]))
    #expect(x.values == [7, 8, 2, 3, 7, 8])
    try x.t().assign(where: odd.t(), Tensor([-1.0, -2, -3]))
    #expect(x.values == [7, -1, 2, -2, 7, -3])
    for mask in [Tensor([Float(1), 2, 0]), Tensor([Float(1), 0]), Tensor(labels: [1, 0, 1])] {
      #expect(throws: TensorError.self) { try x.select(where: mask) }
    }
    #expect(throws: TensorError.self) { try x.assign(where: rows, Tensor([1.0, 2, 3])) }
  }

  @Test func `one-hot rows have a 1 at their label`() throws {
    let y = try Tensor(labels: [2, 0, 1, 2], shape: [2, 2]).oneHot(classes: 3)
    #expect(y.shape == [2, 2, 3])
    #expect(try y.argmax().integers == [2, 0, 1, 2])
    #expect(try y.sum(axes: [-1]).values == [1, 1, 1, 1])
    #expect(throws: TensorError.self) { try Tensor(labels: [3]).oneHot(classes: 3) }
    #expect(throws: TensorError.self) { try Tensor(labels: [0]).oneHot(classes: .max) }
    #expect(throws: TensorError.self) { try Tensor(labels: [0]).oneHot(classes: .min) }
  }
}

@Suite struct AccumulationTests {
  @Test func `running sums are accumulated in float64`() throws {
    let x = try Tensor.full([1_000_000], 0.1)
    #expect(abs(try x.cumulativeSum(axis: 0).element(at: [999_999]) - 100_000) < 0.01)
    let y = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try y.cumulativeSum(axis: 1).values == [1, 3, 6, 4, 9, 15])
    #expect(try y.t().cumulativeSum(axis: 1).values == [1, 5, 2, 7, 3, 9])
  }

  /// With one 0 in a row only its own gradient is the product of the others; with two all are 0.
  @Test func `products with zeros have gradients`() throws {
    let x = try Tensor([2.0, 0, 3, 0, 5, 0], shape: [2, 3]).requiresGradient()
    #expect(try x.product(axes: [1]).values == [0, 0])
    #expect(try x.product(axes: [1]).sum().backward()[x]?.values == [0, 6, 0, 0, 0, 0])
    #expect(try Tensor.zeros([0]).product().item() == 1)
  }

  @Test func `deviations and norms of nothing have the gradient 0`() throws {
    let x = try Tensor.full([2, 3], 0.1, .float64).requiresGradient()
    #expect(try x.standardDeviation(axes: [1]).values == [0, 0])
    #expect(try x.standardDeviation(axes: [1]).sum().backward()[x]?.values == [0, 0, 0, 0, 0, 0])
    let zero = try Tensor.zeros([2, 2]).requiresGradient()
    #expect(try zero.norm(axes: [0]).sum().backward()[zero]?.values == [0, 0, 0, 0])
    #expect(abs(try Tensor([1.0, 2, 4]).standardDeviation(isUnbiased: true).item() - (7.0 / 3).squareRoot()) < 1e-15)
  }

  @Test func `any and all look at what is not 0`() throws {
    let x = Tensor([0, 0, 1, Double.nan, 0, 2], shape: [3, 2])
    #expect(try x.any(axes: [1]).values == [0, 1, 1])
    #expect(try x.all(axes: [1]).values == [0, 1, 0])
    #expect(try x.any().item() == 1 && x.all().item() == 0)
    #expect(try Tensor.zeros([0]).any().item() == 0 && Tensor.zeros([0]).all().item() == 1)
    #expect(try Tensor(labels: [3, 0]).any(axes: [0], keepAxes: true).shape == [1])
  }
}
