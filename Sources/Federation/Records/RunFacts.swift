import Datasets

/// In what a checkpoint's run may differ from the one that takes it up.
public enum AllowedChanges: Sendable, Equatable {
  /// The options of these names, such as `rounds` and `defense`.
  case options(Set<String>)
  case anything

  public static let nothing = AllowedChanges.options([])
  /// What a script may exchange between two rounds.
  public static let otherRules = AllowedChanges.options(["defense", "attack"])

  func allow(_ option: String) -> Bool {
    switch self {
    case .options(let names): names.contains(option)
    case .anything: true
    }
  }
}

/// What a run was made of, as manifests and checkpoints keep it: a run that goes on from one must be made of the same.
public struct RunFacts {
  /// By the names of the options of `fed.simulation`.
  public let options: JSONValue
  /// Samples, classes and hashes of the sets, by the role that they have.
  public let data: JSONValue

  /// - Parameter data: What ``data(of:)`` says of the same run, which costs more than all else.
  init(_ run: Simulation, data: JSONValue) {
    self.data = data
    let told = run.account ?? Self.options(of: run)
    guard case .object(let members) = told else {
      options = told
      return
    }
    // What may be exchanged between rounds counts as it is now.
    let now: [(String, JSONValue)] = [("rounds", .int(run.options.rounds))] + run.exchanged.sorted { $0.key < $1.key }
    let kept = members.pairs.filter { pair in !now.contains { $0.0 == pair.name } }.map { ($0.name, $0.value) }
    options = .object((kept + now.filter { $0.1 != .null }).sorted { $0.0 < $1.0 })
  }

  /// Hooks that look on and may stop a run; they are printed and not compared.
  private static let onlookers: Set = ["on_round_start", "on_round_end"]

  var json: JSONValue { .object([("options", options), ("data", data)]) }

  static func data(of options: SimulationOptions) throws -> JSONValue {
    let sets = [("test", options.test), ("root", options.root), ("validation", options.validation)]
    return .object(
      [("clients", .array(try options.clients.map { try $0.data.account() }))]
        + (try sets.compactMap { name, set in try set.map { (name, try $0.account()) } }))
  }

  /// What a run says of itself where no script made it.
  private static func options(of run: Simulation) -> JSONValue {
    let options = run.options
    var members: [(String, JSONValue)] = [
      ("model", .string("\(options.model)")), ("local_training", .string("\(options.localTraining)")),
      ("statistics", .string(options.statistics.rawValue)), ("byzantine", .ints(options.attackers.sorted())),
      ("f", .int(options.declaredByzantine)), ("on_failure", .string(options.onFailure.rawValue)),
      ("conv", .string(options.convolutions.rawValue)), ("evaluate_every", .int(options.evaluationInterval)),
    ]
    let given: [(String, String?)] = [
      ("server_optimizer", options.serverOptimizer.map { "\($0)" }),
      ("clients_per_round", options.clientsPerRound.map { "\($0)" }),
      ("defense", run.defense.map { $0.summary ?? $0.name }), ("attack", run.attack.map { $0.summary ?? $0.name }),
    ]
    members += given.compactMap { name, text in text.map { (name, .string($0)) } }
    return .object(members)
  }

  /// In what two runs differ that decides their results.
  static func differences(_ old: JSONValue, _ new: JSONValue) -> [RunAccount.Difference] {
    let options = RunAccount.differences(old["options"], new["options"]).filter { !onlookers.contains($0.option) }
    // Other options make other data; these need not be told again.
    let known = Set(options.map(\.option))
    return options + RunAccount.differences(old["data"], new["data"]).filter { !known.contains($0.option) }
  }

  /// Throws for what differs from the run of a checkpoint or manifest, naming each.
  func expectEqual(_ saved: JSONValue?, _ path: String, allowing changes: AllowedChanges) throws {
    guard changes != .anything else { return }
    guard let saved, saved["options"] != nil else {
      throw FederationError.unreadable(path: path, problem: "it does not tell what its run was made of")
    }
    let differing = Self.differences(saved, json).filter { !changes.allow($0.option) }
    guard !differing.isEmpty else { return }
    let names = differing.map(\.option).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    throw FederationError.otherRun(path: path, differences: differing.map(\.text), options: names)
  }
}

extension Simulation {
  /// The run's options by value, as records keep them, and as they are now.
  public var recordedOptions: JSONValue { RunFacts(self, data: .null).options }
}
