import Federation
import LuaRuntime

/// A folder of a run as scripts hold it.
final class LuaRecordedRun: LuaObject {
  static let luaClass = LuaClass("RecordedRun")

  let run: RecordedRun

  init(_ run: RecordedRun) { self.run = run }
}

/// A run to compare: its folder, or what `fed.runs` gave.
private typealias RunArgument = Either<LuaRecordedRun, String>

extension RunArgument {
  fileprivate func run() throws -> RecordedRun {
    switch self {
    case .first(let object): object.run
    case .second(let path): try RecordedRun(path)
    }
  }
}

private struct DiffOptions: LuaOptions {
  var all = false

  static let fields = Fields<DiffOptions> { field in
    field.option(
      "all", \.all, "Whether to tell of data, script, arguments, program and result, too, where options differ.")
  }
}

private let twoRuns =
  """
  local folder = os.tmpname()
  os.remove(folder)
  local train, test = fed.data.blobs { train = 90, test = 30, classes = 3 }
  for f = 1, 2 do
    local run = fed.simulation {
      clients = fed.partition.identical(train, { clients = 7 }), test = test, rounds = 2, seed = 1,
      model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      defense = fed.aggregators.krum { f = f }, run_dir = folder .. "/f" .. f,
    }
    for _ in run:rounds() do end
  end

  """

let recordedRunClass = ClassBindings(
  LuaRecordedRun.self, "The folder of a run, its run_dir, read back: what made the run, and how it went."
) { type in
  type.property("path", "The folder.", get: { (r: LuaRecordedRun) in r.run.path })
  type.property(
    "options", "The options of the run by value: objects are tables of name and options.",
    get: { (r: LuaRecordedRun) in JSONResult(r.run.options) })
  type.property(
    "manifest", "Everything that manifest.json says.", get: { (r: LuaRecordedRun) in JSONResult(r.run.manifest) })
  type.addSettings { $0.run.options }
  type.property("total", "Rounds in all.", get: { (r: LuaRecordedRun) in r.run.total })
  type.property(
    "completed", "Number of finished rounds.", get: { (r: LuaRecordedRun) in r.run.history().last?.number ?? 0 })
  type.property(
    "is_stopped", "Whether it ended before its last round.",
    get: { (r: LuaRecordedRun) in r.run.hash != nil && (r.run.history().last?.number ?? 0) < r.run.total })
  type.property("seed", "Seed of all randomness.", get: { (r: LuaRecordedRun) in r.run.seed })
  type.property(
    "byzantine", "Ids of the clients that attack.",
    get: { (r: LuaRecordedRun) in r.run.manifest["byzantine"]?.ints ?? [] })
  type.property("d", "Length of an update.", get: { (r: LuaRecordedRun) in r.run.manifest["dimension"]?.int ?? 0 })
  type.property(
    "data_audit", "What an audit says of the run's data in one line; nil for data without pictures.",
    get: { (r: LuaRecordedRun) in r.run.manifest["data_audit"]?.string })
  type.property(
    "digest", "SHA-256 of the last model's values; nil for a run that did not end.",
    get: { (r: LuaRecordedRun) in r.run.digest })
  type.property(
    "hash", "What the run ended with: equal for equal runs on any day. nil for one that did not end.",
    get: { (r: LuaRecordedRun) in r.run.hash })
  type.property("started", "When it began.", get: { (r: LuaRecordedRun) in r.run.started })
  type.property(
    "history", "Records of the finished rounds.", get: { (r: LuaRecordedRun) in History(r.run.history()) })
  type.method(
    "option", "Returns the value of an option by its path, as text.",
    Parameter("path", "Such as defense, defense.f or local_training.optimizer.lr."), returns: "The text, or nil.",
    example: Example(
      twoRuns + "local first = fed.runs(folder)[1]\nprint(first:option \"defense\", first:option \"defense.f\")",
      prints: "fed.aggregators.krum { f = 1, preset = blanchard }\t1")
  ) { (r: LuaRecordedRun, path: String) in r.run.option(path).map(RunAccount.text) }
  type.method(
    "ledger", "Tells of each client in each round, as Run:ledger does.", returns: "A table of lists.",
    example: Example(
      twoRuns + "local ledger = fed.runs(folder)[2]:ledger()\nprint(#ledger.client, ledger.round[8])", prints: "14\t2")
  ) { (r: LuaRecordedRun) in ledgerTable(r.run.history()) }
  type.description { (r: LuaRecordedRun) in
    let defense = r.run.option("defense").map(RunAccount.text) ?? "the mean"
    return "Run in \(r.run.path): \(r.run.total) rounds, \(defense)"
  }
}

extension ClassBuilder where Object: LuaObject {
  /// The options of a run for people to read.
  mutating func addSettings(_ options: @escaping @Sendable (Object) throws -> JSONValue) {
    property(
      "settings", "The options of the run as texts by their names, such as defense.",
      get: { (run: Object) -> LuaRecord in
        guard case .object(let members) = try options(run) else { return [:] }
        return LuaRecord(members.pairs.map { ($0.name, RunAccount.text($0.value)) })
      })
  }
}

extension ModuleBuilder {
  mutating func addRuns() {
    function(
      "runs", "Finds the runs in a folder and in those below it: each folder that was a run_dir.",
      Parameter("folder", "The folder."), returns: "The runs, by their paths.",
      example: Example(
        twoRuns + "for _, run in ipairs(fed.runs(folder)) do print(run.total, #run.history, #run.hash) end",
        prints: "2\t2\t64\n2\t2\t64")
    ) { (folder: String) in RecordedRun.all(in: folder).map(LuaRecordedRun.init) }
    function(
      "diff",
      "Tells in what two runs differ: their options, and where these are equal, data, script and program.",
      Parameter("old", "A folder, or one of fed.runs."), Parameter("new", "Another."),
      Parameter("options", "What to tell."),
      returns: "A list of tables: option, such as defense.f, from and to.",
      errors: ["A folder holds no run."],
      example: Example(
        twoRuns
          + "for _, d in ipairs(fed.diff(folder .. \"/f1\", folder .. \"/f2\")) do print(d.option, d.from, d.to) end",
        prints: "defense.f\t1\t2")
    ) { (old: RunArgument, new: RunArgument, options: DiffOptions) in
      try RecordedRun.differences(old.run(), new.run(), all: options.all).map { difference in
        LuaRecord([
          ("option", difference.path), ("from", difference.old.map(plain)), ("to", difference.new.map(plain)),
        ])
      }
    }
  }
}

/// Numbers, strings and booleans as they are, everything else as a script would write it.
private func plain(_ value: JSONValue) -> JSONResult {
  switch value {
  case .bool, .int, .double, .string: JSONResult(value)
  default: JSONResult(.string(RunAccount.text(value)))
  }
}
