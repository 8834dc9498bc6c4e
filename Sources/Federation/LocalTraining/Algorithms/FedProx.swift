/// Descent that is pulled back to the global model, with half of `weight` times their squared distance.
///
/// - Source: Li et al., MLSys 2020, <https://arxiv.org/abs/1812.06127>, equation 2.
/// - Deviation: parameters that stay at the client are not pulled, since the server has no value for them.
public struct FedProx: LocalAlgorithm {
  public let name = "fedprox"
  /// μ.
  public let weight: Double

  public init(weight: Double) throws {
    self.weight = weight
    try check("mu", weight, weight >= 0 && weight.isFinite, "a number of 0 or more is needed")
  }

  public var summary: String? { "mu \(weight)" }

  public func correct(_ work: LocalWork) throws {
    if weight > 0 { try work.pull(towards: work.global, weight: weight) }
  }
}
