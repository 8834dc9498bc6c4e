import Federation
public import LuaRuntime
import Networks

/// How clients train, as scripts hold it.
public final class LuaLocalTraining: LuaObject {
  public static let luaClass = LuaClass("LocalTraining", keepsOrigin: true)

  let name: String
  let training: LocalTraining

  init(_ name: String, _ training: LocalTraining) {
    self.name = name
    self.training = training
  }

  /// Amount of work, and what differs from plain descent.
  var summary: String {
    let amount = [training.epochs.map { "\($0) epochs" }, training.steps.map { "\($0) steps" }].compactMap { $0 }
    var text = "\(name): \(amount.joined(separator: " or ")) in batches of \(training.batchSize)"
    if let own = training.algorithm.summary { text += ", \(own)" }
    switch training.stayingName {
    case "none": break
    case "batch_norm": text += ", local batch normalization"
    case let name: text += ", local parameters: \(name)"
    }
    return text
  }
}

/// What every way of local training takes.
struct CommonTrainingOptions {
  var optimizer: LuaOptimizer?
  var epochs: Int?
  var steps: Int?
  var batch = 32
  var localParameters: LocalParametersArgument?
  var keepOptimizer = false
  var loss = LossArgument(.crossEntropy())
  var traced = true
  var labelSmoothing = 0.0
  var augment: LuaAugmentation?

  func training(_ algorithm: any LocalAlgorithm) throws -> LocalTraining {
    var training = try LocalTraining(
      optimizer: optimizer?.optimizer ?? SGD(learningRate: 0.01, momentum: 0.9), epochs: epochs, steps: steps,
      batchSize: batch, algorithm: algorithm, localParameters: localParameters?.parameters,
      keepsOptimizerState: keepOptimizer, loss: loss.smoothed(labelSmoothing))
    training.isTraced = traced
    training.augmentation = augment?.augmentation
    return training
  }
}

/// Options of one way to train: the common ones, and those of its algorithm.
protocol TrainingOptions: LuaOptions {
  var common: CommonTrainingOptions { get set }

  func algorithm() throws -> any LocalAlgorithm
}

extension TrainingOptions {
  func training() throws -> LocalTraining { try common.training(algorithm()) }
}

extension Fields where Root: TrainingOptions {
  mutating func declareTraining() {
    option(
      "optimizer", \.common.optimizer, "From fed.optim.", fallback: "fed.optim.sgd { lr = 0.01, momentum = 0.9 }")
    option(
      "epochs", \.common.epochs,
      "Passes over the client's samples a round: one, or as many as steps take, without it.")
    option(
      "steps", \.common.steps, "Batches a round, at most where there are epochs too; all of the epochs without it.")
    option("batch", \.common.batch, "Samples in a batch.", check: .atLeast(1))
    option(
      "local_parameters", \.common.localParameters,
      "What never leaves the client: \"batch_norm\", \"head\" (the last layer), \"none\", names of parameters or layers, "
        + "or a function of a parameter's name; without it, as the algorithm has it.")
    option("keep_optimizer", \.common.keepOptimizer, "Whether momentum lives on from round to round.")
    option(
      "loss", \.common.loss,
      "\"cross_entropy\", \"mse\" or \"binary_cross_entropy\" of the model's output; or a function of (model, batch, draw) "
        + "that returns a tensor of one number: batch has inputs and labels, draw gives random tensors. It is traced as a "
        + "module's `forward` is, see fed.nn.module.",
      type: "string|(fun(model: Model, batch: TrainingBatch, draw: Draws): Tensor)")
    option(
      "traced", \.common.traced,
      "Whether models run by plans, on all threads; off, everything runs operation by operation, a script's on one.")
    option(
      "label_smoothing", \.common.labelSmoothing, "Share of the target spread over all classes.",
      check: .within(0...1))
    option("augment", \.common.augment, "Random changes of pictures, from fed.images.augment.")
  }

  mutating func declareProximal(_ mu: any WritableKeyPath<Root, Double> & Sendable) {
    option(
      "mu", mu, "Weight of the proximal term, which holds clients near the global model.", check: .atLeast(0))
  }
}

/// `local_training = { epochs = 1, batch = 64, optimizer = … }`, and plain training.
struct LocalTrainingOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var mu = 0.0
  var localBatchNorm = false

  static let fields = Fields<LocalTrainingOptions> { field in
    field.declareTraining()
    field.declareProximal(\.mu)
    field.option("local_batch_norm", \.localBatchNorm, "The same as local_parameters = \"batch_norm\".")
  }

  func algorithm() throws -> any LocalAlgorithm {
    if localBatchNorm, common.localParameters == nil { return try FedBN(weight: mu) }
    return mu > 0 ? try FedProx(weight: mu) : FedAvg()
  }
}

/// Options of a proximal term that is there unless told otherwise.
struct ProximalOptions: TrainingOptions {
  var common = CommonTrainingOptions()
  var mu = 0.01
  var localBatchNorm = false

  static let fields = Fields<ProximalOptions> { field in
    field.declareTraining()
    field.declareProximal(\.mu)
    field.option("local_batch_norm", \.localBatchNorm, "The same as local_parameters = \"batch_norm\".")
  }

  func algorithm() throws -> any LocalAlgorithm {
    localBatchNorm && common.localParameters == nil ? try FedBN(weight: mu) : try FedProx(weight: mu)
  }
}

let localTrainingClass = ClassBindings(LuaLocalTraining.self, "How a client trains between two rounds.") { type in
  type.property("name", "What it is called.", get: { (t: LuaLocalTraining) in t.name })
  type.description { (t: LuaLocalTraining) in t.summary }
}

let localTrainingBindings = BindingModule(
  "fed.local_training", "Ways for a client to train between receiving the global model and sending its update.",
  classes: [localTrainingClass]
) { module in
  module.addProximalTraining()
  module.addCorrectedTraining()
  module.addPersonalTraining()
  module.addOwnTraining()
}

extension ModuleBuilder {
  fileprivate mutating func addProximalTraining() {
    addLocalTraining(
      "fedavg", "Plain local training.", source: "McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629",
      example: Example(
        "print(fed.local_training.fedavg { epochs = 2 })", prints: "fedavg: 2 epochs in batches of 32")
    ) { (options: LocalTrainingOptions) in try options.algorithm() }
    addLocalTraining(
      "fedprox", "Local training with a proximal term: mu holds clients near the global model.",
      source: "Li et al., MLSys 2020, https://arxiv.org/abs/1812.06127",
      example: Example(
        "print(fed.local_training.fedprox { mu = 0.1 })", prints: "fedprox: 1 epochs in batches of 32, mu 0.1")
    ) { (options: ProximalOptions) in try options.algorithm() }
    addLocalTraining(
      "fedbn", "Local training with batch normalization that never leaves the client.",
      source: "Li et al., ICLR 2021, https://arxiv.org/abs/2102.07623",
      example: Example(
        "print(fed.local_training.fedbn())", prints: "fedbn: 1 epochs in batches of 32, local batch normalization")
    ) { (options: LocalTrainingOptions) in try FedBN(weight: options.mu) }
    addLocalTraining(
      "fedbn_prox", "Local batch normalization and a proximal term together.",
      source: "Karami et al., 2025, https://arxiv.org/abs/2507.23638, section III-A",
      example: Example(
        "print(fed.local_training.fedbn_prox { mu = 0.01 })",
        prints: "fedbn_prox: 1 epochs in batches of 32, mu 0.01, local batch normalization")
    ) { (options: ProximalOptions) in try FedBN(weight: options.mu) }
  }

  fileprivate mutating func addOwnTraining() {
    addLocalTraining(
      "define",
      "An algorithm of one's own: vectors that clients and server keep by name, and functions of them. The functions are "
        + "run once before a round, without numbers, and replayed on the clients' threads.",
      source: "the form: Karimireddy et al., ICML 2020, https://arxiv.org/abs/1910.06378, algorithm 1",
      example: Example(
        """
        local pull = fed.local_training.define {
          correct = function(g, s) return g + (s.weights - s.global) * 0.1 end,
        }
        print(pull)
        """, prints: "define: 1 epochs in batches of 32")
    ) { (options: ScriptedAlgorithmOptions) in try options.algorithm() }
  }

  mutating func addLocalTraining<Options: TrainingOptions>(
    _ name: String, _ sentence: String, source: String, example: Example,
    _ algorithm: @escaping @Sendable (Options) throws -> any LocalAlgorithm
  ) {
    function(
      name, sentence, Parameter("options", "Optimizer, epochs and batches, and what is the algorithm's own."),
      returns: "The way to train.", source: source, example: example
    ) { (options: Options) in
      LuaLocalTraining(name, try options.common.training(algorithm(options)))
    }
  }
}
