import Datasets
import Networks
import Tensors

/// Which vector a worker's replica holds: a row of a matrix, or a whole tensor.
struct LoadedVector {
  let source: Tensor
  let row: Int
}

extension ClientTrainer {
  /// Gives back the sum of losses, the number of right answers and of samples of one chunk of a data set.
  func measure(_ task: JobTask, _ job: Job) throws -> TaskResult {
    try load(task, job)
    try Interrupt.check()
    let batch = try batch(of: task)
    return TaskResult(values: Exchange(numbers: try run.measure(model, batch, first: task.inputs.whole(.first))))
  }

  /// Gives back the gradient of the mean loss over one chunk of a data set, times its samples, for the parameters that
  /// travel: zero for running statistics. Shape `[d]`.
  ///
  /// The model is in training mode, as where clients compute their gradients.
  func differentiate(_ task: JobTask, _ job: Job) throws -> TaskResult {
    try load(task, job)
    loaded = nil
    let work = try LocalWork(task, of: job, self)
    let batch = try batch(of: task), first = try task.inputs.whole(.first)
    work.batch = batch
    work.positions = Array(first..<first + batch.labels.count)
    let loss = try computeGradient(work), samples = Double(batch.labels.count)
    let gradient = try Tensor.zeros([run.split.dimension])
    try gradient.narrow(axis: 0, start: 0, count: run.split.trainableColumns)
      .copy_(model.gradient.gathered(run.split.trainable)).mul_(samples)
    return TaskResult(
      values: Exchange(tensors: [.update: gradient], numbers: [.lossSum: loss * samples, .samples: samples]))
  }

  /// Puts the task's vector into the replica: the global one, or with a row of the job's vectors in the part that travels.
  private func load(_ task: JobTask, _ job: Job) throws {
    let global = try job.shared.tensor(.global)
    guard let vectors = job.shared.tensors[.vectors] else {
      if loaded?.source !== global { try model.load(global) }
      loaded = LoadedVector(source: global, row: 0)
      return
    }
    let row = try task.inputs.whole(.row)
    guard loaded?.source !== vectors || loaded?.row != row else { return }
    let vector = global.clone()
    try vector.scatter(vectors.row(row), to: run.split.shared)
    try model.load(vector)
    loaded = LoadedVector(source: vectors, row: row)
  }

  private func batch(of task: JobTask) throws -> Batch {
    let start = try task.inputs.whole(.first), count = try task.inputs.whole(.count)
    return try run.data.set(task.data).batch(Array(start..<start + count))
  }
}

extension RunDescription {
  /// Measures a model on one chunk of a data set: sum of losses, number of samples, and of right answers where the model
  /// gives scores.
  ///
  /// - Parameter first: Position of the chunk in its set, by which draws of a loss are told apart.
  func measure(_ model: Model, _ batch: Batch, first: Int) throws -> [ExchangeKey: Double] {
    try Subnormals.asZero {
      let labels = batch.labels, samples = Double(labels.count)
      var sums: [ExchangeKey: Double] = [.samples: samples]
      let scores = measuresScores ? try model.evaluate(batch.inputs) : nil
      if let scores { sums[.right] = Double(zip(try scores.argmax().integers, labels.integers).count { $0 == $1 }) }
      if let loss = training.loss as? Loss, let scores {
        sums[.lossSum] = try loss(scores, labels).item() * samples
      } else {
        sums[.lossSum] = try value(of: model, batch, first: first) * samples
      }
      return sums
    }
  }

  /// The loss of one chunk, in evaluation mode. Its draws are the same at every evaluation.
  private func value(of model: Model, _ batch: Batch, first: Int) throws -> Double {
    let stream = RandomStream(seed: seed, purpose: "evaluation")
    let samples = Array(first..<first + batch.labels.count)
    return try model.evaluate(
      training.loss, on: ObjectiveBatch(inputs: batch.inputs, targets: batch.labels, samples: samples),
      PlanStreams(dropout: stream, draws: DrawSource(stream: stream, samples: samples)))
  }
}
