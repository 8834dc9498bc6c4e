public import Datasets
public import Networks
public import Tensors

/// One client's round of training, as its ``LocalAlgorithm`` sees it.
public final class LocalWork {
  /// The client's copy of the model.
  public let model: Model
  public let training: LocalTraining
  /// What the server sent: all values of the global model. Shape of ``Model/vector()``.
  public let global: Tensor
  /// What the server's part of the algorithm sent along.
  public let received: Exchange
  /// What the client keeps, by name. Tensors in it are replaced, never written to.
  public var state: Exchange
  /// What the algorithm holds on to until the round ends.
  public var scratch = Exchange()
  /// What the client sends beside its update.
  public var sent = Exchange()
  /// What the update is multiplied by before it is sent.
  public var updateScale = 1.0

  /// Steps of the pass at work.
  public private(set) var steps = 0
  /// Rate of the step at work.
  public private(set) var learningRate = 0.0
  /// What the gradients of the pass were multiplied by in all: the sum of the rates for plain descent, more with
  /// momentum, by which each gradient moves the model in later steps, too.
  public private(set) var gradientWeight = 0.0
  /// The samples of the step at work.
  public internal(set) var batch: Batch?
  /// Positions of these samples in the client's data, by which random draws are told apart.
  var positions: [Int] = []
  /// The pass over the data at work, from 0.
  var epoch = 0

  let task: JobTask
  /// Id of the client; 0 for the server's own data.
  public var client: Int { task.owner.streamKey }
  /// Whether an attack says how to train.
  var isAttacking: Bool { task.inputs.numbers[.trainsAsAttacker] != nil }
  /// Number of the round, from 1.
  public let round: Int
  let split: VectorSplit
  private unowned let trainer: ClientTrainer
  private var momentumSum = 0.0

  init(_ task: JobTask, of job: Job, _ trainer: ClientTrainer) throws {
    self.task = task
    round = job.round
    global = try job.shared.tensor(.global)
    received = job.shared
    state = task.state?.values ?? Exchange()
    self.trainer = trainer
    model = trainer.model
    training = try trainer.training(of: task)
    split = trainer.run.split
  }

  /// Random numbers of this client and round for one purpose.
  public func stream(_ purpose: RandomPurpose) -> RandomStream {
    let stream = RandomStream(seed: trainer.run.seed, purpose: purpose, round: round, client: task.owner.streamKey)
    return task.inputs.numbers[.stream].map { stream.derive("asked", Int(saturating: $0)) } ?? stream
  }

  // MARK: Parameters that travel and are trained

  /// How many parameters an optimizer changes and the server shares: the first columns of an update.
  public var columns: Int { split.trainableColumns }

  /// Their values in the model now. Shape `[columns]`.
  public func parameters() throws -> Tensor { try model.trainable.gathered(split.trainable) }

  /// Their values in the global model. Shape `[columns]`.
  public func globalParameters() throws -> Tensor { try global.gathered(split.trainable) }

  /// The gradient of these parameters. Shape `[columns]`.
  public func gradient() throws -> Tensor { try model.gradient.gathered(split.trainable) }

  /// Puts another gradient `[columns]` in its place.
  public func setGradient(_ vector: Tensor) throws { try model.gradient.scatter(vector, to: split.trainable) }

  /// Adds a vector `[columns]`, times a factor, to the gradient.
  public func addToGradient(_ vector: Tensor, _ scale: Double = 1) throws {
    var start = 0
    for range in split.trainable {
      try model.gradient.narrow(axis: 0, start: range.lowerBound, count: range.count)
        .addScaled_(vector.narrow(axis: 0, start: start, count: range.count), scale)
      start += range.count
    }
  }

  /// Adds `weight · (w - target)` to the gradient, for the parameters that travel or for all that are trained.
  ///
  /// - Parameter target: All values of a model.
  public func pull(towards target: Tensor, weight: Double, alsoLocal: Bool = false) throws {
    for range in alsoLocal ? [0..<model.parameterCount] : split.trainable {
      func narrow(_ vector: Tensor) throws -> Tensor {
        try vector.narrow(axis: 0, start: range.lowerBound, count: range.count)
      }
      let gradient = try narrow(model.gradient)
      try gradient.addScaled_(narrow(model.trainable), weight)
      try gradient.addScaled_(narrow(target), -weight)
    }
  }

  /// Puts other values `[columns]` in the place of these parameters.
  public func setParameters(_ vector: Tensor) throws { try model.trainable.scatter(vector, to: split.trainable) }

  // MARK: Training

  /// Computes loss and gradient of the batch at work again, for what the model holds now.
  @discardableResult
  public func computeGradient() throws -> Double { try trainer.computeGradient(self) }

  /// Passes over the client's samples once more, with batches of its own and a fresh optimizer.
  ///
  /// - Parameters:
  ///   - name: Keys the random streams of the pass.
  ///   - epochs: Passes; nil for as much work as a round has.
  ///   - correct: Changes the gradient before each step.
  ///   - afterStep: Called after each step.
  public func pass(
    _ name: String, epochs: Int? = nil, correct: (LocalWork) throws -> Void = { _ in },
    afterStep: (LocalWork) throws -> Void = { _ in }
  ) throws {
    let whole = (steps, gradientWeight, momentumSum, learningRate)
    begin()
    _ = try trainer.descend(
      self, name: name, epochs: epochs, training.optimizer.makeState(for: model), correct: correct,
      afterStep: afterStep)
    (steps, gradientWeight, momentumSum, learningRate) = whole
  }

  /// Forgets what was counted, before a pass.
  func begin() { (steps, gradientWeight, momentumSum) = (0, 0, 0) }

  /// Notes the rate of a step before it is taken.
  func prepareStep(rate: Double) { learningRate = rate }

  /// Counts a step that was taken.
  func countStep() {
    steps += 1
    guard let sgd = training.optimizer as? SGD else {
      gradientWeight += learningRate
      return
    }
    momentumSum = sgd.momentum * momentumSum + 1
    gradientWeight += learningRate * (sgd.isNesterov ? 1 + sgd.momentum * momentumSum : momentumSum)
  }
}
