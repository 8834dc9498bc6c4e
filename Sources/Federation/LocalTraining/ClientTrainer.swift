import Datasets
import Networks
import Tensors

/// Trains and evaluates with one replica of the model, one task after the other.
final class ClientTrainer: Worker {
  /// Names under which every process knows the functions of a simulation.
  enum Function {
    static let train = "train", contribute = "contribute", evaluate = "evaluate"
  }

  let place: Workplace
  private let model: Model
  private let functions: [String: (ClientTrainer) -> (ClientTask, Job) throws -> TaskResult] = [
    Function.train: ClientTrainer.train, Function.contribute: ClientTrainer.contribute,
    Function.evaluate: ClientTrainer.evaluate,
  ]
  /// The vector that the replica holds unchanged, so that chunks of one evaluation load it once.
  private var loaded: Tensor?

  init(_ place: Workplace, model: Model) {
    self.place = place
    self.model = model
  }

  func run(_ task: ClientTask, of job: Job) throws -> TaskResult {
    guard let function = functions[job.function] else {
      throw FederationError.setup(
        what: "function '\(job.function)'", problem: "this worker does not know it",
        allowed: functions.keys.sorted().joined(separator: " and ") + " are known")
    }
    return try Subnormals.asZero { try function(self)(task, job) }
  }

  // MARK: Training

  /// Trains from the vector in `job.shared[0]`; gives back the trained vector and the mean loss.
  func train(_ task: ClientTask, _ job: Job) throws -> TaskResult {
    let global = job.shared[0], split = place.split
    loaded = nil
    try model.load(global)
    if let values = task.state?.localValues {
      let vector = try model.vector()
      try vector.scatter(values, to: split.local)
      try model.load(vector)
    }
    let data = try place.data(of: task.client)
    let labeled = try task.labels.map { try data.relabeled($0.integers) } ?? data
    let state = try task.state?.optimizer?.copy() ?? place.training.optimizer.makeState(for: model)
    let loss = try descend(on: labeled, state, client: task.client, round: job.round, global: global)
    let result = try model.vector()
    return TaskResult(tensors: [result], numbers: [loss], state: try kept(result, state))
  }

  private func kept(_ vector: Tensor, _ state: OptimizerState) throws -> ClientState? {
    let kept = ClientState(
      localValues: place.split.local.isEmpty ? nil : try vector.gathered(place.split.local),
      optimizer: place.training.keepsOptimizerState ? state : nil)
    return kept.isEmpty ? nil : kept
  }

  /// Runs the local steps and returns their mean loss.
  private func descend(
    on data: Dataset, _ state: OptimizerState, client: Int, round: Int, global: Tensor
  ) throws -> Double {
    let training = place.training
    let order = RandomStream(seed: place.seed, purpose: .batches, round: round, client: client)
    let dropout = RandomStream(seed: place.seed, purpose: .dropout, round: round, client: client)
    var losses = 0.0, steps = 0
    let most = training.steps ?? .max
    // Each pass has at least one step, but for passes over a single sample.
    for epoch in 0..<(training.epochs ?? training.steps ?? 1) where steps < most {
      for positions in data.batchPositions(size: training.batchSize, stream: order.derive("epoch", epoch)) {
        if steps == most { break }
        // Statistics of a single sample are no statistics: batch normalization would see a variance of zero.
        if positions.count == 1, model.layout.statisticCount > 0, steps > 0 { continue }
        try Interrupt.check()
        var batch = try data.batch(positions)
        if let augmentation = training.augmentation {
          let changes = RandomStream(seed: place.seed, purpose: "augmentation", round: round, client: client)
          batch = Batch(
            inputs: try augmentation.apply(batch.inputs, stream: changes.derive("step", steps)), labels: batch.labels)
        }
        losses += try step(on: batch, state, stream: dropout.derive("step", steps), global: global)
        steps += 1
      }
    }
    return steps > 0 ? losses / Double(steps) : 0
  }

  private func step(
    on batch: Batch, _ state: OptimizerState, stream: RandomStream, global: Tensor
  ) throws -> Double {
    let loss = try model.computeGradient(of: place.training.loss, batch.inputs, batch.labels, stream: stream)
    if place.training.proximalWeight > 0 { try addProximalGradient(towards: global) }
    try place.training.optimizer.step(model, state)
    return loss
  }

  /// Adds μ (w - w_global), the gradient of FedProx's term, for the trainable positions that travel.
  private func addProximalGradient(towards global: Tensor) throws {
    let count = model.layout.trainableCount, weight = place.training.proximalWeight
    for range in place.split.shared {
      let part = range.clamped(to: 0..<count)
      guard !part.isEmpty else { continue }
      func narrow(_ vector: Tensor) throws -> Tensor {
        try vector.narrow(axis: 0, start: part.lowerBound, count: part.count)
      }
      let gradient = try narrow(model.gradient)
      try gradient.addScaled_(narrow(model.trainable), weight)
      try gradient.addScaled_(narrow(global), -weight)
    }
  }

  // MARK: Evaluation

  /// Gives back the sum of losses, the number of right answers and of samples of one chunk of the evaluation set.
  private func evaluate(_ task: ClientTask, _ job: Job) throws -> TaskResult {
    guard let data = place.evaluationSet else { return TaskResult(numbers: [0, 0, 0]) }
    if loaded !== job.shared[0] {
      try model.load(job.shared[0])
      loaded = job.shared[0]
    }
    try Interrupt.check()
    let start = task.index * Workplace.evaluationChunk
    let batch = try data.batch(Array(start..<min(start + Workplace.evaluationChunk, data.count)))
    return TaskResult(numbers: try place.measure(model, batch.inputs, batch.labels))
  }
}
