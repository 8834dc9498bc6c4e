import Kernels

/// A convolution whose output is normalized by the batch's own moments and activated.
struct NormalizedConvolution: Equatable, Sendable {
  let shape: ConvolutionShape
  let norm: BatchNormPlanOperation
  let activation: Activation

  /// The same convolution over the pieces that a batch is cut into: rows of pixels where each pixel stands alone, and
  /// images elsewhere.
  private var pieces: ConvolutionShape {
    let isPointwise =
      shape.kernelHeight == 1 && shape.kernelWidth == 1 && shape.strideY == 1 && shape.strideX == 1
      && shape.paddingY == 0 && shape.paddingX == 0
    guard isPointwise else { return shape }
    return ConvolutionShape(
      batch: shape.batch * shape.height, height: 1, width: shape.width, inputChannels: shape.inputChannels,
      outputChannels: shape.outputChannels, kernelHeight: 1, kernelWidth: 1, strideY: 1, strideX: 1, paddingY: 0,
      paddingX: 0, groups: shape.groups)
  }

  /// The passes over runs of pieces.
  func passes(_ builder: PlanBuilder, flops: Int) -> PlanConvolution {
    PlanConvolution(shape: pieces, flops: flops, preference: builder.convolutions)
  }

  /// Multiplications and additions of a pass.
  var flops: Int {
    2 * shape.batch * shape.outputHeight * shape.outputWidth * shape.kernelHeight * shape.kernelWidth
      * shape.inputChannels / Swift.max(shape.groups, 1) * shape.outputChannels
  }
}

extension PlanConvolution {
  /// Runs of images, by the sizes alone: short enough that what they read and write stays in the cache, but not so
  /// short that reading the weights for each, and adding up their gradients, would count.
  var normalizedRuns: [Range<Int>] {
    let isTiled = method(.forward) == .winograd || method(.weightGradient) == .winograd
    let weights = (isTiled ? 4 : 1) * 4 * weightCount
    let length = Swift.max(1, Swift.max(1 << 16, weights) / Swift.max(inputSize, outputSize, 1))
    let count = (shape.batch + length - 1) / length
    let step = (shape.batch + count - 1) / count
    return stride(from: 0, to: shape.batch, by: step).map { $0..<Swift.min($0 + step, shape.batch) }
  }

  /// Output pixels of a run.
  static func rows(_ part: ConvolutionShape) -> Int { part.batch * part.outputHeight * part.outputWidth }

  /// Rounds up to whole cache lines.
  static func lines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
