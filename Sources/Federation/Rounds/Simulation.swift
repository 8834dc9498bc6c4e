public import Datasets
public import Networks
public import Tensors

/// A federation in one process: clients, a server, an attacker, and rounds one after the other.
///
/// Lives on the coordinating thread. Between two rounds everything may be looked at, and the policies exchanged. A round
/// that throws leaves the model, the clients' states and the history as they were.
public final class Simulation {
  public let options: SimulationOptions
  /// How updates become one; nil averages them by samples. May be exchanged between rounds.
  public var defense: Defense?
  /// What the Byzantine clients do; nil lets them be honest. May be exchanged between rounds.
  public var attack: Attack?
  public var hooks = ServerHooks()
  /// Called on the coordinating thread whenever work is done.
  public var onProgress: ((Progress) -> Void)?

  /// Records of the finished rounds.
  public internal(set) var history: [RoundRecord] = []
  /// Whether a policy asked to stop. Setting it false lets the run go on.
  public var isStopped = false

  /// Whether a round is being run, so that a policy cannot start another inside it.
  var isInRound = false
  /// Whether inputs pass through the defense, so that its hooks cannot ask the run again.
  var isAnswering = false

  /// The global model's values `[trainable | statistics]`. Replaced, never changed, at the end of a round.
  public internal(set) var globalVector: Tensor
  var clientStates: [Int: ClientState] = [:]
  var previousUpdate: Tensor?

  let place: Workplace
  let split: VectorSplit
  let executor: any Executor
  /// The server's own copy of the model, with the values of ``globalVector``.
  public let model: Model

  public convenience init(_ options: SimulationOptions) throws {
    try self.init(options) { confined, makeWorker in
      try ThreadExecutor(threads: options.threads, isConfined: confined, makeWorker: makeWorker)
    }
  }

  /// Makes a simulation whose jobs run where `makeExecutor` decides.
  ///
  /// - Parameter makeExecutor: Gets whether all work must stay on this thread, and what makes a worker.
  init(
    _ options: SimulationOptions, makeExecutor: (Bool, @escaping () throws -> any Worker) throws -> any Executor
  ) throws {
    try options.validate()
    self.options = options
    model = try options.model.replica()
    if options.model.isUntouched { try model.initialize(seed: options.seed) }
    split = VectorSplit(
      model.layout, isBatchNormLocal: options.localTraining.isBatchNormLocal, statistics: options.statistics)
    guard split.dimension > 0 else {
      throw FederationError.setup(
        what: "model", problem: "no parameter travels", allowed: "a model with shared parameters is needed")
    }
    place = Workplace(
      clients: options.clients, root: options.root, training: options.localTraining, split: split, seed: options.seed)
    globalVector = try model.vector()
    let place = place, model = model
    executor = try makeExecutor(model.isConfinedToOneThread) { ClientTrainer(place, model: try model.replica()) }
  }

  /// Throws if a round is being run.
  func expectBetweenRounds(_ call: String) throws {
    if isInRound { throw FederationError.roundInProgress(call: call) }
  }

  /// Number of the last finished round, 0 before the first.
  public var completedRounds: Int { history.last?.number ?? 0 }

  /// d: length of an update.
  public var dimension: Int { split.dimension }

  /// The parameters of an update, as its columns.
  public var sections: [UpdateSection] { split.sections }

  /// SHA-256 of the global model's values, 64 hexadecimal digits.
  public var digest: String {
    let vector = globalVector.contiguous()
    return vector.withFloats { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: vector.byteCount)) }
  }

  /// Ends the workers.
  public func finish() { executor.finish() }

  /// Measures the global model on a data set, through the inference side of the defense if it has one.
  ///
  /// - Returns: Share of samples classified right and mean loss.
  public func evaluate(on data: Dataset) throws -> (accuracy: Double, loss: Double) {
    try ConvolutionMode.with(options.convolutions) { try evaluate(globalVector, on: data) }
  }

  func evaluate(_ vector: Tensor, on data: Dataset) throws -> (accuracy: Double, loss: Double) {
    if let defense, defense.actsOnInputs { return try evaluate(vector, on: data, through: defense) }
    place.evaluationSet = data
    defer { place.evaluationSet = nil }
    let chunks = (data.count + Workplace.evaluationChunk - 1) / Workplace.evaluationChunk
    let job = Job(
      function: ClientTrainer.Function.evaluate, round: completedRounds, shared: [vector],
      tasks: (0..<chunks).map { ClientTask(index: $0, client: 0) })
    let sums = try executor.reduce(job, shardSize: Workplace.evaluationShard) { _ in }
    if let failure = sums.failures.first { throw FederationError.client(failure, round: completedRounds) }
    return Workplace.means(sums)
  }
}
