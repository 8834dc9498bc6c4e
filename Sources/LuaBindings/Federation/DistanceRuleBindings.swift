public import Federation
public import LuaRuntime

extension GeometricMedian.Start: LuaEnumeration {}

/// What other libraries mean by a geometric median.
private enum GeometricMedianPreset: String, CaseIterable, LuaEnumeration {
  case pillutla, byzfl, fedlib, byzpy

  /// Smoothing, steps, tolerance and start.
  var values: (smoothing: Double?, iterations: Int, tolerance: Double, start: GeometricMedian.Start) {
    switch self {
    case .pillutla: (nil, 100, 1e-9, .median)
    case .byzfl: (0.1, 3, 0, .zero)
    case .fedlib: (1e-6, 100, 1e-10, .mean)
    case .byzpy: (1e-12, 256, 1e-6, .median)
    }
  }
}

private struct GeometricMedianOptions: LuaOptions {
  var preset = GeometricMedianPreset.pillutla
  var smoothing: Double?
  var iterations: Int?
  var tolerance: Double?
  var start: GeometricMedian.Start?

  static let fields = Fields<GeometricMedianOptions> { field in
    field.option("preset", \.preset, "Whose values the other options have where they are left out.")
    field.option(
      "smoothing", \.smoothing, "Distances below it count as this; without it, a millionth of the median distance.")
    field.option("iterations", \.iterations, "Most steps; 100 without it.", check: .ifGiven(.atLeast(1)))
    field.option(
      "tolerance", \.tolerance,
      "Stops when the point moves by no more than this part of the median distance; 1e-9 without it.",
      check: .ifGiven(.atLeast(0)))
    field.option("start", \.start, "Where the search begins; at the coordinate median without it.")
  }

  func aggregator() throws -> GeometricMedian {
    let values = preset.values
    return try GeometricMedian(
      smoothing: smoothing ?? values.smoothing, iterations: iterations ?? values.iterations,
      tolerance: tolerance ?? values.tolerance, start: start ?? values.start, approaches: preset == .pillutla)
  }
}

private struct NormClippingOptions: LuaOptions {
  var maxNorm: Double?

  static let fields = Fields<NormClippingOptions> { field in
    field.option("max_norm", \.maxNorm, "Largest norm an update keeps; without it, the median norm of the round.")
  }
}

extension CenteredClipping.Center: LuaEnumeration {}

/// What other libraries mean by centered clipping.
private enum CenteredClippingPreset: String, CaseIterable, LuaEnumeration {
  case karimireddy, byzfl, fedlib

  /// Radius, steps and center.
  var values: (radius: Double?, iterations: Int, center: CenteredClipping.Center) {
    switch self {
    case .karimireddy: (nil, 3, .previous)
    case .byzfl: (100, 1, .previousOrZero)
    case .fedlib: (5, 5, .previousOrZero)
    }
  }
}

private struct CenteredClippingOptions: LuaOptions {
  var preset = CenteredClippingPreset.karimireddy
  var radius: Double?
  var iterations: Int?
  var center: CenteredClipping.Center?
  var group: Int?

  static let fields = Fields<CenteredClippingOptions> { field in
    field.option("preset", \.preset, "Whose values the other options have where they are left out.")
    field.option(
      "radius", \.radius, "Largest distance an update keeps from the center; without it, the median distance.")
    field.option(
      "iterations", \.iterations, "Most steps, fewer where the center has settled; 3 without it.",
      check: .ifGiven(.atLeast(1)))
    field.option(
      "center", \.center,
      "Where the steps begin: at what the rule decided in the round before, and where there is none at the median or at zero; or always at one of these. Without it, at the decision before, else the median."
    )
    field.option(
      "group", \.group,
      "Clients that move the center together, one group after the other in an order drawn anew each round (sequential clipping); all at once without it.",
      check: .ifGiven(.atLeast(1)))
  }

  func aggregator() throws -> CenteredClipping {
    let values = preset.values
    return try CenteredClipping(
      radius: radius ?? values.radius, iterations: iterations ?? values.iterations, center: center ?? values.center,
      groupSize: group)
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
      LuaAggregator(try options.aggregator())
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
      Parameter("options", "Radius, steps and center."), returns: "The aggregator.",
      source: "Karimireddy et al., ICML 2021, https://arxiv.org/abs/2012.10333, algorithm 2",
      example: Example(
        "print((fed.aggregators.centered_clipping { radius = 1, iterations = 1 } { {0}, {1}, {50} }))",
        prints: "Tensor [1] float32\n  1")
    ) { (options: CenteredClippingOptions) in
      LuaAggregator(try options.aggregator())
    }
  }
}
