import Datasets
import Networks
import Tensors

/// Which vector a worker's replica holds: a row of a matrix, or a whole tensor.
struct LoadedVector {
  let source: Tensor
  let row: Int
  /// Whose own parameters stand beside it.
  let owner: TaskOwner
}

extension ClientTrainer {
  /// Gives back the sum of losses, the number of right answers and of samples of one chunk of a data set; where the job
  /// names a number of classes, those of each class.
  func measure(_ task: JobTask, _ job: Job) throws -> TaskResult {
    try load(task, job)
    try Interrupt.check()
    let data = try data(of: task), positions = try positions(of: task), batch = try data.batch(positions)
    guard job.shared.numbers[.classes] != nil else {
      return TaskResult(values: Exchange(numbers: try run.measure(model, batch, samples: positions)))
    }
    return TaskResult(
      values: try run.measure(model, batch, samples: positions, classes: job.shared.whole(.classes)) {
        try data.batch($0)
      })
  }

  /// Gives back the sum of the model's probabilities over one chunk of a data set, and its samples.
  func predict(_ task: JobTask, _ job: Job) throws -> TaskResult {
    try load(task, job)
    try Interrupt.check()
    guard run.measuresScores else {
      throw FederationError.setup(
        what: "predictions", problem: "the model gives no score for each class",
        allowed: "a model of one input with outputs [b, classes] is needed")
    }
    let positions = try positions(of: task), batch = try run.data.set(task.data).batch(positions)
    let likely = try model.evaluate(batch.inputs).softmax().sum(axes: [0])
    return TaskResult(
      values: Exchange(tensors: [.likelihoods: likely], numbers: [.samples: Double(positions.count)]))
  }

  /// Gives back the gradient of the mean loss over one chunk of a data set, times its samples, for the parameters that
  /// travel: zero for running statistics. Shape `[d]`.
  ///
  /// The model is in training mode, as where clients compute their gradients.
  func differentiate(_ task: JobTask, _ job: Job) throws -> TaskResult {
    try load(task, job)
    loaded = nil
    let work = try LocalWork(task, of: job, self)
    let positions = try positions(of: task), batch = try run.data.set(task.data).batch(positions)
    work.batch = batch
    work.positions = positions
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
      loaded = LoadedVector(source: global, row: 0, owner: .server)
      return
    }
    let row = try task.inputs.whole(.row)
    guard loaded?.source !== vectors || loaded?.row != row || loaded?.owner != task.owner else { return }
    let vector = global.clone()
    try vector.scatter(vectors.row(row), to: run.split.shared)
    if let values = task.state?.localValues { try vector.scatter(values, to: run.split.local) }
    try model.load(vector)
    loaded = LoadedVector(source: vectors, row: row, owner: task.owner)
  }

  private func positions(of task: JobTask) throws -> [Int] {
    let start = try task.inputs.whole(.first), count = try task.inputs.whole(.count)
    return Array(start..<start + count)
  }
}

extension RunDescription {
  /// Measures a model on one chunk of a data set: sum of losses, number of samples, and of right answers where the model
  /// gives scores.
  ///
  /// - Parameter samples: Positions of the chunk in its set, by which draws of a loss are told apart.
  func measure(_ model: Model, _ batch: Batch, samples: [Int]) throws -> [ExchangeKey: Double] {
    try Subnormals.asZero {
      try sums(model, batch, samples, measuresScores ? try model.evaluate(batch.inputs) : nil)
    }
  }

  /// Measures a model on one chunk, class by class.
  ///
  /// - Parameter batch: Makes the batch of some positions, for losses that need more than the model's scores.
  func measure(
    _ model: Model, _ whole: Batch, samples: [Int], classes: Int, batch: ([Int]) throws -> Batch
  ) throws -> Exchange {
    try Subnormals.asZero {
      let scores = measuresScores ? try model.evaluate(whole.inputs) : nil, labels = whole.labels.integers
      var result = Exchange()
      for label in 0..<classes {
        let rows = labels.indices.filter { labels[$0] == label }, positions = rows.map { samples[$0] }
        var found: [ExchangeKey: Double] = [.samples: 0, .lossSum: 0]
        if measuresScores { found[.right] = 0 }
        if !rows.isEmpty {
          let part =
            needsModel
            ? try batch(positions)
            : Batch(inputs: whole.inputs, labels: Tensor(labels: rows.map { _ in label }))
          let chosen = try scores?.gather(Tensor(labels: rows))
          found = try sums(model, part, positions, chosen)
        }
        for key in [ExchangeKey.samples, .lossSum, .right] { result.numbers[key.of(class: label)] = found[key] }
      }
      return result
    }
  }

  /// Whether a loss is made of more than the model's scores.
  private var needsModel: Bool { !(training.loss is Loss && measuresScores) }

  private func sums(
    _ model: Model, _ batch: Batch, _ positions: [Int], _ scores: Tensor?
  ) throws -> [ExchangeKey: Double] {
    let labels = batch.labels, samples = Double(labels.count)
    var sums: [ExchangeKey: Double] = [.samples: samples]
    if let scores { sums[.right] = Double(zip(try scores.argmax().integers, labels.integers).count { $0 == $1 }) }
    if let loss = training.loss as? Loss, let scores {
      sums[.lossSum] = try loss(scores, labels).item() * samples
    } else {
      sums[.lossSum] = try value(of: model, batch, positions) * samples
    }
    return sums
  }

  /// The loss of one chunk, in evaluation mode. Its draws are the same at every evaluation.
  private func value(of model: Model, _ batch: Batch, _ samples: [Int]) throws -> Double {
    let stream = RandomStream(seed: seed, purpose: "evaluation")
    return try model.evaluate(
      training.loss, on: ObjectiveBatch(inputs: batch.inputs, targets: batch.labels, samples: samples),
      PlanStreams(dropout: stream, draws: DrawSource(stream: stream, samples: samples)))
  }
}
