public import Tensors

/// What local training makes small: a number from the model's output and the target.
public enum Loss: Sendable, Equatable {
  /// Logits `[b, k]` against class labels `[b]`, in nats; smoothing spreads that share of the target over all classes.
  case crossEntropy(labelSmoothing: Double = 0)
  /// Mean of squared differences; shapes equal.
  case meanSquaredError
  /// Logits against probabilities of the same shape, in nats.
  case binaryCrossEntropy

  /// Returns the mean loss over the batch, a tensor without axes.
  public func callAsFunction(_ output: Tensor, _ target: Tensor) throws -> Tensor {
    switch self {
    case .crossEntropy(let smoothing): try output.crossEntropy(labels: target, labelSmoothing: smoothing)
    case .meanSquaredError: try output.mse(target)
    case .binaryCrossEntropy: try output.binaryCrossEntropyWithLogits(target)
    }
  }
}
