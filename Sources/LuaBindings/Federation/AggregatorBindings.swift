import Federation
public import LuaRuntime
import Tensors

/// A rule that turns many updates into one, native or a script's: scripts cannot tell which.
public final class LuaAggregator: LuaNamed {
  public static let luaClass = LuaClass("Aggregator")

  enum Body {
    case native(any Aggregator)
    /// Called with a round or nil, the updates, and weights or nil.
    case script(LuaFunction)
  }

  let name: String
  public private(set) var luaName: String?
  /// Byzantine clients that the rule claims to bear.
  let tolerated: Int?
  private let body: Body

  init(_ aggregator: any Aggregator) {
    name = aggregator.name
    tolerated = aggregator.tolerated
    body = .native(aggregator)
  }

  /// - Parameter path: What messages call the rule; its name is the last word of it.
  init(path: String, tolerated: Int?, script: LuaFunction) {
    name = path.split(separator: ".").last.map(String.init) ?? path
    luaName = path
    self.tolerated = tolerated
    body = .script(script)
  }

  public func wasMade(by path: String) { luaName = luaName ?? path }

  /// How the rule weighs updates if it is their weighted mean and nothing else.
  var sumWeights: SumWeights? {
    switch body {
    case .native(let aggregator): aggregator.sumWeights
    case .script: nil
    }
  }

  /// Applies the rule; a script's result is read, and blamed, by the name of the rule.
  func decide(_ round: LuaRound?, _ updates: UpdateMatrix, _ weights: [Double]?) throws -> Decision {
    switch body {
    case .native(let aggregator):
      do {
        let update = try aggregator.aggregate(updates, weights: weights, round: round?.round)
        return Decision(update: update, weights: weights)
      } catch { throw qualified(error) }
    case .script(let function):
      let rule = luaName ?? name
      try updates.requireFinite(rule)
      let result = try function(
        round, updates, weights.map { Tensor($0.map(Float.init)) }, returning: LuaValue.self)
      return try DecisionReader(rule: rule, updates: updates).decision(result)
    }
  }
}

private struct AggregatorOptions: LuaOptions {
  var f: Int?

  static let fields = Fields<AggregatorOptions> { field in
    field.option("f", \.f, "Byzantine clients that the rule claims to bear.")
  }
}

extension ModuleBuilder {
  mutating func addAggregatorMaking() {
    function(
      "aggregator", "Makes an aggregator of a function, to be called like any of `fed.aggregators`.",
      Parameter("name", "What messages call it; of a path with dots, the last word is the rule's name."),
      Parameter("rule", "Called with a round or nil, the updates, and weights or nil; returns an update [d]."),
      Parameter("options", "What it claims."), returns: "The aggregator.",
      example: Example(
        """
        local first = fed.aggregator("first", function(round, updates) return updates[1] end)
        print(first { {1, 2}, {3, 4} })
        """, prints: "Tensor [2] float32\n  1  2")
    ) { (name: String, rule: LuaFunction, options: AggregatorOptions) in
      LuaAggregator(path: name, tolerated: options.f, script: rule)
    }
  }
}

let aggregatorClass = ClassBindings(LuaAggregator.self, "A rule that turns many updates into one.") { type in
  type.property("name", "What the rule is called.", get: { (a: LuaAggregator) in a.name })
  type.property(
    "f", "Byzantine clients that it claims to bear; nil if it claims none.", get: { (a: LuaAggregator) in a.tolerated })
  type.call(
    "Combines updates into one: `rule(updates)`, or `rule(round, updates)` inside a defense.",
    Parameter("round", "The round, or the updates where there is none."),
    Parameter("updates", "Updates, a tensor [n, d], or a table of rows."),
    Parameter("weights", "One for each update; a rule that does not average leaves out those of weight 0."),
    returns: "An update [d].",
    example: Example(
      "print(fed.aggregators.trimmed_mean { f = 1 } { {1, 2}, {3, 4}, {90, 5} })", prints: "Tensor [2] float32\n  3  4")
  ) {
    (a: LuaAggregator, first: Either<LuaRound, UpdatesArgument>?, second: UpdatesArgument?, weights: WeightsArgument?)
    in
    var round: LuaRound?, updates = second?.updates
    switch first {
    case .first(let given): round = given
    case .second(let given): updates = updates ?? given.updates
    case nil: break
    }
    guard let updates else {
      throw LuaFailure("no updates are given; pass Updates, a tensor [n, d] or a table of rows")
    }
    let decision = try a.decide(round, updates, weights?.values(for: updates.clientIDs))
    return decision.update
  }
  type.description { (a: LuaAggregator) in "Aggregator \(a.name)" + (a.tolerated.map { " (f = \($0))" } ?? "") }
}

// MARK: The native rules

private struct TrimmedMeanOptions: LuaOptions {
  var f: Int?

  static let fields = Fields<TrimmedMeanOptions> { field in
    field.required(
      "f", \.f, "Values dropped at each end of every coordinate; 2f must be less than n.", check: .atLeast(0))
  }
}

private struct GeometricMedianOptions: LuaOptions {
  var smoothing = 1e-6
  var iterations = 100
  var tolerance = 1e-9
  var start = "median"

  static let fields = Fields<GeometricMedianOptions> { field in
    field.option("smoothing", \.smoothing, "Distances below it count as this.", check: .above(0))
    field.option("iterations", \.iterations, "Most steps.", check: .atLeast(1))
    field.option("tolerance", \.tolerance, "Stops when no weight moves by more.", check: .atLeast(0))
    field.option(
      "start", \.start, "Where the search begins.", check: .oneOf(GeometricMedian.Start.allCases.map(\.rawValue)))
  }
}

private struct NormClippingOptions: LuaOptions {
  var maxNorm: Double?

  static let fields = Fields<NormClippingOptions> { field in
    field.option("max_norm", \.maxNorm, "Largest norm an update keeps; without it, the median norm of the round.")
  }
}

private struct CenteredClippingOptions: LuaOptions {
  var radius: Double?
  var iterations = 3

  static let fields = Fields<CenteredClippingOptions> { field in
    field.option(
      "radius", \.radius, "Largest distance an update keeps from the center; without it, the median distance.")
    field.option("iterations", \.iterations, "Steps.", check: .atLeast(1))
  }
}

private let yin = "Yin et al., ICML 2018, https://arxiv.org/abs/1803.01498"

let aggregatorBindings = BindingModule(
  "fed.aggregators", "Rules that turn many updates into one. Each makes an aggregator from its options.",
  classes: [aggregatorClass]
) { module in
  module.addAverages()
  module.addOrderRules()
  module.addDistanceRules()
}

extension ModuleBuilder {
  fileprivate mutating func addAverages() {
    function(
      "mean", "Averages the updates, each client counting once.", returns: "The aggregator.",
      example: Example("print(fed.aggregators.mean() { {1, 2}, {5, 6} })", prints: "Tensor [2] float32\n  3  4")
    ) { LuaAggregator(Mean()) }
    function(
      "weighted_mean", "Averages the updates by sample counts, as FedAvg does, or by weights.",
      returns: "The aggregator.",
      source: "McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629, algorithm 1",
      example: Example(
        "local updates = fed.updates({ {1, 2}, {5, 6} }, { samples = { 3, 1 } })\nprint(fed.aggregators.weighted_mean()(updates))",
        prints: "Tensor [2] float32\n  2  3")
    ) { LuaAggregator(WeightedMean()) }
  }

  fileprivate mutating func addOrderRules() {
    function(
      "coordinate_median", "Takes the median of each coordinate; of an even number, the mean of the middle two.",
      returns: "The aggregator.", source: yin + ", definition 1",
      example: Example(
        "print(fed.aggregators.coordinate_median() { {1, 9}, {2, 8}, {90, 7} })", prints: "Tensor [2] float32\n  2  8")
    ) { LuaAggregator(CoordinateMedian()) }
    function(
      "trimmed_mean", "Drops the f smallest and f largest values of each coordinate and averages the rest.",
      Parameter("options", "How many to drop."), returns: "The aggregator.", source: yin + ", definition 2",
      example: Example(
        "print(fed.aggregators.trimmed_mean { f = 1 } { {1, 9}, {2, 8}, {6, 4}, {90, -7} })",
        prints: "Tensor [2] float32\n  4  6")
    ) { (options: TrimmedMeanOptions) in LuaAggregator(try TrimmedMean(f: options.f ?? 0)) }
  }

  fileprivate mutating func addDistanceRules() {
    function(
      "geometric_median", "Finds the point with the least sum of distances to the updates.",
      Parameter("options", "How it searches."), returns: "The aggregator.",
      source: "Pillutla et al., IEEE TSP 2022, https://arxiv.org/abs/1912.13445, algorithm 2",
      example: Example(
        "print(fed.aggregators.geometric_median() { {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {0, 0} })",
        prints: "Tensor [2] float32\n  0  0")
    ) { (options: GeometricMedianOptions) in
      LuaAggregator(
        try GeometricMedian(
          smoothing: options.smoothing, iterations: options.iterations, tolerance: options.tolerance,
          start: GeometricMedian.Start(rawValue: options.start) ?? .median))
    }
    function(
      "norm_clipping", "Shortens long updates to a common norm, then averages by sample counts.",
      Parameter("options", "The bound."), returns: "The aggregator.",
      source: "Sun et al., 2019, https://arxiv.org/abs/1911.07963, section 5",
      example: Example(
        "print(fed.aggregators.norm_clipping { max_norm = 1 } { {2, 0}, {0, 8} })",
        prints: "Tensor [2] float32\n  0.5000  0.5000")
    ) { (options: NormClippingOptions) in LuaAggregator(try NormClipping(maximumNorm: options.maxNorm)) }
    function(
      "centered_clipping", "Moves from the round before towards the updates, each difference shortened to a radius.",
      Parameter("options", "Radius and steps."), returns: "The aggregator.",
      source: "Karimireddy et al., ICML 2021, https://arxiv.org/abs/2012.10333, algorithm 2",
      example: Example(
        "print(fed.aggregators.centered_clipping { radius = 1, iterations = 1 } { {0}, {1}, {50} })",
        prints: "Tensor [1] float32\n  1")
    ) { (options: CenteredClippingOptions) in
      LuaAggregator(try CenteredClipping(radius: options.radius, iterations: options.iterations))
    }
  }
}
