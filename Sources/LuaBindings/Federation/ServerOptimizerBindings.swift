import Federation
import LuaRuntime

/// How a rule's decision moves the global model, as scripts hold it.
final class LuaServerOptimizer: LuaObject {
  static let luaClass = LuaClass("ServerOptimizer", keepsOrigin: true)

  let optimizer: any ServerOptimizer
  let summary: String

  init(_ optimizer: any ServerOptimizer, _ summary: String) {
    self.optimizer = optimizer
    self.summary = summary
  }
}

private struct ServerSGDOptions: LuaOptions {
  var lr = 1.0
  var momentum = 0.0

  static let fields = Fields<ServerSGDOptions> { field in
    field.option("lr", \.lr, "The decision is multiplied by this.", check: .atLeast(0))
    field.option("momentum", \.momentum, "Share of the last round's velocity that is kept, below 1.")
  }
}

private struct AdaptiveOptions: LuaOptions {
  var lr = 0.01
  var beta1 = 0.9
  var beta2 = 0.99
  var tau = 1e-3

  static let fields = Fields<AdaptiveOptions> { field in
    field.option("lr", \.lr, "Rate.", check: .atLeast(0))
    field.option("beta1", \.beta1, "Share of the past in the mean of decisions, below 1.")
    field.option("beta2", \.beta2, "Share of the past in the mean of their squares, below 1.")
    field.option("tau", \.tau, "Added to the root of the squares, and the first of them.", check: .above(0))
  }
}

private struct AdagradOptions: LuaOptions {
  var lr = 0.01
  var beta1 = 0.0
  var tau = 1e-3

  static let fields = Fields<AdagradOptions> { field in
    field.option("lr", \.lr, "Rate.", check: .atLeast(0))
    field.option("beta1", \.beta1, "Share of the past in the mean of decisions, below 1.")
    field.option("tau", \.tau, "Added to the root of the squares, and the first of them.", check: .above(0))
  }
}

private let serverOptimizerClass = ClassBindings(
  LuaServerOptimizer.self, "How a rule's decision moves the global model."
) { type in
  type.property("name", "What it is called.", get: { (o: LuaServerOptimizer) in o.optimizer.name })
  type.description { (o: LuaServerOptimizer) in o.summary }
}

private let source = "Reddi et al., ICLR 2021, https://arxiv.org/abs/2003.00295, algorithm 2"

let serverOptimizerBindings = BindingModule(
  "fed.server",
  "How the server moves the global model by what its rule decided: server_optimizer of fed.simulation. Running "
    + "statistics are added as they are.",
  classes: [serverOptimizerClass]
) { module in
  module.function(
    "sgd", "Moves by the decision times a rate, with momentum over rounds: FedAvgM.",
    Parameter("options", "Rate and momentum."), returns: "The server optimizer.",
    source: "Hsu et al., 2019, https://arxiv.org/abs/1909.06335, section 4.3",
    example: Example(
      """
      local run = fed.simulation {
        clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 2,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
        server_optimizer = fed.server.sgd { lr = 0.5, momentum = 0.9 },
      }
      for round in run:rounds() do print(round.number, round.update_norm > 0) end
      """, prints: "1\ttrue\n2\ttrue")
  ) { (options: ServerSGDOptions) in
    LuaServerOptimizer(
      try ServerSGD(learningRate: options.lr, momentum: options.momentum),
      "sgd: rate \(options.lr), momentum \(options.momentum)")
  }
  module.addAdaptive("adam", .adam, "Adam: a mean of decisions over the root of a mean of their squares.")
  module.addAdaptive("yogi", .yogi, "Yogi: as adam, with squares that grow no faster than the decisions tell.")
  module.function(
    "adagrad", "Adagrad: decisions over the root of the sum of all their squares.",
    Parameter("options", "Rate and decays."), returns: "The server optimizer.", source: source,
    example: Example("print(fed.server.adagrad { lr = 0.1 })", prints: "adagrad: rate 0.1")
  ) { (options: AdagradOptions) in
    LuaServerOptimizer(
      try AdaptiveServerOptimizer(.adagrad, learningRate: options.lr, beta1: options.beta1, tau: options.tau),
      "adagrad: rate \(options.lr)")
  }
}

extension ModuleBuilder {
  fileprivate mutating func addAdaptive(
    _ name: String, _ variant: AdaptiveServerOptimizer.Variant, _ sentence: String
  ) {
    function(
      name, sentence, Parameter("options", "Rate and decays."), returns: "The server optimizer.", source: source,
      example: Example("print(fed.server.\(name) { lr = 0.1 })", prints: "\(name): rate 0.1")
    ) { (options: AdaptiveOptions) in
      LuaServerOptimizer(
        try AdaptiveServerOptimizer(
          variant, learningRate: options.lr, beta1: options.beta1, beta2: options.beta2, tau: options.tau),
        "\(name): rate \(options.lr)")
    }
  }
}
