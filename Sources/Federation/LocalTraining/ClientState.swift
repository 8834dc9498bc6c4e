public import Networks
public import Tensors

/// What a client keeps from one of its rounds to the next. Explicit, so that any worker may stand for any client.
public struct ClientState {
  /// Values of the positions that never leave the client, adjacent; nil if all travel.
  public var localValues: Tensor?
  /// Momentum and step count, where local training keeps them.
  public var optimizer: OptimizerState?

  public init(localValues: Tensor? = nil, optimizer: OptimizerState? = nil) {
    self.localValues = localValues
    self.optimizer = optimizer
  }

  var isEmpty: Bool { localValues == nil && optimizer == nil }
}

extension OptimizerState {
  /// The same memory again, so that a round which fails later has not moved it.
  func copy() -> OptimizerState {
    OptimizerState(vectors: vectors.map { $0.clone() }, elementType, stepCount: stepCount)
  }
}
