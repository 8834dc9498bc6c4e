import Federation
import LuaRuntime

// MARK: Options

/// Options of an algorithm that has none of its own.
private struct PlainOptions: TrainingOptions {
  var common = CommonTrainingOptions()

  static let fields = Fields<PlainOptions> { $0.declareTraining() }

  func algorithm() -> any LocalAlgorithm { FedAvg() }
}

private struct FedDynOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var alpha = 0.01

  static let fields = Fields<FedDynOptions> { field in
    field.declareTraining()
    field.option("alpha", \.alpha, "Weight of the dynamic term.", check: .above(0))
  }

  func algorithm() throws -> any LocalAlgorithm { try FedDyn(weight: alpha) }
}

private struct DittoOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var lambda = 0.1

  static let fields = Fields<DittoOptions> { field in
    field.declareTraining()
    field.option(
      "lambda", \.lambda, "How strongly a client's own model is pulled to the global one.", check: .atLeast(0))
  }

  func algorithm() throws -> any LocalAlgorithm { try Ditto(weight: lambda) }
}

private struct FedRepOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var headEpochs = 1

  static let fields = Fields<FedRepOptions> { field in
    field.declareTraining()
    field.option(
      "head_epochs", \.headEpochs, "Passes in which what stays at the client is fitted, before the rest.",
      check: .atLeast(1))
  }

  func algorithm() throws -> any LocalAlgorithm { try FedRep(headEpochs: headEpochs) }
}

private struct APFLOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var alpha = 0.5
  var adapt = true

  static let fields = Fields<APFLOptions> { field in
    field.declareTraining()
    field.option("alpha", \.alpha, "Share of a client's own model in the mixture, at first.", check: .within(0...1))
    field.option("adapt", \.adapt, "Whether the share follows its gradient, once a round.")
  }

  func algorithm() throws -> any LocalAlgorithm { try APFL(share: alpha, adapts: adapt) }
}

// MARK: Algorithms

extension ModuleBuilder {
  /// Algorithms whose clients correct what they send.
  mutating func addCorrectedTraining() {
    addLocalTraining(
      "scaffold",
      "Steps corrected by what a client's gradients differ from everybody's. Needs an optimizer of fed.optim.sgd.",
      source: "Karimireddy et al., ICML 2020, https://arxiv.org/abs/1910.06378, algorithm 1, option II",
      example: Example(
        "print(fed.local_training.scaffold { epochs = 2 })", prints: "scaffold: 2 epochs in batches of 32")
    ) { (_: PlainOptions) in Scaffold() }
    addLocalTraining(
      "fednova",
      "Updates divided by the work done, so that clients with more steps do not pull the model to themselves. Needs an "
        + "optimizer of fed.optim.sgd.",
      source: "Wang et al., NeurIPS 2020, https://arxiv.org/abs/2007.07481, equations 6 and 7",
      example: Example(
        "print(fed.local_training.fednova { steps = 5 })", prints: "fednova: 5 steps in batches of 32")
    ) { (_: PlainOptions) in FedNova() }
    addLocalTraining(
      "feddyn", "A term of each client's own, which makes their optima meet at that of the sum.",
      source: "Acar et al., ICLR 2021, https://arxiv.org/abs/2111.04263, algorithm 1",
      example: Example(
        "print(fed.local_training.feddyn { alpha = 0.1 })", prints: "feddyn: 1 epochs in batches of 32, alpha 0.1")
    ) { (options: FedDynOptions) in try options.algorithm() }
  }

  /// Algorithms whose clients have something of their own.
  mutating func addPersonalTraining() {
    addLocalTraining(
      "ditto",
      "A model of each client's own beside the global one, pulled towards it; run:client_model(id) is that model.",
      source: "Li et al., ICML 2021, https://arxiv.org/abs/2012.04221, algorithm 1",
      example: Example(
        "print(fed.local_training.ditto { lambda = 1 })", prints: "ditto: 1 epochs in batches of 32, lambda 1.0")
    ) { (options: DittoOptions) in try options.algorithm() }
    addLocalTraining(
      "fedper", "The last layer never leaves the client, or what local_parameters says.",
      source: "Arivazhagan et al., 2019, https://arxiv.org/abs/1912.00818",
      example: Example(
        "print(fed.local_training.fedper())", prints: "fedper: 1 epochs in batches of 32, local parameters: head")
    ) { (_: PlainOptions) in FedPer() }
    addLocalTraining(
      "fedrep", "As fedper; what stays is fitted first while the rest stands still, then the rest while it does.",
      source: "Collins et al., ICML 2021, https://arxiv.org/abs/2102.07078, algorithm 1",
      example: Example(
        "print(fed.local_training.fedrep { head_epochs = 3 })",
        prints: "fedrep: 1 epochs in batches of 32, head epochs 3, local parameters: head")
    ) { (options: FedRepOptions) in try options.algorithm() }
    addLocalTraining(
      "apfl",
      "A model of each client's own, mixed with the global one; run:client_model(id) is the mixture.",
      source: "Deng et al., 2020, https://arxiv.org/abs/2003.13461, algorithm 1",
      example: Example(
        "print(fed.local_training.apfl { alpha = 0.25, adapt = false })",
        prints: "apfl: 1 epochs in batches of 32, alpha 0.25")
    ) { (options: APFLOptions) in try options.algorithm() }
  }
}
