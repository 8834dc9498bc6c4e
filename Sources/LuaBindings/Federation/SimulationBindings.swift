import Datasets
import Federation
import LuaRuntime
import Networks
import Tensors

/// Who takes part: a partition, or a list of data sets.
typealias ClientsArgument = Either<Partition, [Dataset]>

/// How clients train: an object of `fed.local_training`, or a table of its options.
typealias LocalTrainingArgument = Either<LuaLocalTraining, LocalTrainingOptions>

extension LocalTrainingArgument {
  func training() throws -> LocalTraining {
    switch self {
    case .first(let object): object.training
    case .second(let options): try options.training()
    }
  }
}

/// Everything that makes a run: `fed.simulation { clients = …, model = …, rounds = 10 }`.
struct RunOptions: LuaOptions {
  var clients: ClientsArgument?
  var model: Model?
  var rounds: Int?
  var test: Dataset?
  var root: Dataset?
  var validation: Dataset?
  var allowOverlap = false
  var serverOptimizer: LuaServerOptimizer?
  var localTraining = LocalTrainingArgument.second(LocalTrainingOptions())
  var byzantine: [Int] = []
  var fakeClients = 0
  var f: Int?
  var attack = LuaValue.nil
  var defense = LuaValue.nil
  var selectClients: LuaFunction?
  var onRoundStart: LuaFunction?
  var onRoundEnd: LuaFunction?
  var clientsPerRound: Int?
  var seed: UInt64?
  var threads: Int?
  var conv: String?
  var onFailure = "fail"
  var evaluateEvery = 1
  var statistics = "aggregated"
  var record: RecordArgument?
  var runDir: String?
  var checkpointEvery = 1
  var resume = ResumeArgument.first(false)
  var allowChanges = false
  var overwrite = false
  var progress = true

  static let fields = Fields<RunOptions> { field in
    field.declareFederation()
    field.declarePolicies()
    field.declareRunning()
  }
}

extension Fields where Root == RunOptions {
  fileprivate mutating func declareFederation() {
    required("clients", \.clients, "Who takes part: a partition, or a list of data sets.")
    required("model", \.model, "The model; one made without a seed gets its first values from the run's seed.")
    required("rounds", \.rounds, "Rounds to run.", check: .atLeast(1))
    option("test", \.test, "Data that measure the model after each round.")
    option("root", \.root, "Trusted data of the server, of which it makes the root update.")
    option("validation", \.validation, "Data on which rules may measure candidates: round:evaluate and round:shapley.")
    option(
      "allow_overlap", \.allowOverlap,
      "Whether a sample may serve two of the roles client, test, root and validation; an error without it.")
    option(
      "server_optimizer", \.serverOptimizer, "From fed.server; without it the rule's decision is added as it is.")
    option("local_training", \.localTraining, "How clients train.")
    option(
      "statistics", \.statistics,
      "Running means and variances: aggregated as part of the update, averaged beside it, or reestimated on the root data.",
      check: .oneOf(StatisticsRule.allCases.map(\.rawValue)))
  }

  fileprivate mutating func declarePolicies() {
    option("byzantine", \.byzantine, "Ids of the clients that attack; no defense can see them.")
    option(
      "fake_clients", \.fakeClients,
      "Byzantine clients without data, with the ids after those of the clients: they count in n, and send what the attack "
        + "says or nothing. Where nobody else attacks, the attack knows 'global' at most.",
      check: .within(0...100_000))
    option(
      "f", \.f, "Byzantine clients that the server expects at most; 0 without it.",
      check: .ifGiven(.atLeast(0)))
    option(
      "attack", \.attack,
      "What they do: one of fed.attacks, a function of an AttackContext, or a table of hooks: attack(context), labels(labels, classes, round, stream), data(dataset, client, round, stream, colluders) and vote(context, losses) for round:validate, with knowledge, and local_training for clients that train in their own way.",
      type: "Attack|AttackHooks|(fun(context: AttackContext, honest: Updates, own: Updates): Tensor|Updates|nil)|nil")
    option(
      "defense", \.defense,
      "How updates become one: an aggregator, a function (round, updates), or a table of hooks: before_broadcast(round) ahead of the clients, weigh and aggregate for "
        + "updates, inspect(batch) -> scores [b] and purify(batch, score) -> inputs where the run answers; "
        + "with needs = \"sum\" aggregate gets an UpdateMean in place of the updates, with needs = \"gram\" weigh gets an "
        + "UpdateGram.",
      type: "Aggregator|DefenseHooks|(fun(round: Round, updates: Updates, weights: Tensor?): Tensor|Decision)|nil")
    option(
      "select_clients", \.selectClients, "Called with the round; returns the ids of its clients.",
      type: "(fun(round: Round): integer[])?")
    option(
      "on_round_start", \.onRoundStart, "Called with the round before it; true stops the run.",
      type: "(fun(round: Round): boolean?)?")
    option(
      "on_round_end", \.onRoundEnd, "Called with the round and its record after it; true stops the run.",
      type: "(fun(round: Round, record: RoundRecord): boolean?)?")
  }

  fileprivate mutating func declareRunning() {
    option("clients_per_round", \.clientsPerRound, "How many clients are drawn each round; all without it.")
    option("seed", \.seed, "Seed of all randomness; that of the program without it.")
    option("threads", \.threads, "Clients that train at once; as many as the program may use without it.")
    option(
      "conv", \.conv,
      "How convolutions are computed: auto, or direct for the definition's sums alone; that of the program without it.",
      check: .convolutionMode)
    option(
      "on_failure", \.onFailure, "What a failed client does to its round.",
      check: .oneOf(FailurePolicy.allCases.map(\.rawValue)))
    option("evaluate_every", \.evaluateEvery, "Rounds from one evaluation to the next.", check: .atLeast(1))
    option(
      "record", \.record,
      "Folder that keeps each round's updates for fed.replay, or { path =, type = \"float16\" } for half the room; none "
        + "without it. Who is Byzantine stands apart, in its folder truth.")
    option(
      "run_dir", \.runDir,
      "Folder for manifest.json, metrics.jsonl, timing.jsonl and checkpoints, which fed.runs and the command `fedlua runs` "
        + "read; none without it.")
    option(
      "checkpoint_every", \.checkpointEvery, "Rounds from one checkpoint in run_dir to the next.", check: .atLeast(1))
    option(
      "resume", \.resume,
      "Whether to go on from the checkpoint in run_dir, if there is one. What made its run is compared, named and refused; "
        + "{ allow = { \"rounds\", \"defense\" } } agrees to other options of these names.")
    option(
      "allow_changes", \.allowChanges,
      "Whether resume takes a checkpoint of a run with other data, options or rules, whatever they are.")
    option(
      "overwrite", \.overwrite, "Whether a run in run_dir may be replaced by this one; an error without it.")
    option("progress", \.progress, "Whether to show progress on the error output.")
  }
}

extension Check where Value == String? {
  fileprivate static var convolutionMode: Check {
    let named = Check<String>.oneOf(HostSettings.convolutionModes).allowed
    return Check(named) { mode in mode.map { HostSettings.convolutionModes.contains($0) } ?? true }
  }
}

/// The options of a run, and the table they came from, for the manifest.
private struct RunArguments: LuaReadable {
  static var luaType: String { "table" }
  static var optionDocuments: [OptionDocument] { RunOptions.optionDocuments }

  let options: RunOptions
  let table: LuaTable

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> RunArguments {
    RunArguments(options: try RunOptions.read(frame, index), table: try LuaTable.read(frame, index))
  }
}

extension RunOptions {
  fileprivate func simulation(_ state: LuaState) throws -> Simulation {
    guard let clients, let model, let rounds else { throw LuaFailure("clients, model and rounds are needed") }
    let training = try localTraining.training()
    try validatePolicies()
    try validateResume()
    var options = SimulationOptions(
      clients: clients.all, model: model, rounds: rounds, localTraining: training)
    options.test = test
    options.root = root
    options.validation = validation
    options.allowsOverlap = allowOverlap
    options.serverOptimizer = serverOptimizer?.optimizer
    options.byzantine = byzantine
    options.fakeClients = fakeClients
    options.declaredByzantine = f ?? 0
    options.clientsPerRound = clientsPerRound
    options.seed = seed ?? state.hostSettings.seed
    options.threads = threads ?? state.hostSettings.threads
    options.convolutions = conv.flatMap { ConvolutionMode(rawValue: $0) } ?? .current
    options.onFailure = FailurePolicy(rawValue: onFailure) ?? .fail
    options.evaluationInterval = evaluateEvery
    options.statistics = StatisticsRule(rawValue: statistics) ?? .aggregated
    let simulation = try state.hostSettings.simulation(options)
    simulation.hooks = hooks
    if training.isTraced, let obstacle = simulation.traceObstacle {
      let warn: LuaFunction = try state.evaluate("return warn")
      try warn.run("fed.simulation: what Lua computes runs operation by operation, on one thread: \(obstacle)")
    }
    return simulation
  }

  /// Byzantine clients that the defense says it bears; nil where it says nothing.
  private var claimedByzantine: Int? {
    if let rule = defense.as(LuaAggregator.self) { return rule.tolerated }
    guard case .table(let table) = defense else { return nil }
    return (try? table.get("aggregate", as: LuaValue.self))?.as(LuaAggregator.self)?.tolerated
  }

  /// Refuses options of which one would be ignored because of another.
  private func validatePolicies() throws {
    if let f, let claimed = claimedByzantine, f != claimed {
      throw LuaFailure(
        "f = \(f) is not that of the defense, f = \(claimed); both must be the same, or leave out f here")
    }
  }

  /// Refuses consent to something that is no option of a run.
  private func validateResume() throws {
    guard case .second(let resume) = resume else { return }
    let known = RunOptions.optionDocuments.map(\.name).sorted()
    guard let slip = resume.allow.first(where: { !known.contains($0) }) else { return }
    throw LuaFailure("resume: allow names no option of a run, '\(slip)'" + suggestion(for: slip, among: known))
  }

  private var hooks: ServerHooks {
    var hooks = ServerHooks()
    if let selectClients {
      hooks.selectClients = { try selectClients(LuaRound($0, hook: "select_clients"), returning: [Int].self) }
    }
    if let onRoundStart {
      hooks.events.onRoundStart = { round in
        try onRoundStart(LuaRound(round, hook: "on_round_start"), returning: Bool?.self) ?? false
      }
    }
    if let onRoundEnd {
      hooks.events.onRoundEnd = { round, record in
        try onRoundEnd(LuaRound(round, hook: "on_round_end"), record.luaRecord, returning: Bool?.self) ?? false
      }
    }
    return hooks
  }
}

extension Either where First == Partition, Second == [Dataset] {
  fileprivate var all: [Client] {
    switch self {
    case .first(let partition): Client.all(partition)
    case .second(let sets): sets.enumerated().map { Client(id: $0.offset + 1, data: $0.element) }
    }
  }
}

/// Federated runs, and what their rules see.
let federationBindings = BindingModule(
  "fed", "Federated runs.",
  classes: [
    runClass, replayClass, updatesClass, updateMeanClass, updateGramClass, roundClass, historyClass, recordedRunClass,
  ],
  tables: HookTables.all
) { module in
  module.addUpdates()
  module.addAggregatorMaking()
  module.addAttackMaking()
  module.addEvaluateMany()
  module.addReplay()
  module.addRuns()
  module.addProgress()
  module.function(
    "simulation", "Makes a federated run: clients, a server, an attacker, and rounds one after the other.",
    Parameter("options", "What makes the run."), .caller, returns: "The run.",
    errors: ["Options do not fit together.", "The checkpoint to resume from belongs to another run."],
    example: Example(
      """
      local train, test = fed.data.blobs { train = 120, test = 60, classes = 3 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 4 }), test = test, rounds = 2,
        model = fed.models.mlp { inputs = 2, hidden = { 8 }, classes = 3 },
        byzantine = { 4 }, attack = fed.attacks.updates.sign_flip { scale = 10 },
        defense = fed.aggregators.coordinate_median(),
      }
      for round in run:rounds() do print(round.number, #round.clients) end
      """, prints: "1\t4\n2\t4")
  ) { (arguments: RunArguments, caller: LuaCaller) in
    let options = arguments.options.placed(caller.state.hostSettings.runFolders)
    let simulation = try options.simulation(caller.state)
    simulation.account = RunOptions.account(arguments.table, of: simulation)
    return try LuaRun(simulation, options, caller.state)
  }
}
