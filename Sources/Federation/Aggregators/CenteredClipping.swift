public import Tensors

/// Moves from the previous round's update towards the mean of the updates, each difference shortened to a radius.
///
/// - Source: Karimireddy et al., ICML 2021, <https://arxiv.org/abs/2012.10333>, algorithm 2.
/// - Deviation: the previous update comes from the round, so it is saved and restored with the run; where there is
///   none, the coordinate median takes its place. Steps end where the point has settled. The radius may be left open: the median distance is taken then.
public struct CenteredClipping: Aggregator {
  public let name = "centered_clipping"
  /// Largest distance a row keeps from the current point; nil for the median distance.
  public let radius: Double?
  /// Most steps; a point that has settled takes no more.
  public let iterations: Int

  /// Part of the bound below which a step changes nothing.
  private static let settled = 1e-12

  public init(radius: Double? = nil, iterations: Int = 3) throws {
    if let radius, !(radius > 0) {
      throw FederationError.option(
        name: "centered_clipping: radius", got: "\(radius)", allowed: "a number above 0 is needed")
    }
    guard iterations > 0 else {
      throw FederationError.option(
        name: "centered_clipping: iterations", got: "\(iterations)", allowed: "1 or more are needed")
    }
    self.radius = radius
    self.iterations = iterations
  }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.requireFinite(name)
    let weights = weights ?? [Double](repeating: 1, count: updates.count)
    try updates.checkWeights(weights, for: name)
    let shares = shares(of: weights)
    var rows = try CenteredRows(updates, center: round?.previousUpdate ?? updates.coordinateMedian(), for: name)
    for _ in 0..<iterations {
      try Interrupt.check()
      let distances = try rows.distances(), bound = radius ?? median(distances)
      let steps = zip(shares, distances).map { $0 * ($1 > bound ? bound / $1 : 1) }
      let kept = 1 - steps.reduce(0, +)
      // A step is at most as long as the bound; what is left of it here is rounding, and no later step is longer.
      if rows.move(to: zip(rows.coefficients, steps).map { $0 * kept + $1 }) <= Self.settled * bound { break }
    }
    return try rows.point().clone()
  }
}
