public import Networks
public import Tensors

/// How a client's training differs from plain descent, and what the server does about it: a small value.
///
/// A client's round is: ``begin(_:)``; then for each batch the gradient, ``correct(_:)``, the optimizer's step and
/// ``afterStep(_:)``; then ``end(_:)``. What the algorithm remembers stands by name in ``LocalWork/state`` at the client
/// and in ``ServerStep/memory`` at the server; both are saved in checkpoints.
public protocol LocalAlgorithm: Sendable {
  /// Name in scripts, such as `scaffold`.
  var name: String { get }

  /// Parameters that never leave the client unless the run says otherwise.
  var localParameters: LocalParameters { get }

  /// What clients send beside their update, and how the server averages it.
  var sentBeside: [SentValue] { get }

  /// What descriptions say of its own options, such as `mu 0.01`; nil where it has none.
  var summary: String? { get }

  /// Throws if the algorithm is not defined for this way to train.
  func validate(_ training: LocalTraining) throws

  /// Called on the coordinating thread before each round, with the length of the vectors that travel and are trained.
  func prepare(columns: Int) throws

  /// What travels to the clients with the global parameters, out of the server's memory.
  func broadcast(_ memory: Exchange) -> Exchange

  /// Called when the model holds the global parameters, before the first step.
  func begin(_ work: LocalWork) throws

  /// Called when the model holds the gradient of the loss; changes it before the optimizer takes it.
  func correct(_ work: LocalWork) throws

  /// Called after each step.
  func afterStep(_ work: LocalWork) throws

  /// Called after the last step, with the trained model; decides what is kept and what is sent beside the update.
  func end(_ work: LocalWork) throws

  /// Changes what the rule decided, and the server's memory, before the update is applied.
  func combine(_ step: inout ServerStep) throws

  /// The values of the model that a client uses for itself; nil for the global ones with its local parameters.
  func personalVector(_ state: Exchange, global: Tensor, _ layout: ParameterLayout) throws -> Tensor?
}

extension LocalAlgorithm {
  public var localParameters: LocalParameters { .none }
  public var sentBeside: [SentValue] { [] }
  public var summary: String? { nil }
  public func validate(_ training: LocalTraining) throws {}
  public func prepare(columns: Int) throws {}
  public func broadcast(_ memory: Exchange) -> Exchange { Exchange() }
  public func begin(_ work: LocalWork) throws {}
  public func correct(_ work: LocalWork) throws {}
  public func afterStep(_ work: LocalWork) throws {}
  public func end(_ work: LocalWork) throws {}
  public func combine(_ step: inout ServerStep) throws {}
  public func personalVector(_ state: Exchange, global: Tensor, _ layout: ParameterLayout) throws -> Tensor? { nil }

  /// Throws unless an option of this algorithm is in range.
  func check(_ option: String, _ value: Double, _ isAllowed: Bool, _ allowed: String) throws {
    guard !isAllowed else { return }
    throw FederationError.option(name: "local_training: \(option)", got: "\(value)", allowed: allowed)
  }

  /// Throws unless steps are those of gradient descent, with or without momentum.
  func requireSGD(_ training: LocalTraining) throws {
    guard !(training.optimizer is SGD) else { return }
    throw FederationError.setup(
      what: "local_training: \(name)",
      problem: "it is defined for gradient descent, got \(type(of: training.optimizer))",
      allowed: "optimizer = fed.optim.sgd { … } is needed")
  }
}

/// Something that clients send beside their updates; the server gets its mean.
public struct SentValue: Sendable {
  public let key: ExchangeKey
  /// How the mean weighs clients, whatever the rule for updates does.
  public let weights: SumWeights

  public init(_ key: ExchangeKey, _ weights: SumWeights) {
    self.key = key
    self.weights = weights
  }
}

/// What the server does with a decision before it is applied.
public struct ServerStep {
  /// What the rule decided. Shape `[d]`, in memory of its own.
  public var update: Tensor
  /// The first columns of ``update``, which optimizers change; running statistics follow.
  public let trainableColumns: Int
  /// Means of what the clients sent beside their updates.
  public let sent: Exchange
  /// Clients whose update arrived.
  public let participants: Int
  /// Clients of the whole federation.
  public let clientCount: Int
  /// What the algorithm remembers at the server. Tensors in it are replaced, never written to.
  public var memory: Exchange

  /// The part of the update that optimizers change, a view.
  public func trainableUpdate() throws -> Tensor { try update.narrow(axis: 0, start: 0, count: trainableColumns) }
}
