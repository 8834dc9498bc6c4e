import Datasets
import Foundation
public import Networks
import Tensors

/// A federation in one process: clients, a server, an attacker, and rounds one after the other.
///
/// Lives on the coordinating thread. Between two rounds everything may be looked at, and the policies exchanged. A round
/// that throws leaves the model, the clients' states and the history as they were.
public final class Simulation {
  /// What makes the run. Rounds and local training may be exchanged between rounds.
  public internal(set) var options: SimulationOptions
  /// How updates become one; nil averages them by samples. May be exchanged between rounds.
  public var defense: Defense?
  /// What the Byzantine clients do; nil lets them be honest. May be exchanged between rounds.
  public var attack: Attack?
  public var hooks = ServerHooks()
  /// The options as a script gave them, by value, for records; nil where no script made the run.
  public var account: JSONValue?
  /// What was exchanged since, by the names of the options.
  public internal(set) var exchanged: [String: JSONValue] = [:]
  /// What was exchanged between two rounds, oldest first.
  public internal(set) var events: [RunEvent] = []
  /// What records say of the data, once it was asked.
  var dataFacts: JSONValue?
  /// Keeps each round's updates in a folder; nil for none.
  public var recorder: UpdateRecorder?
  /// Called on the coordinating thread whenever work is done.
  public var onProgress: ((Progress) -> Void)?
  /// Whether a policy asked to stop. Setting it false lets the run go on.
  public var isStopped = false

  /// Whether a round is being run, so that a policy cannot start another inside it.
  public internal(set) var isInRound = false
  /// What stands in the way of running a script's module or loss on all threads, with its line; nil if nothing does.
  public var traceObstacle: String? { traces.obstacle }
  let traces: TracePreparation

  /// Whether an attack is at work, so that a rule which it tries out asks nobody.
  var isAttacking = false
  /// Whether inputs pass through the defense, so that its hooks cannot ask the run again.
  var isAnswering = false

  /// All that the finished rounds left.
  var state: ServerState
  let run: RunDescription
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
  /// - Parameter makeExecutor: Gets what tells before each job whether all of it must stay on this thread, and what makes
  ///   a worker.
  public init(
    _ options: SimulationOptions,
    makeExecutor: (@escaping () -> Bool, @escaping () throws -> any Worker) throws -> any Executor
  ) throws {
    try options.validate()
    self.options = options
    model = try options.model.replica()
    if options.model.isUntouched { try model.initialize(seed: options.seed) }
    let split = try VectorSplit(
      model.layout, local: options.localTraining.staying, statistics: options.statistics)
    guard split.dimension > 0 else {
      throw FederationError.setup(
        what: "model", problem: "no parameter travels", allowed: "a model with shared parameters is needed")
    }
    let measuresScores = try options.localTraining.loss is Loss || Self.givesScores(model, options.clients[0].data)
    let run = RunDescription(
      current: CurrentTraining(options.localTraining), split: split, seed: options.seed, data: DataCatalog(options),
      measuresScores: measuresScores)
    self.run = run
    state = ServerState(vector: try model.vector())
    let model = model, traces = TracePreparation(options, measuresScores: measuresScores)
    self.traces = traces
    try traces.prepare(model)
    executor = try makeExecutor({ traces.isConfined }) { ClientTrainer(run, model: try model.replica()) }
  }

  /// Whether a model takes one input and gives a row of scores: another one is measured by its loss alone.
  private static func givesScores(_ model: Model, _ data: Dataset) throws -> Bool {
    let input = try data.batch([0]).inputs
    guard let output = try? Tape.withoutRecording({ try model.forward([input], tracksParameters: false) }),
      let scores = try? output.single()
    else { return false }
    return scores.rank == 2 && scores.shape[0] == 1 && scores.shape[1] >= data.classCount
  }

  // MARK: One round

  /// Runs the next round.
  ///
  /// - Returns: Its record, or nil when all rounds are done or a policy stopped the run.
  /// - Throws: What a policy, a client or the data threw; the simulation is as it was before the round.
  public func nextRound() throws -> RoundRecord? {
    try ConvolutionMode.with(options.convolutions) { try advance() }
  }

  private func advance() throws -> RoundRecord? {
    try expectBetweenRounds("next_round")
    guard !isStopped, completedRounds < options.rounds else { return nil }
    isInRound = true
    defer { isInRound = false }
    let start = Date(), number = completedRounds + 1
    try traces.prepare(model)
    try options.localTraining.algorithm.prepare(columns: run.split.trainableColumns)
    let cohort = try Cohort(options, round: number, select: hooks.selectClients) { try makeRound(number, cohort: $0) }
    let round = try makeRound(number, cohort: cohort.ids)
    defer { round.exchanges?.context = nil }  // it holds the round, which would hold its rows for ever
    if try startsStop(round) { return nil }
    try defense?.beforeBroadcast?(round)

    let intake = try gather(cohort, round)
    let decision = try intake.decide(round, name: defense?.name ?? "weighted_mean", threads: options.threads)

    var (next, added) = try state.advanced(by: decision, intake.arrivals, options, run, round: round)
    if let root = options.root, options.statistics == .reestimated || run.split.keepsStatisticsLocal {
      try next.reestimateStatistics(model, on: root, batchSize: options.localTraining.batchSize)
    }
    var record = try RoundRecord(round, decision, intake.arrivals, added: added)
    record.cost = round.cost(asked: intake.arrivals)
    if !options.attackers.isEmpty {
      let honest = try intake.mean(without: options.attackers)
      record.detection = try Detection(record, decision, byzantine: Set(options.attackers), honestMean: honest)
    }
    try measure(next.vector, &record)
    record.seconds = Date().timeIntervalSince(start)
    next.history.append(record)
    try write(round, intake, record)
    try commit(next)
    isInRound = false
    try endRound(round, record)
    return record
  }

  /// Lets the clients train, and takes what they send; Byzantine ones train and send what the attack says.
  private func gather(_ cohort: Cohort, _ round: Round) throws -> any RoundIntake {
    let intake = (defense?.rule ?? .mean(.samples)).makeIntake(isAttackOnRows: isAttackOnRows || recorder != nil)
    try withAttackersTraining(round) {
      try withPoison(cohort.ids, round) { poison in
        try intake.receive(training(cohort.ids, round, shared: broadcast(), poison: poison))
      }
    }
    try replace(in: intake, round, exchange: 1) { [unowned self] in try rehearse(round, $0) }
    return intake
  }

  private func makeRound(_ number: Int, cohort: [Int]) throws -> Round {
    Round(
      number: number, cohort: cohort, clientCount: options.participants.count,
      declaredByzantine: options.declaredByzantine, global: try globalVector.gathered(run.split.shared),
      previousUpdate: state.previousUpdate, history: history.map(\.seenByPolicies), seed: options.seed,
      tools: RoundTools(self))
  }

  /// What every client gets: the global model, and what its algorithm has at the server.
  func broadcast() throws -> Exchange {
    var shared = options.localTraining.algorithm.broadcast(state.memory)
    shared.tensors[.global] = globalVector
    return shared
  }

  private func measure(_ vector: Tensor, _ record: inout RoundRecord) throws {
    guard options.test != nil else { return }
    guard record.number % options.evaluationInterval == 0 || record.number == options.rounds else { return }
    let measured = try evaluate(vector, on: .test)
    (record.accuracy, record.loss) = (measured.accuracy, measured.loss)
  }

  /// Takes over a state. Until here a round has changed nothing.
  func commit(_ next: ServerState) throws {
    try model.load(next.vector)
    state = next
  }

  // MARK: Events

  private func startsStop(_ round: Round) throws -> Bool {
    let all = [hooks.events, attack?.events, defense?.events]
    for events in all.compactMap({ $0 }) where try events.onRoundStart?(round) == true { isStopped = true }
    return isStopped
  }

  private func endRound(_ round: Round, _ record: RoundRecord) throws {
    if try hooks.events.onRoundEnd?(round, record) == true { isStopped = true }
    for events in [attack?.events, defense?.events].compactMap({ $0 })
    where try events.onRoundEnd?(round, record.seenByPolicies) == true { isStopped = true }
  }
}
