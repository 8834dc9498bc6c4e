import Testing

@testable import Tensors

@Suite struct ReductionTests {
  private func ramp(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.elementCount).map { Double($0 * 7 % 11) - 4 }, shape: shape)
  }

  @Test(arguments: [nil, [0], [1], [2], [0, 1], [1, 2], [0, 2], [-1]], [ElementType.float32, .float64])
  func `sums equal a loop over positions`(axes: [Int]?, type: ElementType) throws {
    let x = ramp([3, 4, 5]).to(type)
    let reduced = (axes ?? [0, 1, 2]).map { $0 < 0 ? $0 + 3 : $0 }
    var expected = [[Int]: Double]()
    for i in 0..<3 {
      for j in 0..<4 {
        for k in 0..<5 {
          let key = [i, j, k].enumerated().filter { !reduced.contains($0.offset) }.map(\.element)
          expected[key, default: 0] += x.element(at: [i, j, k])
        }
      }
    }
    let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    #expect(try x.sum(axes: axes).values == sorted)
    #expect(try x.sum(axes: axes, keepAxes: true).shape.count == 3)
    #expect(try x.transpose(0, 2).contiguous().transpose(0, 2).sum(axes: axes).values == sorted)
  }

  @Test func `channels of images are summed without leaving their order`() throws {
    let x = ramp([2, 3, 4, 5]).to(.float32)
    #expect(try x.channelsLast().sum(axes: [0, 2, 3]).values == x.sum(axes: [0, 2, 3]).values)
  }

  @Test func `mean and variance follow their definition`() throws {
    let x = Tensor([1.0, 2, 3, 6])
    #expect(try x.mean().item() == 3)
    #expect(try x.variance().item() == 3.5)
    #expect(try x.variance(isUnbiased: true).item() == 14.0 / 3)
    #expect(try x.norm().item() == 50.0.squareRoot())
  }

  @Test func `extremes name the first of equal positions`() throws {
    let x = Tensor([1.0, 5, 5, 2, 0, 0], shape: [2, 3])
    #expect(try x.max(axis: 1).values == [5, 2])
    #expect(try x.argmax(axis: 1).integers == [1, 0])
    #expect(try x.argmin(axis: 1).integers == [0, 1])
    #expect(try x.min(axis: 0).values == [1, 0, 0])
    #expect(try x.max().item() == 5)
    #expect(try Tensor([1, .nan, 3.0]).max().item().isNaN)
  }

  @Test func `the median of an even number is the mean of the middle two`() throws {
    #expect(try Tensor([9.0, 1, 2]).median().item() == 2)
    #expect(try Tensor([4.0, 9, 1, 2]).median().item() == 3)
  }

  @Test func `the largest element takes the gradient`() throws {
    let x = try Tensor([1.0, 5, 5, 2], shape: [2, 2]).requiresGradient()
    #expect(try x.max(axis: 1).sum().backward()[x]?.values == [0, 1, 1, 0])
  }

  @Test func `empty tensors sum to 0 and have no extremes`() throws {
    let x = try Tensor.zeros([0, 3])
    #expect(try x.sum().item() == 0)
    #expect(try x.sum(axes: [0]).values == [0, 0, 0])
    #expect(throws: TensorError.self) { try x.max() }
  }
}
