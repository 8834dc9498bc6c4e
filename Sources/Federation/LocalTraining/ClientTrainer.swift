import Datasets
import Networks
import Tensors

/// Trains and evaluates with one replica of the model, one task after the other.
final class ClientTrainer: Worker {
  /// Names under which every process knows the functions of a simulation.
  enum Function {
    static let train = "train", contribute = "contribute", measure = "measure", differentiate = "differentiate"
    static let predict = "predict"
  }

  let run: RunDescription
  let model: Model
  private let functions: [String: (ClientTrainer) -> (JobTask, Job) throws -> TaskResult] = [
    Function.train: ClientTrainer.train, Function.contribute: ClientTrainer.contribute,
    Function.measure: ClientTrainer.measure, Function.differentiate: ClientTrainer.differentiate,
    Function.predict: ClientTrainer.predict,
  ]
  /// The vector that the replica holds unchanged, so that chunks of one evaluation load it once.
  var loaded: LoadedVector?

  init(_ run: RunDescription, model: Model) {
    self.run = run
    self.model = model
  }

  func run(_ task: JobTask, of job: Job) throws -> TaskResult {
    guard let function = functions[job.function] else {
      throw FederationError.setup(
        what: "function '\(job.function)'", problem: "this worker does not know it",
        allowed: functions.keys.sorted().joined(separator: " and ") + " are known")
    }
    // What a script does was looked at before the job, and stays so until its end.
    return try Model.$keepsTraces.withValue(true) {
      try Model.$usesPlans.withValue(training(of: task).isTraced) {
        try Subnormals.asZero { try function(self)(task, job) }
      }
    }
  }

  /// Samples that a task reads in all.
  func cost(of task: JobTask) -> Int {
    if task.inputs.numbers[.first] != nil { return (try? task.inputs.whole(.count)) ?? 1 }
    guard let training = try? training(of: task), let samples = try? run.data.set(task.data).count else { return 1 }
    let limit = (try? limits(of: task, training)) ?? (1, .max)
    return max(1, min(samples.saturated(times: limit.epochs), training.batchSize.saturated(times: limit.steps)))
  }

  func expect(_ result: TaskResult, of job: Job) throws {
    if [Function.train, Function.contribute].contains(job.function) {
      let isEmpty = result.values.isEmpty && result.report?.isFinite == false
      if !isEmpty { _ = try result.values.tensor(.update) }
      guard result.report != nil else { throw FederationError.missing(what: "the report of training", known: []) }
    }
    let known: [ExchangeKey: Int] = [
      .update: run.split.dimension, .averaged: run.split.averaged.reduce(0) { $0 + $1.count },
    ]
    for (key, tensor) in result.values.tensors.sorted(by: { $0.key < $1.key }) {
      let isRight = known[key].map { tensor.shape == [$0] } ?? (tensor.count <= model.layout.count)
      guard tensor.elementType == .float32, isRight else {
        throw FederationError.option(
          name: "'\(key)'", got: "\(tensor.shape) \(tensor.elementType)",
          allowed: "float32 of shape \(known[key].map { "[\($0)]" } ?? "at most [\(model.layout.count)]") is needed")
      }
    }
    let own = result.state?.localValues?.shape, needed = [run.split.local.reduce(0) { $0 + $1.count }]
    guard own == nil || own == needed else {
      throw FederationError.option(
        name: "'\(ExchangeKey.localValues)'", got: "\(own ?? [])", allowed: "shape \(needed) is needed")
    }
  }

  // MARK: Training

  /// Trains from the global vector; gives back the update, and the values of which the server keeps the mean.
  func train(_ task: JobTask, _ job: Job) throws -> TaskResult {
    loaded = nil
    let work = try LocalWork(task, of: job, self), split = run.split, algorithm = work.training.algorithm
    try model.load(work.global)
    if let values = task.state?.localValues {
      let vector = try model.vector()
      try vector.scatter(values, to: split.local)
      try model.load(vector)
    }
    let known = work.isAttacking ? nil : task.state?.optimizer?.copy()
    let optimizer = try known ?? work.training.optimizer.makeState(for: model)
    try algorithm.begin(work)
    work.begin()
    let loss = try descend(
      work, name: nil, epochs: nil, optimizer, correct: algorithm.correct, afterStep: algorithm.afterStep)
    let trained = try model.vector(), steps = work.steps
    try algorithm.end(work)
    var values = work.isAttacking ? work.sent.keeping(run.training.algorithm.sentBeside.map(\.key)) : work.sent
    values.tensors[.update] = try update(trained, work)
    if !split.averaged.isEmpty { values.tensors[.averaged] = try trained.gathered(split.averaged) }
    return TaskResult(
      values: values, report: TrainingReport(loss: loss, steps: steps), state: try kept(trained, work, optimizer))
  }

  private func update(_ trained: Tensor, _ work: LocalWork) throws -> Tensor {
    let update = try trained.difference(from: work.global, run.split.shared)
    if work.updateScale != 1 {
      try update.narrow(axis: 0, start: 0, count: work.columns).mul_(work.updateScale)
    }
    return update
  }

  private func kept(_ vector: Tensor, _ work: LocalWork, _ optimizer: OptimizerState) throws -> ClientState? {
    var values = work.state
    values.tensors[.localValues] = run.split.local.isEmpty ? nil : try vector.gathered(run.split.local)
    let memory = work.isAttacking ? work.task.state?.optimizer : optimizer
    let kept = ClientState(values: values, optimizer: run.training.keepsOptimizerState ? memory : nil)
    return kept.isEmpty ? nil : kept
  }

  /// Takes the local steps of one pass and returns their mean loss.
  func descend(
    _ work: LocalWork, name: String?, epochs: Int?, _ optimizer: OptimizerState,
    correct: (LocalWork) throws -> Void, afterStep: (LocalWork) throws -> Void
  ) throws -> Double {
    let training = work.training
    var losses = 0.0
    try forEachBatch(of: work, name: name, epochs: epochs) { batch, before in
      work.batch = batch
      work.prepareStep(rate: training.optimizer.rate(afterSteps: before + work.steps))
      losses += try computeGradient(work)
      try correct(work)
      try training.optimizer.step(model, optimizer, scheduled: before + work.steps)
      work.countStep()
      try afterStep(work)
    }
    work.batch = nil
    return work.steps > 0 ? losses / Double(work.steps) : 0
  }

  /// Computes loss and gradient of the batch at work; dropout is that of the step, draws are those of the samples.
  func computeGradient(_ work: LocalWork) throws -> Double {
    guard let batch = work.batch else { return 0 }
    let draws = DrawSource(stream: work.stream("draws").derive("epoch", work.epoch), samples: work.positions)
    return try model.computeGradient(
      of: work.training.loss, ObjectiveBatch(inputs: batch.inputs, targets: batch.labels, samples: work.positions),
      PlanStreams(dropout: work.stream(.dropout).derive("step", work.steps), draws: draws))
  }

  /// Makes the batches of a pass, one after the other.
  ///
  /// - Parameter body: Gets a batch, and the steps of the rounds before as a schedule of rates counts them.
  private func forEachBatch(
    of work: LocalWork, name: String?, epochs: Int?, _ body: (Batch, _ stepsBefore: Int) throws -> Void
  ) throws {
    let training = work.training, data = try self.data(of: work.task)
    var order = work.stream(.batches), changes = work.stream("augmentation")
    if let name { (order, changes) = (order.derive(RandomPurpose(name), 0), changes.derive(RandomPurpose(name), 0)) }
    let limits = try epochs.map { (epochs: $0, steps: Int.max) } ?? self.limits(of: work.task, work.training)
    let batchCount = (data.count + training.batchSize - 1) / training.batchSize
    let before = max(0, work.round - 1) * min(limits.steps, limits.epochs.multipliedReportingOverflow(by: batchCount).0)
    // Each pass has at least one step, but for passes over a single sample.
    for epoch in 0..<limits.epochs {
      let stepsBefore = work.steps
      for positions in data.batchPositions(size: training.batchSize, stream: order.derive("epoch", epoch)) {
        if work.steps == limits.steps { break }
        try Interrupt.check()
        // Statistics of a single sample are no statistics: batch normalization would see a variance of zero.
        if positions.count == 1, model.layout.statisticCount > 0, work.steps > 0 { continue }
        var batch = try data.batch(positions)
        if let augmentation = training.augmentation {
          let stream = changes.derive("step", work.steps)
          batch = Batch(inputs: try augmentation.apply(batch.inputs, stream: stream), labels: batch.labels)
        }
        (work.epoch, work.positions) = (epoch, positions)
        try body(batch, before)
      }
      // No step was left to take; or there is a single sample, over which no later pass takes one either.
      if work.steps == stepsBefore { break }
    }
  }

  /// How the owner of a task trains.
  func training(of task: JobTask) throws -> LocalTraining {
    guard task.inputs.numbers[.trainsAsAttacker] != nil else { return run.training }
    guard let training = run.attackers.training else {
      throw FederationError.missing(what: "the training of an attack", known: [])
    }
    return training
  }

  /// Most passes and most steps of a task: its own, or those of the run.
  private func limits(of task: JobTask, _ training: LocalTraining) throws -> (epochs: Int, steps: Int) {
    if task.inputs.numbers[.steps] != nil {
      let steps = try task.inputs.whole(.steps)
      return (steps, steps)
    }
    return (training.epochs ?? training.steps ?? 1, training.steps ?? .max)
  }

  /// The samples that a task trains on, with other labels where the task has some.
  func data(of task: JobTask) throws -> Dataset {
    let data = try run.data.set(task.data)
    return try task.inputs.tensors[.labels].map { try data.relabeled($0.integers) } ?? data
  }

  // MARK: Sums

  /// Trains, and gives back the client's share of the mean update and of what stands beside it.
  private func contribute(_ task: JobTask, _ job: Job) throws -> TaskResult {
    var result = try train(task, job)
    let update = try result.values.tensor(.update)
    guard update.isFinite else {
      // What is no number is not added, nor is anything that its client sent beside it.
      result.values = Exchange()
      result.report?.norm = .nan
      result.report?.isFinite = false
      return result
    }
    result.report?.norm = try update.norm().item()
    try update.mul_(task.inputs.number(.share))
    if let values = result.values.tensors[.averaged] {
      if values.isFinite { try values.mul_(task.inputs.number(.share)) } else { try values.fill_(0) }
    }
    for value in run.training.algorithm.sentBeside {
      let share = try task.inputs.number(value.weights == .samples ? .sampleShare : .equalShare)
      try result.values.tensors[value.key]?.mul_(share)
      result.values.numbers[value.key]? *= share
    }
    return result
  }
}

extension Int {
  /// The product, or the largest number where it would be larger.
  fileprivate func saturated(times other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
