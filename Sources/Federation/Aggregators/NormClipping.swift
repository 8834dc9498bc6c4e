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
    let shares = weights ?? updates.sampleCounts.map(Double.init)
    try updates.checkWeights(shares, for: name)
    let norms = try updates.geometry(for: name).norms
    let bound = maximumNorm ?? median(norms)
    let total = shares.reduce(0, +)
    return try updates.weightedSum(zip(shares, norms).map { $0 / total * ($1 > bound ? bound / $1 : 1) })
  }
}

/// The middle value; of an even number, the mean of the middle two.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted(), middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
