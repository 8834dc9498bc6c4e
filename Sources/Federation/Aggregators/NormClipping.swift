public import Tensors

/// Shortens long updates to a common norm, then averages.
///
/// - Source: Sun et al., 2019, <https://arxiv.org/abs/1911.07963>, section 5 (norm thresholding).
/// - Deviation: without a bound, the median norm of the round is the bound.
public struct NormClipping: Aggregator {
  public let name = "norm_clipping"
  /// Largest norm an update keeps; nil for the median norm of the round.
  public let maximumNorm: Double?

  public init(maximumNorm: Double? = nil) throws {
    if let maximumNorm, !(maximumNorm > 0) {
      throw FederationError.option(
        name: "norm_clipping: max_norm", got: "\(maximumNorm)", allowed: "a number above 0 is needed")
    }
    self.maximumNorm = maximumNorm
  }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.requireFinite(name)
    let weights = weights ?? updates.sampleCounts.map(Double.init)
    try updates.checkWeights(weights, for: name)
    let norms = try updates.norms(for: name), bound = maximumNorm ?? median(norms)
    return try updates.weightedSum(zip(shares(of: weights), norms).map { $0 * ($1 > bound ? bound / $1 : 1) })
  }
}
