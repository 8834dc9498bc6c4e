import Federation
import LuaRuntime

/// `resume = true`, or what of the checkpoint's run may differ: `resume = { allow = { "rounds" } }`.
typealias ResumeArgument = Either<Bool, ResumeOptions>

/// Consent to go on from another run's checkpoint.
struct ResumeOptions: LuaOptions {
  var allow: [String] = []

  static let fields = Fields<ResumeOptions> { field in
    field.option("allow", \.allow, "Names of the options that may differ.")
  }
}

extension RunOptions {
  /// In what the checkpoint's run may differ; nil where none is taken up.
  var resumedChanges: AllowedChanges? {
    switch resume {
    case .first(false): nil
    case _ where allowChanges: .anything
    case .first: .nothing
    case .second(let options): .options(Set(options.allow))
    }
  }

  /// Options that say where records go and how work is divided: they change no result.
  private static let aside: Set = [
    "run_dir", "record", "progress", "threads", "resume", "allow_changes", "overwrite", "checkpoint_every",
  ]

  /// All that makes a run, by value: the options as the script gave them, and the defaults of the others.
  static func account(_ table: LuaTable, of simulation: Simulation) -> JSONValue {
    let options = simulation.options
    let effective: [(String, JSONValue)] = [
      ("seed", .string("\(options.seed)")), ("conv", .string(options.convolutions.rawValue)),
      ("f", .int(options.declaredByzantine)), ("local_training", training((try? table.get("local_training")) ?? .nil)),
    ]
    let names = Set(effective.map(\.0))
    let given = table.account(optionDocuments).filter { !aside.contains($0.name) && !names.contains($0.name) }
    return .object((given.map { ($0.name, JSONValue($0.value)) } + effective).sorted { $0.0 < $1.0 })
  }

  /// Local training by value: a plain table of options is what `fed.local_training.fedavg` makes of it.
  static func training(_ value: LuaValue) -> JSONValue {
    let fields: [Account.Field]
    switch value {
    case .table(let table): fields = table.account(LocalTrainingOptions.optionDocuments)
    case .nil: fields = Account.defaults(of: LocalTrainingOptions.optionDocuments)
    default: return JSONValue(value.account)
    }
    return JSONValue(.made(by: "fed.local_training.fedavg", options: fields, beside: []))
  }
}
