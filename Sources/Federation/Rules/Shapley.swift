import Tensors

/// How a round's contributions are told apart.
public enum ShapleyMethod: Sendable, Equatable {
  /// One gradient of the loss in the middle of the whole step; exact where the loss is quadratic along it.
  case aumann
  /// Means over random orders in which clients join; with `isAntithetic` each order counts backwards, too.
  case permutations(Int, isAntithetic: Bool)
  /// What the loss rises by when one client is left out.
  case leaveOneOut
}

/// What each client's update took off the loss.
public struct Contributions: Sendable, Equatable {
  /// One a row; above 0 helped.
  public let values: [Double]
  /// Losses or gradients that were computed.
  public let evaluations: Int
}

/// A game of clients: what a coalition of them is worth.
struct CoalitionGame {
  let count: Int
  /// Worth of each of some coalitions, told by who is in it.
  let worth: ([[Bool]]) throws -> [Double]

  /// Means over orders of what a client adds when it joins: Shapley values where all orders are there.
  ///
  /// Each coalition is asked for once, in the order in which it comes up.
  func values(over orders: [[Int]]) throws -> (values: [Double], evaluations: Int) {
    var positions: [[Bool]: Int] = [:], coalitions: [[Bool]] = []
    func position(_ coalition: [Bool]) -> Int {
      if let known = positions[coalition] { return known }
      positions[coalition] = coalitions.count
      coalitions.append(coalition)
      return coalitions.count - 1
    }
    let walks = try orders.map { order -> [Int] in
      try Interrupt.check()
      var coalition = [Bool](repeating: false, count: count)
      return [position(coalition)]
        + order.map { client in
          coalition[client] = true
          return position(coalition)
        }
    }
    let worths = try worth(coalitions)
    var sums = [Double](repeating: 0, count: count)
    for (order, walk) in zip(orders, walks) {
      for (step, client) in order.enumerated() { sums[client] += worths[walk[step + 1]] - worths[walk[step]] }
    }
    return (sums.map { $0 / Double(max(orders.count, 1)) }, coalitions.count)
  }

  /// What the whole loses with each client.
  func leaveOneOut() throws -> (values: [Double], evaluations: Int) {
    let whole = [Bool](repeating: true, count: count)
    let without = (0..<count).map { client in (0..<count).map { $0 != client } }
    let worths = try worth([whole] + without)
    return (worths.dropFirst().map { worths[0] - $0 }, worths.count)
  }
}

extension Round {
  /// Tells what each update took off the loss on data: Shapley values of the game in which a coalition's worth is the
  /// loss before minus the loss after adding the coalition's weighted mean. The empty coalition changes nothing.
  ///
  /// - Source: Shapley, 1953; over random orders Ghorbani and Zou, ICML 2019, <https://arxiv.org/abs/1904.02868>; in
  ///   Aumann's form Aumann and Shapley, 1974.
  /// - Deviation: in Aumann's form a client takes part to a degree, with the weights of the whole mean, and the integral
  ///   along the step is its value in the middle.
  ///
  /// - Parameters:
  ///   - weights: One a row, finite and 0 or more; nil for samples.
  ///   - data: Where losses are computed.
  public func contributions(
    _ updates: UpdateMatrix, weights: [Double]? = nil, on data: RoundData, _ method: ShapleyMethod
  ) throws -> Contributions {
    try updates.requireFinite("shapley")
    let weights = weights ?? updates.sampleCounts.map(Double.init)
    try updates.checkWeights(weights, for: "shapley")
    if case .permutations(let permutations, _) = method {
      let size = updates.count.multipliedReportingOverflow(by: updates.count).partialValue
      guard permutations <= Self.mostJoining / max(1, size) else {
        throw FederationError.option(
          name: "shapley: permutations", got: "\(permutations)",
          allowed: "at most \(Self.mostJoining / max(1, size)) are for n = \(updates.count) updates")
      }
    }
    if case .aumann = method { return try alongStep(updates, weights, data) }
    let game = CoalitionGame(count: updates.count) { [self] coalitions in
      try worths(of: coalitions, updates, weights, data)
    }
    let (values, evaluations) =
      if case .permutations(let count, let isAntithetic) = method {
        try game.values(over: orders(updates.count, count, isAntithetic))
      } else {
        try game.leaveOneOut()
      }
    return Contributions(values: values, evaluations: evaluations)
  }

  private func orders(_ n: Int, _ count: Int, _ isAntithetic: Bool) -> [[Int]] {
    var stream = stream("shapley")
    return (0..<count).flatMap { _ -> [[Int]] in
      let order = stream.shuffled(n)
      return isAntithetic ? [order, order.reversed()] : [order]
    }
  }

  private func alongStep(_ updates: UpdateMatrix, _ weights: [Double], _ data: RoundData) throws -> Contributions {
    let total = weights.reduce(0, +), shares = weights.map { $0 / total }
    let middle = try global.add(updates.weightedSum(shares.map { $0 / 2 }))
    let slope = try gradient(at: middle, on: data)
    let products = try updates.products(with: slope, for: "shapley")
    return Contributions(values: zip(products, shares).map { -$0 * $1 }, evaluations: 1)
  }

  /// Most marks of who is in a coalition, over all orders.
  private static let mostJoining = 1 << 28

  /// Vectors that are measured at once: their memory does not grow with the number of coalitions.
  private static let group = 64

  /// Loss before minus loss after, for each coalition.
  private func worths(
    of coalitions: [[Bool]], _ updates: UpdateMatrix, _ weights: [Double], _ data: RoundData
  ) throws -> [Double] {
    let before = try evaluate(global.reshape([1, global.count]), on: data)[0].loss
    var worths: [Double] = []
    for start in stride(from: 0, to: coalitions.count, by: Self.group) {
      let part = coalitions[start..<min(start + Self.group, coalitions.count)]
      let vectors = try Tensor.uninitialized([part.count, global.count], op: "shapley")
      for (row, coalition) in part.enumerated() {
        let inside = zip(weights, coalition).map { $1 ? $0 : 0 }, total = inside.reduce(0, +)
        try vectors.row(row).copy_(
          total > 0 ? global.add(updates.weightedSum(inside.map { $0 / total })) : global)
      }
      worths += try evaluate(vectors, on: data).map { before - $0.loss }
    }
    return worths
  }
}
