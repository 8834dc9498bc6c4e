import TestSupport
import Tensors
import Testing

@Suite struct BatchNormalizationTests {
  @Test("training returns the moments it used")
  func moments() throws {
    let x = Tensor([1, 10, 2, 20, 6, 60] as [Float], shape: [3, 2])
    let (output, moments) = try x.batchNorm(weight: nil, bias: nil, epsilon: 0)
    #expect(moments.mean.floats == [3, 30])
    #expect(Tolerance.float32Accumulated(3).mismatch(moments.variance.values, [14.0 / 3, 1400.0 / 3]) == nil)
    #expect(Tolerance.float32Accumulated(3).mismatch(try moments.unbiasedVariance().values, [7, 700]) == nil)
    #expect(moments.count == 3)
    #expect(Tolerance.float32Accumulated(3).mismatch(try output.sum(axes: [0]).values, [0, 0]) == nil)
  }

  @Test("normalizing by the batch's own moments as given ones gives the same numbers")
  func givenMoments() throws {
    let x = Tensor((0..<24).map { Float($0 * $0 % 7) }, shape: [2, 3, 2, 2])
    let weight = Tensor([1, 2, -1] as [Float]), bias = Tensor([0, 0.5, 1] as [Float])
    let (output, moments) = try x.batchNorm(weight: weight, bias: bias)
    let again = try x.batchNorm(mean: moments.mean, variance: moments.variance, weight: weight, bias: bias)
    #expect(again.floats == output.floats)
    #expect(output.isChannelsLast)
  }

  @Test("an empty batch has no moments")
  func emptyBatch() throws {
    #expect(throws: TensorError.self) { try Tensor.zeros([0, 3]).batchNorm(weight: nil, bias: nil) }
    let none = try Tensor.zeros([0, 3]).batchNorm(
      mean: Tensor.zeros([3]), variance: Tensor.ones([3]), weight: nil, bias: nil)
    #expect(none.shape == [0, 3])
  }
}
