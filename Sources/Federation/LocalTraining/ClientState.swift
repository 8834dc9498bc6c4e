public import Networks
public import Tensors

/// What a client keeps from one of its rounds to the next. Explicit, so that any worker may stand for any client.
public struct ClientState {
  /// By name: the parameters that never leave the client, and what its algorithm remembers.
  public var values: Exchange
  /// Momentum and step count, where local training keeps them.
  public var optimizer: OptimizerState?

  public init(values: Exchange = Exchange(), optimizer: OptimizerState? = nil) {
    self.values = values
    self.optimizer = optimizer
  }

  /// Values of the positions that never leave the client, adjacent; nil if all travel.
  public var localValues: Tensor? { values.tensors[.localValues] }

  var isEmpty: Bool { values.isEmpty && optimizer == nil }
}

extension OptimizerState {
  /// The same memory again, so that a round which fails later has not moved it.
  func copy() -> OptimizerState {
    OptimizerState(vectors: vectors.map { $0.clone() }, elementType, stepCount: stepCount)
  }
}
