import Datasets
import LuaRuntime
import Networks
import Tensors

// How a trainer takes steps: one on a batch, or as many as passes over data have.

/// What every step is told.
private protocol StepOptions: LuaOptions {
  var loss: LossArgument { get set }
  var labelSmoothing: Double { get set }
  var seed: UInt64 { get set }
}

extension StepOptions {
  var objective: any Objective { get throws { try loss.smoothed(labelSmoothing) } }
}

extension Fields where Root: StepOptions {
  fileprivate mutating func declareStep() {
    option(
      "loss", \.loss,
      "\"cross_entropy\", \"mse\" or \"binary_cross_entropy\", of logits; or a function of (model, batch, draw) that "
        + "returns a tensor of one number, traced as a module's `forward` is.",
      type: "string|(fun(model: Model, batch: TrainingBatch, draw: Draws): Tensor)")
    option("label_smoothing", \.labelSmoothing, "Share of the target spread over all classes.", check: .within(0...1))
    option("seed", \.seed, "Seed of dropout and draws; each step draws anew.")
  }
}

private struct BatchFitOptions: StepOptions {
  var loss = LossArgument(.crossEntropy())
  var labelSmoothing = 0.0
  var seed: UInt64 = 0

  static let fields = Fields<BatchFitOptions> { $0.declareStep() }
}

private struct FitOptions: StepOptions {
  var loss = LossArgument(.crossEntropy())
  var labelSmoothing = 0.0
  var seed: UInt64 = 0
  var targets: LabelsArgument?
  var epochs: Int?
  var steps: Int?
  var batch = 32
  var augment: LuaAugmentation?
  var onEpoch: LuaFunction?

  static let fields = Fields<FitOptions> { field in
    field.option("epochs", \.epochs, "Passes: one, or as many as steps take, without it.", check: .ifGiven(.atLeast(1)))
    field.option("steps", \.steps, "Most steps in all; all of the epochs without it.", check: .ifGiven(.atLeast(1)))
    field.option("batch", \.batch, "Samples in a batch.", check: .atLeast(1))
    field.option(
      "targets", \.targets, "Labels, or a tensor with a row for each sample, where the data are a tensor.")
    field.option("augment", \.augment, "Random changes of pictures, from fed.images.augment.")
    field.option(
      "on_epoch", \.onEpoch, "Called with the pass's number and its mean loss; true ends the training after it.",
      type: "(fun(epoch: integer, loss: number): boolean?)?")
    field.declareStep()
  }
}

/// What a trainer passes over: a data set, or tensors with a row for each sample.
private enum Samples {
  case set(Dataset)
  case tensors(ObjectiveBatch)

  var count: Int {
    switch self {
    case .set(let set): set.count
    case .tensors(let batch): batch.tensors.first?.tensor.shape.first ?? 0
    }
  }

  func batch(_ positions: [Int], _ change: (Tensor) throws -> Tensor) throws -> ObjectiveBatch {
    switch self {
    case .set(let set):
      let batch = try set.batch(positions)
      return ObjectiveBatch(inputs: try change(batch.inputs), targets: batch.labels, samples: positions)
    case .tensors(let all):
      let rows = Tensor(labels: positions)
      let picked = try all.tensors.map { name, tensor in
        let part = try tensor.gather(rows)
        return (name: name, tensor: name == "inputs" ? try change(part) : part)
      }
      return ObjectiveBatch(picked, samples: positions)
    }
  }

  /// - Throws: ``LuaFailure`` where tensors have different numbers of rows, or there is no sample.
  func validate() throws {
    guard count > 0 else { throw LuaFailure("the data have no samples; at least one is needed") }
    guard case .tensors(let batch) = self else { return }
    for (name, tensor) in batch.tensors where tensor.shape.first != count {
      let first = batch.tensors[0].name
      throw LuaFailure(
        "'\(name)' has \(tensor.shape.first ?? 0) rows and '\(first)' \(count); each needs one for a sample")
    }
  }
}

private struct SamplesArgument: LuaReadable {
  static var luaType: String { "Dataset|Tensor|table" }

  private let set: Dataset?
  private let tensors: BatchArgument?

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> SamplesArgument {
    if Dataset.matches(frame, index) { return SamplesArgument(set: try Dataset.read(frame, index), tensors: nil) }
    return SamplesArgument(set: nil, tensors: try BatchArgument.read(frame, index))
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Dataset.matches(frame, index) || BatchArgument.matches(frame, index)
  }

  func samples(_ type: ElementType, targets: Tensor?) throws -> Samples {
    if let set {
      if targets != nil { throw LuaFailure("option 'targets' belongs to tensors; a data set has labels of its own") }
      return .set(set)
    }
    return .tensors(try tensors?.batch(type, targets: targets) ?? ObjectiveBatch([]))
  }
}

extension LuaTrainer {
  fileprivate func fit(_ batch: ObjectiveBatch, _ objective: any Objective, seed: UInt64) throws -> Double {
    let streams = PlanStreams(
      dropout: RandomStream(seed: seed, purpose: .dropout).derive("step", state.stepCount),
      draws: DrawSource(
        stream: RandomStream(seed: seed, purpose: "draws").derive("step", state.stepCount), samples: batch.samples))
    let loss = try model.computeGradient(of: objective, batch, streams)
    try optimizer.step(model, state)
    return loss
  }

  /// Passes over data; what a script does is looked at once in each pass, for each size of batch.
  fileprivate func fit(_ samples: Samples, _ options: FitOptions) throws -> [Double] {
    try samples.validate()
    let objective = try options.objective, seed = options.seed
    let order = RandomStream(seed: seed, purpose: .batches), changes = RandomStream(seed: seed, purpose: "augmentation")
    var losses: [Double] = [], left = options.steps ?? .max
    for epoch in 0..<(options.epochs ?? (options.steps == nil ? 1 : .max)) {
      if left == 0 { break }
      var sum = 0.0, steps = 0, known: Set<Int> = []
      let stream = order.derive("step", state.stepCount)
      for positions in BatchPositions(count: samples.count, size: options.batch, stream: stream) {
        // A single sample is no batch for normalization, as in the training of clients.
        if left == 0 || positions.count == 1 && steps > 0 && model.layout.statisticCount > 0 { break }
        try Interrupt.check()
        let batch = try samples.batch(positions) { inputs in
          try options.augment?.augmentation.apply(inputs, stream: changes.derive("step", state.stepCount)) ?? inputs
        }
        sum += try Model.$keepsTraces.withValue(known.contains(positions.count)) {
          try fit(batch, objective, seed: seed)
        }
        known.insert(positions.count)
        (steps, left) = (steps + 1, left - 1)
      }
      losses.append(sum / Double(steps))
      if try options.onEpoch?(epoch + 1, losses[epoch], returning: Bool?.self) == true { break }
    }
    return losses
  }
}

/// Adds the methods that take steps.
func declareFitting(_ type: inout ClassBuilder<LuaTrainer>) {
  type.method(
    "fit_batch",
    "Takes one step on a batch in training mode: loss, gradient and the change of the model, by a plan where there is one.",
    Parameter("inputs", "Batch of inputs; or a table of named tensors, which the loss finds in its batch."),
    Parameter("targets", "A label from 0 for each sample, or a tensor like the output, as the loss needs."),
    Parameter("options", "The loss, and the seed of dropout."), returns: "The mean loss before the step.",
    example: Example(
      """
      local model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 2, seed = 1 }
      local sgd = fed.optim.sgd { lr = 0.5 }:on(model)
      local inputs, labels = fed.tensor { {0, 1}, {1, 0}, {0, 2}, {2, 0} }, { 0, 1, 0, 1 }
      local first = sgd:fit_batch(inputs, labels)
      for _ = 1, 50 do sgd:fit_batch(inputs, labels) end
      print(sgd:fit_batch(inputs, labels) < first / 10)
      """, prints: "true")
  ) { (trainer: LuaTrainer, inputs: BatchArgument, targets: LabelsArgument?, options: BatchFitOptions) in
    try trainer.fit(
      inputs.batch(trainer.model.elementType, targets: targets?.tensor),
      options.objective, seed: options.seed)
  }
  type.method(
    "fit",
    "Passes over data in random batches, with a step on each. A loss or a module in Lua is looked at once in each pass, "
      + "so numbers that it reads are constants of the pass.",
    Parameter("data", "A data set; or a tensor of inputs, or a table of named tensors, with a row for each sample."),
    Parameter("options", "Passes, batches, and the loss."), returns: "The mean loss of each pass, before its steps.",
    example: Example(
      """
      local train = fed.data.blobs { train = 120, test = 30, classes = 3 }
      local model = fed.models.mlp { inputs = 2, hidden = { 16 }, classes = 3, seed = 1 }
      local losses = fed.optim.adam { lr = 0.01 }:on(model):fit(train, { epochs = 20, batch = 16 })
      print(#losses, losses[20] < losses[1] / 2)
      """, prints: "20\ttrue")
  ) { (trainer: LuaTrainer, data: SamplesArgument, options: FitOptions) in
    try trainer.fit(
      data.samples(trainer.model.elementType, targets: options.targets?.tensor), options)
  }
}
