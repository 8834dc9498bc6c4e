public import Networks
public import Tensors

/// Plain descent for the global model, and beside it a model of the client's own that is pulled towards the global one.
///
/// - Source: Li et al., ICML 2021, <https://arxiv.org/abs/2012.04221>, algorithm 1.
/// - Deviation: the own model takes as many passes as the global one, with batches of its own, from the global values in
///   the client's first round.
public struct Ditto: LocalAlgorithm {
  public let name = "ditto"
  /// λ: pull of the own model towards the global one.
  public let weight: Double
  private static let own: ExchangeKey = "personal"

  public init(weight: Double = 0.1) throws {
    self.weight = weight
    try check("lambda", weight, weight >= 0 && weight.isFinite, "a number of 0 or more is needed")
  }

  public var summary: String? { "lambda \(weight)" }

  public func end(_ work: LocalWork) throws {
    try work.model.load(work.state.tensors[Self.own] ?? work.global)
    try work.pass(
      "personal", correct: { try $0.pull(towards: $0.global, weight: weight, alsoLocal: true) })
    work.state.tensors[Self.own] = try work.model.vector()
  }

  public func personalVector(_ state: Exchange, global: Tensor, _ layout: ParameterLayout) -> Tensor? {
    state.tensors[Self.own]
  }
}
