import Federation
public import LuaRuntime
import Networks

/// How clients train, as scripts hold it.
public final class LuaLocalTraining: LuaObject {
  public static let luaClass = LuaClass("LocalTraining")

  let name: String
  let training: LocalTraining

  init(_ name: String, _ training: LocalTraining) {
    self.name = name
    self.training = training
  }
}

/// What every way of local training takes: `local_training = { epochs = 1, batch = 64, optimizer = … }`.
struct LocalTrainingOptions: LuaOptions {
  var optimizer: LuaOptimizer?
  var epochs: Int?
  var steps: Int?
  var batch = 32
  var mu = 0.0
  var localBatchNorm = false
  var keepOptimizer = false
  var labelSmoothing = 0.0
  var augment: LuaAugmentation?

  static let fields = Fields<LocalTrainingOptions> { field in
    field.option("optimizer", \.optimizer, "From fed.optim; without it, SGD with rate 0.01 and momentum 0.9.")
    field.option(
      "epochs", \.epochs, "Passes over the client's samples a round: one, or as many as steps take, without it.")
    field.option("steps", \.steps, "Batches a round, at most where there are epochs too; all of the epochs without it.")
    field.option("batch", \.batch, "Samples in a batch.", check: .atLeast(1))
    field.option(
      "mu", \.mu, "Weight of the proximal term, which holds clients near the global model.", check: .atLeast(0))
    field.option("local_batch_norm", \.localBatchNorm, "Whether batch normalization never leaves the client.")
    field.option("keep_optimizer", \.keepOptimizer, "Whether momentum lives on from round to round.")
    field.option(
      "label_smoothing", \.labelSmoothing, "Share of the target spread over all classes.", check: .within(0...1))
    field.option("augment", \.augment, "Random changes of pictures, from fed.images.augment.")
  }

  func training() throws -> LocalTraining {
    var training = try LocalTraining(
      optimizer: optimizer?.optimizer ?? SGD(learningRate: 0.01, momentum: 0.9), epochs: epochs, steps: steps,
      batchSize: batch, proximalWeight: mu, isBatchNormLocal: localBatchNorm, keepsOptimizerState: keepOptimizer,
      loss: .crossEntropy(labelSmoothing: labelSmoothing))
    training.augmentation = augment?.augmentation
    return training
  }
}

let localTrainingClass = ClassBindings(LuaLocalTraining.self, "How a client trains between two rounds.") { type in
  type.property("name", "What it is called.", get: { (t: LuaLocalTraining) in t.name })
  type.description { (t: LuaLocalTraining) in
    let training = t.training
    let amount = [training.epochs.map { "\($0) epochs" }, training.steps.map { "\($0) steps" }].compactMap { $0 }
    return "\(t.name): \(amount.joined(separator: " or ")) in batches of \(training.batchSize)"
      + (training.proximalWeight > 0 ? ", mu \(training.proximalWeight)" : "")
      + (training.isBatchNormLocal ? ", local batch normalization" : "")
  }
}

let localTrainingBindings = BindingModule(
  "fed.local_training", "Ways for a client to train between receiving the global model and sending its update.",
  classes: [localTrainingClass]
) { module in
  module.addLocalTraining(
    "fedavg", "Plain local training.", source: "McMahan et al., AISTATS 2017, https://arxiv.org/abs/1602.05629",
    example: Example(
      "print(fed.local_training.fedavg { epochs = 2 })", prints: "fedavg: 2 epochs in batches of 32"))
  module.addLocalTraining(
    "fedprox", "Local training with a proximal term: mu holds clients near the global model.",
    source: "Li et al., MLSys 2020, https://arxiv.org/abs/1812.06127", defaultMu: 0.01,
    example: Example(
      "print(fed.local_training.fedprox { mu = 0.1 })", prints: "fedprox: 1 epochs in batches of 32, mu 0.1"))
  module.addLocalTraining(
    "fedbn", "Local training with batch normalization that never leaves the client.",
    source: "Li et al., ICLR 2021, https://arxiv.org/abs/2102.07623", isBatchNormLocal: true,
    example: Example(
      "print(fed.local_training.fedbn())", prints: "fedbn: 1 epochs in batches of 32, local batch normalization"))
  module.addLocalTraining(
    "fedbn_prox", "Local batch normalization and a proximal term together.",
    source: "Karami et al., 2025, https://arxiv.org/abs/2507.23638, section III-A", defaultMu: 0.01,
    isBatchNormLocal: true,
    example: Example(
      "print(fed.local_training.fedbn_prox { mu = 0.01 })",
      prints: "fedbn_prox: 1 epochs in batches of 32, mu 0.01, local batch normalization"))
}

extension ModuleBuilder {
  fileprivate mutating func addLocalTraining(
    _ name: String, _ sentence: String, source: String, defaultMu: Double = 0, isBatchNormLocal: Bool = false,
    example: Example
  ) {
    function(
      name, sentence, Parameter("options", "Optimizer, epochs and batches."), returns: "The way to train.",
      source: source, example: example
    ) { (options: LocalTrainingOptions) in
      var options = options
      options.mu = options.mu > 0 ? options.mu : defaultMu
      options.localBatchNorm = options.localBatchNorm || isBatchNormLocal
      return LuaLocalTraining(name, try options.training())
    }
  }
}
