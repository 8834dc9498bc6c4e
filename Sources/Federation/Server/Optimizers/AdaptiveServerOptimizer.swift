public import Tensors

/// Adagrad, Yogi and Adam at the server: each parameter moves by its own measure of past decisions.
///
/// With decision Δ, m = beta1 · m + (1 - beta1) · Δ and one of three rules for v, the model moves by
/// rate · m / (√v + tau). Before the first round v is tau².
///
/// - Source: Reddi et al., ICLR 2021, <https://arxiv.org/abs/2003.00295>, algorithm 2.
public struct AdaptiveServerOptimizer: ServerOptimizer {
  /// How the squares of decisions are remembered.
  public enum Variant: String, Sendable, CaseIterable {
    /// v + Δ²
    case adagrad
    /// v - (1 - beta2) · Δ² · sign(v - Δ²)
    case yogi
    /// beta2 · v + (1 - beta2) · Δ²
    case adam
  }

  public let variant: Variant
  public let learningRate: Double, beta1: Double, beta2: Double
  /// How much a parameter whose decisions are small is slowed down less.
  public let tau: Double
  private static let mean: ExchangeKey = "mean", square: ExchangeKey = "square"

  public var name: String { variant.rawValue }

  /// - Parameter beta1: 0 for Adagrad in the source's experiments.
  public init(
    _ variant: Variant, learningRate: Double = 0.01, beta1: Double = 0.9, beta2: Double = 0.99, tau: Double = 1e-3
  ) throws {
    self.variant = variant
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.tau = tau
    try checkRate(learningRate)
    try checkDecay("beta1", beta1)
    try checkDecay("beta2", beta2)
    try check("tau", tau, tau > 0 && tau.isFinite, "a number above 0 is needed")
  }

  public func step(
    _ update: Tensor, _ memory: [ExchangeKey: Tensor]
  ) throws -> (added: Tensor, memory: [ExchangeKey: Tensor]) {
    let mean = try memory[Self.mean]?.mul(beta1) ?? update.zerosLike()
    try mean.addScaled_(update, 1 - beta1)
    let square = try next(memory[Self.square] ?? Tensor.full(update.shape, tau * tau), update.square())
    let added = try mean.div(square.sqrt().add_(tau)).mul_(learningRate)
    return (added, [Self.mean: mean, Self.square: square])
  }

  private func next(_ past: Tensor, _ new: Tensor) throws -> Tensor {
    switch variant {
    case .adagrad: try past.add(new)
    case .adam: try past.mul(beta2).addScaled_(new, 1 - beta2)
    case .yogi: try past.clone().addScaled_(new.mul(past.sub(new).sign()), beta2 - 1)
    }
  }
}
