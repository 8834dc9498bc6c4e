public import Tensors

/// Adds the decision times a rate, with momentum over rounds: FedAvgM.
///
/// With decision Δ and velocity v = momentum · v + Δ the model moves by rate · v.
///
/// - Source: Hsu et al., 2019, <https://arxiv.org/abs/1909.06335>, section 4.3.
public struct ServerSGD: ServerOptimizer {
  public let name = "sgd"
  public let learningRate: Double, momentum: Double
  private static let velocity: ExchangeKey = "velocity"

  public init(learningRate: Double = 1, momentum: Double = 0) throws {
    self.learningRate = learningRate
    self.momentum = momentum
    try checkRate(learningRate)
    try checkDecay("momentum", momentum)
  }

  public func step(
    _ update: Tensor, _ memory: [ExchangeKey: Tensor]
  ) throws -> (added: Tensor, memory: [ExchangeKey: Tensor]) {
    guard momentum > 0 else { return (try update.mul(learningRate), [:]) }
    let velocity = try memory[Self.velocity]?.mul(momentum).add_(update) ?? update.clone()
    return (try velocity.mul(learningRate), [Self.velocity: velocity])
  }
}
