public import Tensors

/// Zeroes elements, or whole channels, at random in training, and scales the rest so that means stay.
///
/// - Source: Srivastava et al., JMLR 15 (2014), <https://jmlr.org/papers/v15/srivastava14a.html>; channels: Tompson et
///   al., CVPR 2015, <https://arxiv.org/abs/1411.4280>.
public final class Dropout: Layer {
  public let probability: Double
  /// Whether a channel of an image `[b, c, h, w]` is dropped as one.
  public let dropsChannels: Bool

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` unless 0 ≤ `probability` < 1.
  public init(probability: Double = 0.5, dropsChannels: Bool = false) throws {
    try require("dropout", "probability", probability, "it must lie in 0 to 1, without 1") { $0 >= 0 && $0 < 1 }
    self.probability = probability
    self.dropsChannels = dropsChannels
  }

  public var summary: String { dropsChannels ? "Dropout2d(\(probability))" : "Dropout(\(probability))" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    guard context.mode == .training, probability > 0 else { return input }
    guard dropsChannels else { return try input.dropout(probability: probability, stream: &context.stream) }
    guard input.rank == 4 else {
      throw NetworkError.input(layer: "dropout2d", got: input.shape, expected: "it must be [b, c, h, w]")
    }
    return try input.channelDropout(probability: probability, stream: &context.stream)
  }
}
