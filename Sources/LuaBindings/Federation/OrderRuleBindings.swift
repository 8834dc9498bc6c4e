import Federation
import LuaRuntime

private struct TrimmedMeanOptions: LuaOptions {
  var f: Int?

  static let fields = Fields<TrimmedMeanOptions> { field in
    field.required(
      "f", \.f, "Values dropped at each end of every coordinate; 2f must be less than n.", check: .atLeast(0))
  }
}

private let yin = "Yin et al., ICML 2018, https://arxiv.org/abs/1803.01498"

/// Rules that sort the values of each coordinate.
extension ModuleBuilder {
  mutating func addOrderRules() {
    function(
      "coordinate_median", "Takes the median of each coordinate; of an even number, the mean of the middle two.",
      returns: "The aggregator.", source: yin + ", definition 1",
      example: Example(
        "print((fed.aggregators.coordinate_median() { {1, 9}, {2, 8}, {90, 7} }))", prints: "Tensor [2] float32\n  2  8"
      )
    ) { LuaAggregator(CoordinateMedian()) }
    function(
      "trimmed_mean", "Drops the f smallest and f largest values of each coordinate and averages the rest.",
      Parameter("options", "How many to drop."), returns: "The aggregator.", source: yin + ", definition 2",
      example: Example(
        "print((fed.aggregators.trimmed_mean { f = 1 } { {1, 9}, {2, 8}, {6, 4}, {90, -7} }))",
        prints: "Tensor [2] float32\n  4  6")
    ) { (options: TrimmedMeanOptions) in LuaAggregator(try TrimmedMean(f: options.f ?? 0)) }
  }
}
