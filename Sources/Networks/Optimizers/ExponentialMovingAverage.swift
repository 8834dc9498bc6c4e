internal import Tensors

/// A copy of a model whose weights follow the original slowly: w̄ = decay · w̄ + (1 - decay) · w.
///
/// Statistics are copied, not averaged, as PyTorch's `AveragedModel` does.
/// - Source: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992); as used in Ho et al., NeurIPS 2020,
///   <https://arxiv.org/abs/2006.11239>, appendix B.
public final class ExponentialMovingAverage {
  /// Share of the old average that stays at each update.
  public let decay: Double
  /// Model with the averaged weights.
  public let average: Model

  /// Starts with the model's present values.
  ///
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` unless `decay` lies in 0 to 1.
  public init(of model: Model, decay: Double) throws {
    try require("ema", "decay", decay, "it must lie in 0 to 1") { $0 >= 0 && $0 <= 1 }
    self.decay = decay
    average = try model.replica()
  }

  /// Moves the average towards the model's present values.
  public func update(from model: Model) throws {
    guard model.layout == average.layout else {
      throw NetworkError.layout(
        op: "ema", detail: "digests \(average.layout.digest) and \(model.layout.digest)")
    }
    try average.trainable.mul_(decay)
    try average.trainable.addScaled_(model.trainable, 1 - decay)
    try average.statistics.copy_(model.statistics)
  }
}
