import Datasets
public import Federation
import Foundation
public import LuaRuntime
import Networks
import Tensors

/// A federated run as scripts hold it: the simulation, its policies as the script wrote them, and its records.
public final class LuaRun: LuaObject {
  public static let luaClass = LuaClass("Run")

  let simulation: Simulation
  private(set) var attack: LuaValue
  private(set) var defense: LuaValue
  private(set) var localTraining: LuaValue
  private let directory: RunDirectory?
  private let checkpointInterval: Int
  private var hasToldAttackers = false
  private unowned let state: LuaState
  private let options: RunOptions
  /// What forked runs have in common; nil for a run that was never forked.
  private(set) var shared: SharedPolicies?
  private var listening: ReloadListening?

  public var luaByteCount: Int { simulation.globalVector.byteCount * (simulation.options.threads + 2) }

  init(_ simulation: Simulation, _ options: RunOptions, _ state: LuaState) throws {
    self.simulation = simulation
    self.state = state
    self.options = options
    (attack, defense, localTraining) = (options.attack, options.defense, .nil)
    simulation.attack = try Attack(options.attack, state: state)
    simulation.defense = try Defense(options.defense, state: state)
    checkpointInterval = options.checkpointEvery
    directory = try options.runDir.map { try RunDirectory($0, program: ProgramFacts(state, runDir: $0)) }
    try expectAttackers()
    try openRecord(options)
    if let directory, directory.holdsRun, options.resumedChanges == nil, !options.overwrite {
      throw LuaFailure(
        "run_dir '\(directory.path)' holds a run; go on with it by resume = true, or replace it by overwrite = true")
    }
    if options.progress, state.hostSettings.speaks { showProgress() }
    try openDirectory(options)
    simulation.recorder?.removeRounds(after: simulation.completedRounds)
    listening = state.afterReloads { [weak self] in self?.rereadPolicies() }
  }

  /// Makes a run that goes on from here, with the changes.
  func fork(_ changes: ForkOptions) throws -> LuaRun {
    var options = options
    (options.attack, options.defense) = (attack, defense)
    if !changes.attack.isNil { options.attack = changes.attack }
    if !changes.defense.isNil { options.defense = changes.defense }
    (options.runDir, options.record, options.resume, options.overwrite) = (changes.runDir, nil, .first(false), false)
    let policies = shared ?? SharedPolicies(self)
    try policies.enter(self)
    let memories = try simulation.memories()
    let copy = try LuaRun(try simulation.fork(), options, state)
    shared = policies
    copy.shared = policies
    policies.keep(
      PolicyMemories(
        defense: changes.defense.isNil ? memories.defense : nil, attack: changes.attack.isNil ? memories.attack : nil),
      of: copy)
    return copy
  }

  private func showProgress() {
    guard let report = state.hostSettings.onProgress else { return }
    simulation.onProgress = { [unowned self] progress in
      if state.hasOpenLine { return }  // a bar would take away the line that a script has begun
      report(.clients(progress, last: simulation.history.last, isEnding: state.wishesToEnd))
    }
    state.beforeOutput { report(.ended) }
  }

  private func openRecord(_ options: RunOptions) throws {
    guard let record = options.record else { return }
    if !options.overwrite, options.resumedChanges == nil, !UpdateRecorder.rounds(in: record.path).isEmpty {
      throw LuaFailure("record '\(record.path)' holds recorded rounds; replace them by overwrite = true")
    }
    simulation.recorder = try UpdateRecorder(record.path, type: record.type)
  }

  private func openDirectory(_ options: RunOptions) throws {
    guard let directory else {
      guard options.resumedChanges == nil else {
        throw LuaFailure("resume = true needs run_dir, the folder that holds the checkpoint")
      }
      return
    }
    if options.overwrite, options.resumedChanges == nil { directory.removeRun() }
    try directory.begin(simulation, resuming: options.resumedChanges)
  }

  /// Runs the next round and keeps its records; nil when there is none.
  ///
  /// Ctrl-C in a round of a run with a folder waits for the end of the round, and of its checkpoint; a second one does not.
  func next() throws -> ShapedRecord<RoundRecordTable>? {
    let report = state.hostSettings.onProgress
    defer { report?(.ended) }
    try shared?.enter(self)
    if directory != nil { state.awaitInterrupt() }
    defer { state.endAwaiting() }
    guard let record = try persistently(state, { try nextRecord() }) else { return nil }
    report?(.round(record, of: simulation.options.rounds))
    if let directory {
      try directory.append(simulation)
      let isLast = record.number == simulation.options.rounds || simulation.isStopped
      if record.number % checkpointInterval == 0 || isLast || state.wishesToEnd {
        try directory.save(simulation, isLast: isLast)
      }
    }
    if state.wishesToEnd { try state.interruptNow() }
    return record.luaRecord
  }

  /// Runs a round; the traceback of a client that failed in a script's `forward` goes with the error.
  private func nextRecord() throws -> RoundRecord? {
    tellUnusedAttackers()
    do { return try simulation.nextRound() } catch let error as FederationError {
      guard case .client(let failure, _) = error, let traceback = failure.traceback else { throw error }
      throw LuaError(.runtime, error.description, traceback: traceback)
    }
  }

  /// Says once that clients are named Byzantine and nobody told them what to do.
  private func tellUnusedAttackers() {
    guard !hasToldAttackers, simulation.attack == nil, !simulation.options.attackers.isEmpty else { return }
    hasToldAttackers = true
    guard state.hostSettings.speaks else { return }
    state.hostSettings.onProgress?(.ended)
    let options = simulation.options
    var lines =
      options.byzantine.isEmpty ? [] : ["byzantine = \(options.byzantine) without an attack: these clients are honest"]
    if options.fakeClients > 0 {
      lines.append("fake_clients = \(options.fakeClients) without an attack: these clients send nothing")
    }
    FileHandle.standardError.write(Data(lines.map { "fedlua: \($0)\n" }.joined().utf8))
  }

  func setDefense(_ value: LuaValue) throws {
    simulation.defense = try Defense(value, state: state)
    defense = value
    simulation.note("defense", JSONValue(value.account))
  }

  func setAttack(_ value: LuaValue) throws {
    let before = simulation.attack
    simulation.attack = try Attack(value, state: state)
    do { try expectAttackers() } catch {
      simulation.attack = before
      throw error
    }
    attack = value
    simulation.note("attack", JSONValue(value.account))
  }

  func setLocalTraining(_ value: LuaValue) throws {
    guard let argument = value.as(LuaLocalTraining.self).map(LocalTrainingArgument.first) ?? table(value) else {
      throw LuaFailure(
        "local_training: got a \(value.typeName); one of fed.local_training or a table of options is needed")
    }
    try simulation.setLocalTraining(argument.training())
    localTraining = value
    simulation.note("local_training", RunOptions.training(value))
  }

  private func table(_ value: LuaValue) -> LocalTrainingArgument? {
    value.as(LocalTrainingOptions.self).map(LocalTrainingArgument.second)
  }

  func setTotal(_ rounds: Int) throws {
    try simulation.setRounds(rounds)
    simulation.note("rounds", .int(rounds))
  }

  /// Refuses an attack that nobody would carry out.
  private func expectAttackers() throws {
    try state.hostSettings.server?.expectFeasible(simulation.attack)
    guard simulation.attack != nil, simulation.options.attackers.isEmpty else { return }
    throw LuaFailure("attack: nobody attacks; name the clients that do, as in byzantine = { 1 }")
  }

  /// The run, for what no hook may see while a round goes on.
  func between(_ call: String) throws -> Simulation {
    try simulation.expectBetweenRounds(call)
    return simulation
  }
}

private let smallRun =
  """
  local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
  local run = fed.simulation {
    clients = fed.partition.identical(train, { clients = 3 }), test = test, rounds = 2,
    model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 },
  }

  """

let runClass = ClassBindings(LuaRun.self, "A federated run between two of its rounds.") { type in
  type.addRunState()
  type.addRunFacts()
  type.addRunRounds()
  type.addRunLedger()
  type.addRunAnswers(after: smallRun)
  type.addRunFiles()
  type.addRunForking(after: smallRun)
  type.description { (run: LuaRun) in
    let s = run.simulation
    return "Run of \(s.options.participants.count) clients, round \(s.completedRounds) of \(s.options.rounds)"
  }
}

extension ClassBuilder where Object == LuaRun {
  fileprivate mutating func addRunState() {
    property(
      "defense", "How updates become one; may be exchanged between two rounds, and nil averages by samples.",
      get: { (run: LuaRun) in run.defense },
      set: { (run: LuaRun, value: LuaValue) in
        try run.setDefense(value)
        run.shared?.forgetDefense(of: run)
      })
    property(
      "attack", "What the Byzantine clients do; may be exchanged between two rounds.",
      get: { (run: LuaRun) in
        _ = try run.between("attack")
        return run.attack
      },
      set: { (run: LuaRun, value: LuaValue) in
        try run.setAttack(value)
        run.shared?.forgetAttack(of: run)
      })
    property(
      "local_training", "How clients train; may be exchanged between two rounds. nil until then.",
      get: { (run: LuaRun) in run.localTraining },
      set: { (run: LuaRun, value: LuaValue) in try run.setLocalTraining(value) })
    property(
      "total", "Rounds in all; may be changed between two rounds.",
      get: { (run: LuaRun) in run.simulation.options.rounds },
      set: { (run: LuaRun, rounds: Int) in try run.setTotal(rounds) })
    property(
      "is_stopped", "Whether a policy stopped the run; set it to false to go on.",
      get: { (run: LuaRun) in run.simulation.isStopped },
      set: { (run: LuaRun, value: Bool) in run.simulation.isStopped = value })
  }

  /// What the run tells of itself.
  fileprivate mutating func addRunFacts() {
    property(
      "history", "Records of the finished rounds.",
      get: { (run: LuaRun) in History(try run.between("history").history) })
    addSettings { (run: LuaRun) in run.simulation.recordedOptions }
    property("completed", "Number of finished rounds.", get: { (run: LuaRun) in run.simulation.completedRounds })
    property("seed", "Seed of all randomness.", get: { (run: LuaRun) in run.simulation.options.seed })
    property(
      "byzantine", "Ids of the clients that attack.",
      get: { (run: LuaRun) in try run.between("byzantine").options.attackers })
    property(
      "data_audit", "What an audit says of the run's data in one line; nil for data without pictures.",
      get: { (run: LuaRun) in DataAccount(run.simulation.options).line })
    property("d", "Length of an update.", get: { (run: LuaRun) in run.simulation.dimension })
    property(
      "layers", "Names of the parameters that an update carries.",
      get: { (run: LuaRun) in run.simulation.sections.map(\.name) })
    property("model", "A copy of the global model.", get: { (run: LuaRun) in try run.between("model").model.replica() })
    property(
      "digest", "SHA-256 of the global model's values: equal digests mean equal bits.",
      get: { (run: LuaRun) in try run.between("digest").digest })
  }

  fileprivate mutating func addRunRounds() {
    method(
      "rounds", "Walks over the rounds that are left; between two of them everything may be looked at and exchanged.",
      returns: "An iterator over the records of the rounds.",
      errors: ["A policy, a client or the data failed; the run is as it was before the round."],
      example: Example(
        smallRun + "for round in run:rounds() do print(round.number, round.accuracy <= 1) end",
        prints: "1\ttrue\n2\ttrue")
    ) { (run: LuaRun) in LuaSteps { try run.next() } }
    method(
      "next_round", "Runs one round.", returns: "Its record, or nil when all are done or the run is stopped.",
      example: Example(smallRun + "print(run:next_round().number, run.completed)", prints: "1\t1")
    ) { (run: LuaRun) in try run.next() }
    method(
      "evaluate",
      "Measures the global model, or the one that a client uses, through `inspect` and `purify` of the defense.",
      Parameter("data", "A data set."),
      Parameter("client", "Id of a client, whose own parameters, such as local batch normalization, take part."),
      returns: "Share of samples classified right, and mean loss.",
      example: Example(
        smallRun + "local accuracy, loss = run:evaluate(test)\nprint(accuracy >= 0, loss > 0)", prints: "true\ttrue")
    ) { (run: LuaRun, data: Dataset, client: Int?) in
      let simulation = try run.between("evaluate")
      let (accuracy, loss) =
        try client.map { try simulation.evaluate(on: data, asClient: $0) } ?? simulation.evaluate(on: data)
      return Results(accuracy, loss)
    }
    method(
      "client_model", "Copies the model that a client uses: the global one with the client's own parameters in it.",
      Parameter("client", "Id of a client."), returns: "The model.",
      example: Example(
        smallRun + "print(run:client_model(2):vector():eq(run.model:vector()):min():item())", prints: "1.0")
    ) { (run: LuaRun, client: Int) in try run.between("client_model").clientModel(client) }
  }

  fileprivate mutating func addRunLedger() {
    method(
      "ledger",
      "Tells of each client in each round what it sent and what the defense found, as columns of equal length: round, "
        + "client, samples, norm, training_loss, weight, flagged, reason, and the named numbers of the defense. What a "
        + "client has not is NaN, or an empty word.",
      returns: "A table of lists.",
      example: Example(
        smallRun + """
          run.defense = function(round, updates)
            return { update = updates:mean(), ledger = { length = updates:norms() }, reasons = { [2] = "late" } }
          end
          for _ in run:rounds() do end
          local ledger = run:ledger()
          print(#ledger.length, ledger.round[4], ledger.client[5], ledger.reason[5], ledger.length[1] > 0)
          """, prints: "6\t2\t2\tlate\ttrue")
    ) { (run: LuaRun) in ledgerTable(try run.between("ledger").history) }
  }

  fileprivate mutating func addRunFiles() {
    method(
      "save", "Writes a checkpoint: model, clients' states, history and what policies remember.",
      Parameter("path", "A .safetensors file; replaced as a whole."),
      returns: "true.", errors: ["The file cannot be written; pcall catches it."],
      example: Example(smallRun + "print((pcall(run.save, run, '/nowhere/run.safetensors')))", prints: "false")
    ) { (run: LuaRun, path: String) in
      try run.simulation.save(to: path)
      return true
    }
    method(
      "load", "Brings back what save wrote; the run goes on with the same bits.",
      Parameter("path", "A file written by save."), Parameter("options", "What may differ."),
      returns: "true.",
      errors: ["The file cannot be read, is no checkpoint, or one of another run; pcall or fed.try catches it."],
      example: Example(smallRun + "print((pcall(run.load, run, '/nowhere/run.safetensors')))", prints: "false")
    ) { (run: LuaRun, path: String, options: LoadOptions) in
      try run.simulation.load(from: path, allowing: options.changes)
      return true
    }
  }
}

/// `run:load(path, { allow = { "rounds" } })`.
private struct LoadOptions: LuaOptions {
  var allow: [String] = []
  var allowChanges = false

  static let fields = Fields<LoadOptions> { field in
    field.option(
      "allow", \.allow,
      "Names of options of fed.simulation in which the file's run may differ, beside defense and attack.")
    field.option(
      "allow_changes", \.allowChanges,
      "Whether the file may be of a run with other data and options, whatever they are.")
  }

  var changes: AllowedChanges { allowChanges ? .anything : .options(Set(allow + ["defense", "attack"])) }
}

/// The ledger of all rounds, one list a column.
func ledgerTable(_ history: [RoundRecord]) -> ShapedRecord<LedgerTable> {
  let rows = history.flatMap { record in record.clients.map { (round: record.number, client: $0) } }
  let columns = rows.flatMap { $0.client.ledger.map(\.name) }
    .reduce(into: [String]()) { known, name in if !known.contains(name) { known.append(name) } }.sorted()
  let known: [(String, any LuaWritable)] = [
    ("round", rows.map(\.round)), ("client", rows.map(\.client.id)), ("samples", rows.map(\.client.sampleCount)),
    ("norm", rows.map(\.client.norm)), ("training_loss", rows.map(\.client.trainingLoss)),
    ("weight", rows.map { $0.client.weight ?? .nan }), ("flagged", rows.map(\.client.isFlagged)),
    ("reason", rows.map { $0.client.reason ?? "" }),
  ]
  return ShapedRecord(
    known
      + columns.map { name in
        (name, rows.map { row in row.client.ledger.first { $0.name == name }?.value ?? .nan })
      })
}

extension LuaError: TracedError {}
