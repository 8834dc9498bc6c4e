public import Tensors

/// Finds the point with the least sum of distances to the updates, by the smoothed Weiszfeld iteration.
///
/// Weights, if given, weigh the distances.
///
/// - Source: Pillutla et al., IEEE TSP 2022, <https://arxiv.org/abs/1912.13445>, algorithm 2.
/// - Deviation: starts at the coordinate median, so a few rows far away cannot slow it down, and runs until the point
///   settles. A start far away from rows that lie together is moved to one of them first. Smoothing follows the size of
///   the updates. With `start: .zero`, `smoothing: 0.1`, `iterations: 3` and without an approach it gives what ByzFL gives.
public struct GeometricMedian: Aggregator {
  /// Where the iteration begins.
  public enum Start: String, Sendable, CaseIterable {
    case median, mean, zero
  }

  public let name = "geometric_median"
  /// Distances below this count as this, so that a row at the median does not get an infinite weight; nil for a
  /// millionth of the median distance.
  public let smoothing: Double?
  /// Most iterations.
  public let iterations: Int
  /// Stops when the point moves by no more than this part of the median distance.
  public let tolerance: Double
  public let start: Start
  /// Whether a start far away from rows that lie together is moved to one of them.
  public let approaches: Bool

  public init(
    smoothing: Double? = nil, iterations: Int = 100, tolerance: Double = 1e-9, start: Start = .median,
    approaches: Bool = true
  ) throws {
    if let smoothing, !(smoothing > 0 && smoothing.isFinite) {
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
    self.approaches = approaches
  }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.requireFinite(name)
    if let weights { try updates.checkWeights(weights, for: name) }
    let shares = shares(of: weights ?? [Double](repeating: 1, count: updates.count))
    var rows = try CenteredRows(updates, center: center(updates, shares), for: name)
    // The coordinate median lies among most of the rows already.
    if start != .median, approaches { try rows.approach(shares) }
    try search(&rows, shares)
    return try rows.point().clone()
  }

  private func center(_ updates: UpdateMatrix, _ shares: [Double]) throws -> Tensor {
    switch start {
    case .median: try updates.coordinateMedian()
    case .mean: try updates.weightedMean(shares)
    case .zero: try Tensor.zeros([updates.dimension])
    }
  }

  /// Weiszfeld's steps: each row pulls with its share over its distance.
  private func search(_ rows: inout CenteredRows, _ shares: [Double]) throws {
    var nearness = 0.0
    for _ in 0..<iterations {
      try Interrupt.check()
      let distances = try rows.distances(negligible: smoothing ?? nearness)
      let typical = weightedMedian(distances, shares)
      // Most of the weight lies in one place, so no other place is nearer to all. A smoothing that was asked for counts.
      if typical == 0, smoothing == nil { return }
      nearness = smoothing ?? typical * 1e-6
      let pull = Federation.shares(of: zip(shares, distances).map { $0 / max($1, nearness) })
      if rows.move(to: pull) <= tolerance * typical { return }
    }
  }
}
