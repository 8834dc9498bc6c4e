public import Tensors

/// Moves from the previous round's update towards the mean of the updates, each difference shortened to a radius.
///
/// - Source: Karimireddy et al., ICML 2021, <https://arxiv.org/abs/2012.10333>, algorithm 2.
/// With groups, a step takes one group of clients after the other, and each moves the point before the next is looked at
/// (Özfatura et al., 2022, <https://arxiv.org/abs/2208.09894>, section V).
///
/// - Source: Karimireddy et al., ICML 2021, <https://arxiv.org/abs/2012.10333>, algorithm 2.
/// - Deviation: the previous update comes from the round, so it is saved and restored with the run; where there is
///   none, the coordinate median takes its place. Steps end where the point has settled. The radius may be left open: the
///   median distance is taken then.
public struct CenteredClipping: Aggregator {
  /// Where the steps begin.
  public enum Center: String, Sendable, CaseIterable {
    /// What the rule decided in the round before; the coordinate median where there is none.
    case previous
    /// What the rule decided in the round before; zero where there is none.
    case previousOrZero = "previous_or_zero"
    /// The coordinate median, or zero, in every round.
    case median, zero
  }

  public let name = "centered_clipping"
  /// Largest distance a row keeps from the current point; nil for the median distance.
  public let radius: Double?
  /// Most steps; a point that has settled takes no more.
  public let iterations: Int
  /// Where the steps begin.
  public let center: Center
  /// Clients that move the point together; nil for all at once.
  public let groupSize: Int?

  /// Part of the bound below which a step is rounding: distances of far rows lose ten of their digits.
  private static let settled = 1e-9

  public init(
    radius: Double? = nil, iterations: Int = 3, center: Center = .previous, groupSize: Int? = nil
  ) throws {
    if let radius, !(radius > 0) {
      throw FederationError.option(
        name: "centered_clipping: radius", got: "\(radius)", allowed: "a number above 0 is needed")
    }
    guard iterations > 0 else {
      throw FederationError.option(
        name: "centered_clipping: iterations", got: "\(iterations)", allowed: "1 or more are needed")
    }
    if let groupSize, groupSize < 1 {
      throw FederationError.option(
        name: "centered_clipping: group", got: "\(groupSize)", allowed: "1 or more are needed")
    }
    self.radius = radius
    self.iterations = iterations
    self.center = center
    self.groupSize = groupSize
  }

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.requireFinite(name)
    let weights = weights ?? [Double](repeating: 1, count: updates.count)
    try updates.checkWeights(weights, for: name)
    let shares = shares(of: weights)
    var rows = try CenteredRows(updates, center: center(updates, round), for: name)
    for iteration in 0..<iterations {
      try Interrupt.check()
      var isSettled = true
      for group in groups(of: updates.count, round, iteration) where try !step(&rows, shares, group) {
        isSettled = false
      }
      if isSettled { break }
    }
    return try rows.point().clone()
  }

  /// Moves the point by the clipped differences of some rows; returns whether it stayed where it was.
  private func step(_ rows: inout CenteredRows, _ shares: [Double], _ group: [Int]) throws -> Bool {
    let distances = try rows.distances(), bound = radius ?? median(group.map { distances[$0] })
    let total = group.reduce(0) { $0 + shares[$1] }
    guard total > 0 else { return true }
    var steps = [Double](repeating: 0, count: shares.count)
    for row in group { steps[row] = shares[row] / total * (distances[row] > bound ? bound / distances[row] : 1) }
    let kept = 1 - steps.reduce(0, +)
    // A step is at most as long as the bound; what is left of it here is rounding, and no later step is longer.
    return rows.move(to: zip(rows.coefficients, steps).map { $0 * kept + $1 }) <= Self.settled * bound
  }

  /// Rows that move the point together, one group after the other: in an order drawn anew in a run.
  private func groups(of count: Int, _ round: Round?, _ iteration: Int) -> [[Int]] {
    guard let groupSize, groupSize < count else { return [Array(0..<count)] }
    var order = Array(0..<count)
    if let round {
      var stream = round.stream("centered clipping", client: iteration)
      order = stream.shuffled(count)
    }
    return Swift.stride(from: 0, to: count, by: groupSize).map { Array(order[$0..<min($0 + groupSize, count)]) }
  }

  private func center(_ updates: UpdateMatrix, _ round: Round?) throws -> Tensor {
    switch center {
    case .previous: try round?.previousUpdate ?? updates.coordinateMedian()
    case .previousOrZero: try round?.previousUpdate ?? Tensor.zeros([updates.dimension])
    case .median: try updates.coordinateMedian()
    case .zero: try Tensor.zeros([updates.dimension])
    }
  }
}
