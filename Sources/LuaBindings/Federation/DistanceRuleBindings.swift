import Federation
import LuaRuntime

private struct GeometricMedianOptions: LuaOptions {
  var smoothing: Double?
  var iterations = 100
  var tolerance = 1e-9
  var start = "median"

  static let fields = Fields<GeometricMedianOptions> { field in
    field.option(
      "smoothing", \.smoothing, "Distances below it count as this; without it, a millionth of the median distance.")
    field.option("iterations", \.iterations, "Most steps.", check: .atLeast(1))
    field.option(
      "tolerance", \.tolerance, "Stops when the point moves by no more than this part of the median distance.",
      check: .atLeast(0))
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
    field.option(
      "iterations", \.iterations, "Steps, at most: they end where the point has settled.", check: .atLeast(1))
  }
}

/// Rules that look at lengths and distances.
extension ModuleBuilder {
  mutating func addDistanceRules() {
    function(
      "geometric_median", "Finds the point with the least sum of distances to the updates.",
      Parameter("options", "How it searches."), returns: "The aggregator.",
      source: "Pillutla et al., IEEE TSP 2022, https://arxiv.org/abs/1912.13445, algorithm 2",
      example: Example(
        "print((fed.aggregators.geometric_median() { {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {0, 0} }))",
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
        "print((fed.aggregators.norm_clipping { max_norm = 1 } { {2, 0}, {0, 8} }))",
        prints: "Tensor [2] float32\n  0.5000  0.5000")
    ) { (options: NormClippingOptions) in LuaAggregator(try NormClipping(maximumNorm: options.maxNorm)) }
    function(
      "centered_clipping", "Moves from the round before towards the updates, each difference shortened to a radius.",
      Parameter("options", "Radius and steps."), returns: "The aggregator.",
      source: "Karimireddy et al., ICML 2021, https://arxiv.org/abs/2012.10333, algorithm 2",
      example: Example(
        "print((fed.aggregators.centered_clipping { radius = 1, iterations = 1 } { {0}, {1}, {50} }))",
        prints: "Tensor [1] float32\n  1")
    ) { (options: CenteredClippingOptions) in
      LuaAggregator(try CenteredClipping(radius: options.radius, iterations: options.iterations))
    }
  }
}
