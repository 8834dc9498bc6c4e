public import Tensors

/// Normalizes each channel over the batch, then scales and shifts it.
///
/// Takes images `[b, c, h, w]` and rows `[b, c]`. In training it normalizes with the batch's own mean and variance and
/// moves the running ones a tenth of the way (`momentum`) to them, the variance in its unbiased form; in evaluation it
/// uses the running ones. When statistics are re-estimated they become the plain mean over the batches.
///
/// - Source: Ioffe and Szegedy, ICML 2015, <https://arxiv.org/abs/1502.03167>, algorithm 1.
/// - Deviation: PyTorch's counter `num_batches_tracked` is left out; it counts batches and is no weight.
public final class BatchNorm: Layer {
  public let channels: Int
  public let epsilon: Double
  /// Share of the new batch in the running statistics.
  public let momentum: Double
  /// Scale and shift. Shape `[channels]`.
  public let weight: LayerParameter, bias: LayerParameter
  /// Shape `[channels]`.
  public let runningMean: LayerParameter, runningVariance: LayerParameter

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public init(channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) throws {
    try requirePositive("batch_norm", ["channels": channels])
    try require("batch_norm", "epsilon", epsilon, "it must be above 0") { $0 > 0 }
    try require("batch_norm", "momentum", momentum, "it must lie in 0 to 1") { $0 >= 0 && $0 <= 1 }
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
    weight = LayerParameter("weight", [channels], .constant(1), isBatchNormalization: true)
    bias = LayerParameter("bias", [channels], .constant(0), isBatchNormalization: true)
    runningMean = LayerParameter(
      "running_mean", [channels], .constant(0), kind: .statistic, isBatchNormalization: true, role: .runningMean)
    runningVariance = LayerParameter(
      "running_var", [channels], .constant(1), kind: .statistic, isBatchNormalization: true, role: .runningVariance)
  }

  public var parameters: [LayerParameter] { [weight, bias, runningMean, runningVariance] }
  public var summary: String { "BatchNorm(\(channels))" }

  /// - Parameter input: Shape `[b, channels, h, w]` or `[b, channels]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard input.rank == 4 || input.rank == 2, input.shape[1] == channels else {
      throw NetworkError.input(
        layer: "batch_norm", got: input.shape,
        expected: "it must be [b, \(channels), h, w] or [b, \(channels)]")
    }
    let (scale, shift) = (try context.value(of: weight), try context.value(of: bias))
    let share: Double
    switch context.mode {
    case .evaluation:
      return try input.batchNorm(
        mean: context.value(of: runningMean), variance: context.value(of: runningVariance), weight: scale, bias: shift,
        epsilon: epsilon)
    case .training: share = momentum
    case .estimation(let batch): share = 1 / Double(batch)
    }
    let (output, moments) = try input.batchNorm(weight: scale, bias: shift, epsilon: epsilon)
    try Tape.withoutRecording {
      try context.value(of: runningMean).move_(towards: moments.mean, share: share)
      try context.value(of: runningVariance).move_(towards: moments.unbiasedVariance(), share: share)
    }
    return output
  }
}
