public import Tensors

/// How a decision moves the global model: the decision is to the server what a gradient, with its sign turned, is to a
/// client's optimizer.
///
/// Only parameters that optimizers change are moved so; running statistics in an update are added as they are.
public protocol ServerOptimizer: Sendable {
  /// Name in scripts, such as `adam`.
  var name: String { get }

  /// Returns what is added to the parameters, and the vectors that it remembers in place of `memory`.
  ///
  /// - Parameters:
  ///   - update: What the rule decided. Shape `[columns]`; left as it is.
  ///   - memory: Vectors of the same shape by name, left as they are; empty in the first round.
  func step(_ update: Tensor, _ memory: [ExchangeKey: Tensor]) throws -> (added: Tensor, memory: [ExchangeKey: Tensor])
}

extension ServerOptimizer {
  /// Throws unless an option of this optimizer is in range.
  func check(_ option: String, _ value: Double, _ isAllowed: Bool, _ allowed: String) throws {
    guard !isAllowed else { return }
    throw FederationError.option(name: "server_optimizer: \(option)", got: "\(value)", allowed: allowed)
  }

  func checkRate(_ rate: Double) throws {
    try check("lr", rate, rate >= 0 && rate.isFinite, "a number of 0 or more is needed")
  }

  func checkDecay(_ option: String, _ decay: Double) throws {
    try check(option, decay, decay >= 0 && decay < 1, "0 to 1, without 1, is needed")
  }
}
