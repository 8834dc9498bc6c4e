public import Tensors

/// Finds the point with the least sum of distances to the updates, by the smoothed Weiszfeld iteration.
///
/// Weights, if given, weigh the distances.
///
/// - Source: Pillutla et al., IEEE TSP 2022, <https://arxiv.org/abs/1912.13445>, algorithm 2.
/// - Deviation: starts at the coordinate median, so a few rows far away cannot slow it down, and runs until the
///   weights settle. With `start: .zero`, `smoothing: 0.1` and `iterations: 3` it gives what ByzFL gives.
public struct GeometricMedian: Aggregator {
  /// Where the iteration begins.
  public enum Start: String, Sendable, CaseIterable {
    case median, mean, zero
  }

  public let name = "geometric_median"
  /// Distances below this count as this, so that a row at the median does not get an infinite weight.
  public let smoothing: Double
  /// Most iterations.
  public let iterations: Int
  /// Stops when no weight moves by more than this.
  public let tolerance: Double
  public let start: Start

  public init(
    smoothing: Double = 1e-6, iterations: Int = 100, tolerance: Double = 1e-9, start: Start = .median
  ) throws {
    guard smoothing > 0, smoothing.isFinite else {
      throw FederationError.option(
        name: "geometric_median: smoothing", got: "\(smoothing)", allowed: "a number above 0 is needed")
    }
    guard iterations > 0 else {
      throw FederationError.option(
        name: "geometric_median: iterations", got: "\(iterations)", allowed: "1 or more are needed")
    }
    guard tolerance >= 0 else {
      throw FederationError.option(
        name: "geometric_median: tolerance", got: "\(tolerance)", allowed: "0 or more is needed")
    }
    self.smoothing = smoothing
    self.iterations = iterations
    self.tolerance = tolerance
    self.start = start
  }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.requireFinite(name)
    if let weights { try updates.checkWeights(weights, for: name) }
    let shares = weights ?? [Double](repeating: 1, count: updates.count)
    let rows = try CenteredRows(updates, center: center(updates, shares))
    return try rows.point(coefficients(rows, shares))
  }

  private func center(_ updates: UpdateMatrix, _ shares: [Double]) throws -> Tensor {
    switch start {
    case .median: try updates.coordinateMedian()
    case .mean: try updates.weightedMean(shares)
    case .zero: try Tensor.zeros([updates.dimension])
    }
  }

  /// Weights of the rows in the median; they sum to 1.
  private func coefficients(_ rows: CenteredRows, _ shares: [Double]) -> [Double] {
    var current = [Double](repeating: 0, count: shares.count)
    for _ in 0..<iterations {
      let pull = zip(shares, rows.distances(from: current)).map { $0 / max($1, smoothing) }
      let total = pull.reduce(0, +)
      let next = pull.map { $0 / total }
      let largestMove = zip(current, next).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
      current = next
      if largestMove <= tolerance { break }
    }
    return current
  }
}
