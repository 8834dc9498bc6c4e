import Tensors

/// Descent on a client's loss with a term of its own that makes the clients' optima meet at that of the sum.
///
/// - Source: Acar et al., ICLR 2021, <https://arxiv.org/abs/2111.04263>, algorithm 1.
/// - Deviation: in place of the plain mean of the participants' models stands the global model plus what the run's rule
///   decided, so that robust rules and weights by samples work, too.
public struct FedDyn: LocalAlgorithm {
  public let name = "feddyn"
  /// α: weight of the dynamic term.
  public let weight: Double
  private static let own: ExchangeKey = "gradient", server: ExchangeKey = "feddyn.correction"

  public init(weight: Double = 0.01) throws {
    self.weight = weight
    try check("alpha", weight, weight > 0 && weight.isFinite, "a number above 0 is needed")
  }

  public var summary: String? { "alpha \(weight)" }

  public func correct(_ work: LocalWork) throws {
    try work.pull(towards: work.global, weight: weight)
    if let own = work.state.tensors[Self.own] { try work.addToGradient(own, -1) }
  }

  public func end(_ work: LocalWork) throws {
    let way = try work.parameters().sub_(work.globalParameters())
    let own = try work.state.tensors[Self.own]?.clone() ?? .zeros([work.columns])
    work.state.tensors[Self.own] = try own.addScaled_(way, -weight)
  }

  public func combine(_ step: inout ServerStep) throws {
    let update = try step.trainableUpdate()
    let correction = try step.memory.tensors[Self.server]?.clone() ?? .zeros([step.trainableColumns])
    try correction.addScaled_(update, -weight * Double(step.participants) / Double(step.clientCount))
    step.memory.tensors[Self.server] = correction
    try update.addScaled_(correction, -1 / weight)
  }
}
