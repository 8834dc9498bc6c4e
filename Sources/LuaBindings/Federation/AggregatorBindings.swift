import Federation
import LuaRuntime

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
      example: Example("print((fed.aggregators.mean() { {1, 2}, {5, 6} }))", prints: "Tensor [2] float32\n  3  4")
    ) { LuaAggregator(Mean()) }
    function(
      "weighted_mean", "Averages the updates by sample counts, as FedAvg does, or by weights.",
      returns: "The aggregator.",
      source: "McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629, algorithm 1",
      example: Example(
        "local updates = fed.updates({ {1, 2}, {5, 6} }, { samples = { 3, 1 } })\nprint((fed.aggregators.weighted_mean()(updates)))",
        prints: "Tensor [2] float32\n  2  3")
    ) { LuaAggregator(WeightedMean()) }
  }
}
