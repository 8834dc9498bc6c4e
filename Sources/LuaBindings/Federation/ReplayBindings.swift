import Federation
public import LuaRuntime
import Tensors

/// Where a run keeps its updates: a folder, or `{ path =, type = "float16" }`.
typealias RecordArgument = Either<String, RecordOptions>

struct RecordOptions: LuaOptions {
  @Required var folder: String
  var type = UpdateRecorder.NumberType.float32

  static let fields = Fields<RecordOptions> { field in
    field.required("path", \.$folder, "The folder, which is made where it is missing.")
    field.option("type", \.type, "How numbers are kept: float32, or float16 for half the room.")
  }
}

extension UpdateRecorder.NumberType: LuaEnumeration {}

extension RecordArgument {
  var path: String {
    switch self {
    case .first(let path): path
    case .second(let options): options.folder
    }
  }

  var type: UpdateRecorder.NumberType { if case .second(let options) = self { options.type } else { .float32 } }
}

/// Recorded rounds as scripts hold them.
public final class LuaReplay: LuaObject {
  /// The class as scripts see it.
  public static let luaClass = LuaClass("Replay")

  let recording: Recording
  unowned let state: LuaState

  init(_ recording: Recording, _ state: LuaState) {
    self.recording = recording
    self.state = state
  }
}

private struct TrialOptions: LuaOptions {
  var attack = LuaValue.nil

  static let fields = Fields<TrialOptions> { field in
    field.option(
      "attack", \.attack,
      "What the Byzantine clients send in the place of what was recorded, out of what they would have sent if they were "
        + "honest.")
  }
}

private let recordedRun =
  """
  local folder = os.tmpname()
  os.remove(folder)
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 90, classes = 3 }, { clients = 5 }), rounds = 2, seed = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, byzantine = { 5 },
    attack = fed.attacks.updates.sign_flip { scale = 10 }, record = folder,
  }
  for _ in run:rounds() do end
  local replay = fed.replay(folder)

  """

let replayClass = ClassBindings(
  LuaReplay.self, "Recorded rounds, on which rules and attacks are tried without training."
) { type in
  type.property("path", "The folder.", get: { (r: LuaReplay) in r.recording.path })
  type.property("rounds", "Numbers of the recorded rounds, rising.", get: { (r: LuaReplay) in r.recording.rounds })
  type.length("How many rounds there are.") { (r: LuaReplay) in r.recording.rounds.count }
  type.method(
    "round", "Reads one round as it was.", Parameter("number", "Number of the round."),
    returns:
      "A table of updates, round (the Round as a rule sees it), record, byzantine, and honest: the updates as they would "
      + "be if nobody attacked.",
    errors: ["There is no such round, or its file is damaged."],
    example: Example(
      recordedRun + """
        local first = replay:round(1)
        print(first.updates, first.byzantine[1], (first.updates.tensor - first.honest.tensor):norm():item() > 0)
        """, prints: "5 updates of 27 parameters, clients 1, 2, 3, 4, 5\t5\ttrue")
  ) { (r: LuaReplay, number: Int) in
    guard r.recording.rounds.contains(number) else {
      throw LuaFailure("there is no round \(number); the recorded ones are \(r.recording.rounds)")
    }
    let entry = try r.recording.entry(number)
    return ShapedRecord<ReplayRoundTable>([
      ("updates", entry.updates), ("round", LuaRound(entry.round, hook: "replay")), ("record", entry.record.luaRecord),
      ("byzantine", entry.byzantine), ("honest", try entry.asHonest()),
    ])
  }
  type.method(
    "with",
    "Asks a rule about every recorded round, one after the other, with the updates that arrived or with those of another "
      + "attack. Nothing is trained; a rule that trains, measures or asks clients gets an error. round.root_update is the "
      + "recorded one, round.previous_update that of the run, and round.history is empty.",
    Parameter("rule", "An aggregator, a function (round, updates), or a table of hooks, as defense of fed.simulation."),
    Parameter("options", "An attack to try."),
    returns: """
      A list with number, update, record and decision (weights, flagged, info, ledger) of each round; and both ledgers \
      side by side, as columns of equal length: round, client, byzantine, and weight, flagged and each number of the \
      rule, those of the run with recorded_ before their names.
      """,
    errors: ["The rule or the attack failed, or asked what a recorded round cannot tell."],
    example: Example(
      recordedRun + """
        local trials, both = replay:with(fed.aggregators.krum { f = 1 })
        print(#trials, #trials[1].update, #both.client, both.byzantine[5], both.recorded_weight[1] > 0)
        local milder = replay:with(fed.aggregators.mean(), { attack = fed.attacks.updates.sign_flip {} })
        print(milder[1].record.detection.distance_to_honest < 1)
        """, prints: "2\t27\t10\ttrue\ttrue\ntrue")
  ) { (r: LuaReplay, rule: LuaValue, options: TrialOptions) in
    guard let defense = try Defense(rule, state: r.state) else {
      throw LuaFailure("rule: got nothing; an aggregator, a function or a table of hooks is needed")
    }
    let trials = try r.recording.trials(of: defense, attack: Attack(options.attack, state: r.state))
    return Results(trials.map(\.luaRecord), sideBySide(trials))
  }
  type.description { (r: LuaReplay) in "Replay of \(r.recording.rounds.count) rounds in \(r.recording.path)" }
}

extension Recording.Trial {
  fileprivate var luaRecord: ShapedRecord<ReplayTrialTable> {
    ShapedRecord([
      ("number", record.number), ("update", decision.update), ("record", record.luaRecord),
      ("decision", decision.luaRecord),
    ])
  }
}

/// The ledgers of a rule and of the run, a row for each client that the rule saw.
private func sideBySide(_ trials: [Recording.Trial]) -> LuaRecord {
  let rows = trials.flatMap { trial in
    trial.record.clients.map { client in
      (trial: trial, client: client, recorded: trial.recorded.clients.first { $0.id == client.id })
    }
  }
  func names(_ reports: [ClientReport?]) -> [String] {
    Set(reports.flatMap { $0?.ledger.map(\.name) ?? [] }).sorted()
  }
  func column(_ reports: [ClientReport?], _ name: String) -> [Double] {
    reports.map { report in report?.ledger.first { $0.name == name }?.value ?? .nan }
  }
  let asked = rows.map { Optional($0.client) }, recorded = rows.map(\.recorded)
  var table: LuaRecord = [
    "round": rows.map(\.trial.record.number), "client": rows.map(\.client.id),
    "byzantine": rows.map { $0.trial.byzantine.contains($0.client.id) },
    "weight": asked.map { $0?.weight ?? .nan }, "flagged": asked.map { $0?.isFlagged ?? false },
    "recorded_weight": recorded.map { $0?.weight ?? .nan }, "recorded_flagged": recorded.map { $0?.isFlagged ?? false },
  ]
  for name in names(asked) { table.add(name, column(asked, name)) }
  for name in names(recorded) { table.add("recorded_\(name)", column(recorded, name)) }
  return table
}

extension ModuleBuilder {
  mutating func addReplay() {
    function(
      "replay", "Opens the folder that a run with record = \"folder\" left.", Parameter("folder", "The folder."),
      .caller, returns: "The recorded rounds.", errors: ["The folder holds no recorded round."],
      example: Example(recordedRun + "print(#replay, replay.rounds[2])", prints: "2\t2")
    ) { (folder: String, caller: LuaCaller) in LuaReplay(try Recording(folder), caller.state) }
  }
}
