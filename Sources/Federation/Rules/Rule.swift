import Tensors

/// How updates become one, by what the rule needs to see of them.
public enum Rule {
  /// Weighs updates that it reads: one weight a row, finite and 0 or more.
  public typealias Weigh = (Round, UpdateMatrix) throws -> [Double]
  /// Makes one update of many; the weights are those of ``Weigh``, nil without it.
  public typealias Aggregate = (Round, UpdateMatrix, [Double]?) throws -> Decision
  /// Weighs updates by their pairwise geometry alone.
  public typealias Compare = (Round, UpdateGram) throws -> [Double]
  /// Makes the update out of a mean.
  public typealias Combine = (Round, UpdateMean) throws -> Decision

  /// The updates themselves. `weigh` returns one weight a row, finite and 0 or more; `aggregate` makes the update, and
  /// without it that is the mean by weight times samples.
  case rows(weigh: Weigh? = nil, aggregate: Aggregate? = nil)
  /// Only the pairwise geometry of the updates, from which come weights as those of `weigh`. The rows lie in a file
  /// then, unless an attack reads them.
  case gram(weigh: Compare)
  /// Only their mean, weighted so. No single update is kept then, unless an attack reads them. `combine` makes the update
  /// out of the mean; nil takes the mean itself.
  case mean(SumWeights, combine: Combine? = nil)

  /// Decides about updates that are kept as rows.
  ///
  /// - Parameter name: For messages.
  func decide(_ round: Round, _ updates: UpdateMatrix, name: String) throws -> Decision {
    var decision: Decision
    switch self {
    case .rows(let weigh, let aggregate):
      let weights = try weigh?(round, updates)
      if let weights { try updates.checkWeights(weights, for: name) }
      decision =
        try aggregate?(round, updates, weights) ?? Self.averaged(updates, weights, name: name)
    case .gram(let weigh):
      let weights = try weigh(round, UpdateGram(updates))
      try updates.checkWeights(weights, for: name)
      decision = try Self.averaged(updates, weights, name: name)
    case .mean(let weights, let combine):
      let mean = try UpdateMean(of: updates, weights: weights)
      decision = try Self.decide(round, mean, combine)
    }
    if let weights = decision.weights { try updates.checkWeights(weights, for: name) }
    return decision
  }

  /// Decides about a mean.
  static func decide(_ round: Round, _ mean: UpdateMean, _ combine: Combine?) throws -> Decision {
    var decision = try combine?(round, mean) ?? Decision(update: mean.update)
    decision.weights = mean.shares
    return decision
  }

  private static func averaged(_ updates: UpdateMatrix, _ weights: [Double]?, name: String) throws -> Decision {
    let shares = zip(weights ?? [Double](repeating: 1, count: updates.count), updates.sampleCounts).map {
      $0 * Double($1)
    }
    let total = shares.reduce(0, +)
    return Decision(update: try updates.weightedMean(shares, for: name), weights: shares.map { $0 / total })
  }
}

/// How the server turns updates into one, and what it does where the run answers for inputs.
public struct Defense {
  public var name: String
  /// Acts where the run learns. Without one of its own it is FedAvg.
  public var rule = Rule.mean(.samples)
  /// Acts where the run predicts and is measured; nil lets inputs pass.
  public var inputs: InputGuard?
  /// Called before the clients of a round are asked; it may measure the global model and ask clients.
  public var beforeBroadcast: ((Round) throws -> Void)?
  public var events = PolicyEvents()
  /// What a checkpoint compares: the rule with its options, as far as words can tell.
  public var summary: String?

  public init(name: String, rule: Rule = .mean(.samples), inputs: InputGuard? = nil) {
    self.name = name
    self.rule = rule
    self.inputs = inputs
  }

  /// A defense that is one aggregator.
  public init(_ aggregator: any Aggregator) {
    self.init(name: aggregator.name)
    rule =
      aggregator.sumWeights.map { .mean($0) }
      ?? .rows(aggregate: { round, updates, weights in
        Decision(update: try aggregator.aggregate(updates, weights: weights, round: round), weights: weights)
      })
  }
}
