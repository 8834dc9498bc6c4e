import Testing

@testable import Tensors

/// Of equal elements nothing is left once their mean is taken off, whatever they are and however many.
@Suite struct ConstantChannelTests {
  private static let values: [Double] = [0.1, -1.0 / 3, 1e-30, 1e6, -3.3e7, 7.7e30, 16_777_217]
  private static let sizes = [1, 2, 3, 7, 16, 33, 100, 1000]

  private func isZero(_ x: Tensor) -> Bool { x.values.allSatisfy { $0 == 0 } }

  @Test(arguments: values, [ElementType.float32, .float64])
  func `normalizations of constants are 0`(value: Double, type: ElementType) throws {
    for size in Self.sizes {
      let rows = try Tensor.full([3, size], value, type)
      #expect(isZero(try rows.layerNorm(weight: nil, bias: nil)), "layer norm, \(size)")
      let batch = try Tensor.full([size, 5], value, type)
      #expect(isZero(try batch.batchNorm(weight: nil, bias: nil).output), "batch norm, \(size)")
      let images = try Tensor.full([2, 6, 1, size], value, type)
      #expect(isZero(try images.groupNorm(groups: 2, weight: nil, bias: nil)), "group norm, \(size)")
      let moments = try images.batchNorm(weight: nil, bias: nil)
      #expect(isZero(moments.output) && isZero(moments.moments.variance), "batch norm of images, \(size)")
      #expect(isZero(try rows.variance(axes: [1])), "variance, \(size)")
      let mean = try Tensor.full([5], value, type), variance = try Tensor.full([5], 1e-12, type)
      #expect(isZero(try batch.batchNorm(mean: mean, variance: variance, weight: nil, bias: nil)), "given, \(size)")
    }
  }

  @Test func `a bias is all that a constant channel keeps`() throws {
    let bias = Tensor([Float(0.25), -3])
    let y = try Tensor.full([4, 2], 1e6).batchNorm(weight: Tensor([Float(2), 1e10]), bias: bias).output
    #expect(y.floats == [0.25, -3, 0.25, -3, 0.25, -3, 0.25, -3])
  }
}
