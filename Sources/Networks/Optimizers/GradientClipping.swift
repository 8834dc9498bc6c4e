public import Tensors

/// A bound on gradients.
public enum GradientClipping: Sendable, Equatable {
  /// Scales the whole gradient so that its L2 norm is at most this.
  ///
  /// Source: Pascanu et al., ICML 2013, <https://arxiv.org/abs/1211.5063>, algorithm 1.
  case norm(Double)
  /// Clamps each coordinate to minus this to this.
  case value(Double)

  /// Bounds `gradient` in place.
  public func apply(to gradient: Tensor) throws {
    switch self {
    case .norm(let limit):
      let norm = try gradient.norm().item()
      // PyTorch's guard against a norm of zero; it makes the clipped norm a millionth of the limit too small.
      let factor = limit / (norm + 1e-6)
      if factor < 1 { try gradient.mul_(factor) }
    case .value(let limit):
      try gradient.copy_(gradient.clamp(-limit, limit))
    }
  }
}
