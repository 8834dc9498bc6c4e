import Federation
import LuaRuntime
import Tensors

/// Reads what a rule of a script returned, and blames the rule for what cannot be one.
struct DecisionReader {
  let rule: String
  /// d: length that the update must have.
  let dimension: Int
  /// Clients that the rule was shown, in the order of the rows.
  let clientIDs: [Int]
  /// Memory that the rule read; nobody else may get it.
  let source: Storage

  init(rule: String, updates: UpdateMatrix) {
    self.init(
      rule: rule, dimension: updates.dimension, clientIDs: updates.clientIDs, source: updates.tensor.storage)
  }

  init(rule: String, mean: UpdateMean) {
    self.init(
      rule: rule, dimension: mean.update.count, clientIDs: mean.clientIDs, source: mean.update.storage)
  }

  private init(rule: String, dimension: Int, clientIDs: [Int], source: Storage) {
    self.rule = rule
    self.dimension = dimension
    self.clientIDs = clientIDs
    self.source = source
  }

  private static let fields = ["flagged", "info", "ledger", "reasons", "update", "weights"]

  /// An update, or a table with `update` and, as far as the rule explains itself, `weights`, `flagged`, `ledger` (named
  /// numbers, one a client), `reasons` (words by client id) and `info`.
  func decision(_ value: LuaValue) throws -> Decision {
    if let update = value.as(Tensor.self) { return Decision(update: try checked(update)) }
    guard case .table(let table) = value else { throw wrong(value) }
    guard let update = try table.get("update", as: Tensor?.self) else {
      throw LuaFailure("\(rule): the returned table has no tensor 'update'; an update [\(dimension)] is needed")
    }
    try expectKnown(table)
    var decision = Decision(update: try checked(update))
    decision.weights = try table.get("weights", as: WeightsArgument?.self)?.values(for: clientIDs)
    decision.flagged = try table.get("flagged", as: [Int]?.self) ?? []
    decision.ledger = try ledger(table)
    let info = try table.get("info", as: LuaValue.self)
    if case .nil = info {} else { decision.info = try JSONValue(info, what: "\(rule): info") }
    return decision
  }

  private func expectKnown(_ table: LuaTable) throws {
    for entry in try table.entries() {
      guard case .string(let name) = entry.key else {
        throw LuaFailure("\(rule): the returned table has an entry without a name; return the update itself, or fields")
      }
      guard !Self.fields.contains(name) else { continue }
      throw LuaFailure(
        "\(rule): the returned table has the unknown field '\(name)'" + suggestion(for: name, among: Self.fields)
          + "; the fields are \(Self.fields.joined(separator: ", "))")
    }
  }

  private func ledger(_ table: LuaTable) throws -> Ledger {
    let columns = try table.get("ledger", as: LuaTable?.self)?.entries().map { entry in
      guard case .string(let name) = entry.key, let values = try numbers(entry.value) else {
        throw LuaFailure(
          "\(rule): ledger: names with numbers are needed, a table by client id or a tensor [\(clientIDs.count)] each")
      }
      return Ledger.Column(name: name, values: values)
    }
    let reasons = try table.get("reasons", as: LuaTable?.self)?.entries().map { entry in
      guard case .integer(let client) = entry.key, case .string(let text) = entry.value else {
        throw LuaFailure("\(rule): reasons: a table of words by client id is needed")
      }
      return (client, text)
    }
    return Ledger(
      columns: columns ?? [], reasons: Dictionary(reasons ?? [], uniquingKeysWith: { first, _ in first }))
  }

  /// One number a client: a tensor by row, or a table by client id in which some may be missing.
  private func numbers(_ value: LuaValue) throws -> [Double]? {
    if let tensor = value.as(Tensor.self) { return tensor.shape == [clientIDs.count] ? tensor.values : nil }
    guard case .table(let table) = value else { return nil }
    return try clientIDs.map { try table.get($0, as: Double?.self) ?? .nan }
  }

  private func checked(_ update: Tensor) throws -> Tensor {
    guard update.shape == [dimension] else {
      throw FederationError.vectorShape(rule: rule, got: update.shape, d: dimension)
    }
    // A rule that picks a row returns a view of it; whoever gets the result may write to it.
    return update.storage === source ? update.clone() : update
  }

  private func wrong(_ value: LuaValue) -> LuaFailure {
    LuaFailure("\(rule): the rule returned \(value.article); an update, a tensor [\(dimension)], is needed")
  }
}

extension LuaFunction {
  /// Refuses a function that makes a rule where the rule is needed.
  func expectCalled<Object: LuaObject>(_ type: Object.Type, _ option: String) throws {
    guard let path = maker(of: type) else { return }
    throw LuaFailure("\(option): \(path) was not called; write \(option) = \(path) { … }")
  }
}

extension LuaValue {
  /// The value's type as a message says it.
  var article: String {
    if case .nil = self { return "nothing" }
    return "a \(typeName)"
  }
}

/// Hooks of a policy as a script writes them, turned into the functions that a simulation calls.
///
/// Each hook is a Lua function of the coordinating thread; the simulation calls it between parallel phases.
struct LuaPolicy {
  /// What messages call the policy: its `name`, or where it comes from.
  let name: String
  private let table: LuaTable
  private let hooks: [String]
  private unowned let state: LuaState

  private static let events = ["on_round_start", "on_round_end", "on_save", "on_load", "on_reload"]

  /// - Parameters:
  ///   - role: `defense` or `attack`.
  ///   - hooks: Names of the hooks of that role, one of which must be there.
  ///   - name: What messages call a table without a name of its own; nil for the role.
  init(_ table: LuaTable, role: String, hooks: [String], name: String? = nil, state: LuaState) throws {
    self.table = table
    self.state = state
    self.name = try table.get("name", as: String?.self) ?? name ?? role
    let names = try table.entries().compactMap { entry -> String? in
      if case .string(let name) = entry.key { name } else { nil }
    }
    // Policies may keep fields of their own, so only what looks like a hook can be a slip.
    if let slip = names.first(where: { $0.hasPrefix("on_") && !Self.events.contains($0) }) {
      throw LuaFailure("\(role): there is no hook '\(slip)'" + suggestion(for: slip, among: Self.events))
    }
    guard names.contains(where: { hooks.contains($0) }) else {
      let nearest = names.lazy.map { suggestion(for: $0, among: hooks) }.first { !$0.isEmpty } ?? ""
      throw LuaFailure("\(role): the table has none of the hooks \(hooks.joined(separator: ", "))\(nearest)")
    }
    // What is saved and never read back is lost at a resume, and the other way round nothing comes.
    for (one, other) in [("on_save", "on_load"), ("on_load", "on_save")]
    where names.contains(one) && !names.contains(other) {
      throw LuaFailure("\(role): the table has \(one) without \(other); both or neither are needed")
    }
    self.hooks = names.filter { hooks.contains($0) || Self.events.contains($0) }.sorted()
  }

  /// What a checkpoint compares: functions cannot be, so it is their names.
  var summary: String { "\(name): \(hooks.joined(separator: ", "))" }

  func function(_ hook: String) throws -> LuaFunction? { try table.get(hook, as: LuaFunction?.self) }

  /// The hooks that every role may have.
  func events() throws -> PolicyEvents {
    var events = PolicyEvents()
    if let start = try function("on_round_start") {
      events.onRoundStart = { try start(LuaRound($0, hook: "on_round_start"), returning: Bool?.self) ?? false }
    }
    if let end = try function("on_round_end") {
      events.onRoundEnd = { round, record in
        try end(LuaRound(round, hook: "on_round_end"), record.luaRecord, returning: Bool?.self) ?? false
      }
    }
    guard let save = try function("on_save"), let load = try function("on_load") else { return events }
    events.remember(RuleMemory(save: save, load: load), in: state)
    return events
  }
}

extension PolicyEvents {
  /// Lets checkpoints save and load what a policy or a rule remembers.
  fileprivate mutating func remember(_ memory: RuleMemory, in state: LuaState) {
    let (save, load) = (memory.save, memory.load)
    onSave = { try PolicyState(saving: save(returning: LuaValue.self)) }
    onLoad = { [unowned state] saved in
      // A model cannot be made of its values alone: they go into the one that the policy would save now.
      let own = saved.holdsObjects ? try save(returning: LuaValue.self) : .nil
      try load.run(saved.restored(in: state, into: own))
    }
  }
}

// MARK: Defenses

extension Defense {
  /// Reads a defense: an aggregator, a function `(round, updates, weights)`, or a table of hooks.
  init?(_ value: LuaValue, state: LuaState) throws {
    if case .nil = value { return nil }
    if let aggregator = value.as(LuaAggregator.self) {
      self.init(name: aggregator.luaName ?? aggregator.name, rule: aggregator.rule)
      summary = aggregator.summary
      if let memory = aggregator.memory { events.remember(memory, in: state) }
    } else if case .function(let rule) = value {
      try rule.expectCalled(LuaAggregator.self, "defense")
      self.init(name: "defense", rule: .rows(aggregate: Self.hook(rule, name: "defense")))
      summary = "a function"
    } else if case .table(let table) = value {
      let policy = try LuaPolicy(table, role: "defense", hooks: Self.hooks, state: state)
      self.init(name: policy.name)
      summary = policy.summary
      events = try policy.events()
      let inner = try table.get("aggregate", as: LuaValue.self).as(LuaAggregator.self)
      if events.onSave == nil, let memory = inner?.memory { events.remember(memory, in: state) }
      beforeBroadcast = try policy.function("before_broadcast").map { Self.rehearsal($0, name: policy.name) }
      switch try DefenseNeeds(table) {
      case .rows: rule = try Self.rowRule(policy, table)
      case .sum(let weights): rule = .mean(weights, combine: try Self.combination(policy))
      case .gram: rule = .gram(weigh: try Self.comparison(policy))
      }
      let inspect = try policy.function("inspect").map { Self.inspection($0, name: policy.name) }
      let purify = try policy.function("purify").map { Self.purification($0, name: policy.name) }
      if inspect != nil || purify != nil { inputs = InputGuard(inspect: inspect, purify: purify) }
    } else {
      throw LuaFailure("defense: got a \(value.typeName); an aggregator, a function or a table of hooks is needed")
    }
  }

  private static let hooks = ["weigh", "aggregate", "inspect", "purify", "before_broadcast"]

  /// The hook `before_broadcast(round)`, which looks at the global model and cannot change it.
  private static func rehearsal(_ hook: LuaFunction, name: String) -> (Round) throws -> Void {
    { round in
      let result = try hook(LuaRound(round, hook: "before_broadcast"), returning: LuaValue.self)
      if case .nil = result { return }
      throw LuaFailure(
        "\(name): before_broadcast returned \(result.article); it changes nothing that clients get, and returns nothing"
      )
    }
  }

  /// Reads the hooks of a defense that sees the updates themselves, or leaves the plain mean.
  private static func rowRule(_ policy: LuaPolicy, _ table: LuaTable) throws -> Rule {
    let weigh = try policy.function("weigh").map { rule -> Rule.Weigh in
      { round, updates in
        let result = try rule(LuaRound(round, hook: "weigh"), updates, returning: LuaValue.self)
        return try weights(result, clients: updates.clientIDs, name: policy.name)
      }
    }
    if let rule = try table.get("aggregate", as: LuaValue.self).as(LuaAggregator.self) {
      return weigh == nil ? rule.rule : .rows(weigh: weigh, aggregate: rule.decideInRound)
    }
    let aggregate = try policy.function("aggregate").map { hook($0, name: policy.name) }
    return weigh == nil && aggregate == nil ? .mean(.samples) : .rows(weigh: weigh, aggregate: aggregate)
  }

  private static func hook(_ rule: LuaFunction, name: String) -> Rule.Aggregate {
    { round, updates, weights in
      let result = try rule(
        LuaRound(round, hook: "defense"), updates, weights.map { Tensor($0.map(Float.init)) }, returning: LuaValue.self)
      return try DecisionReader(rule: name, updates: updates).decision(result)
    }
  }
}

extension LuaAggregator {
  /// The rule for a run.
  var rule: Rule { sumWeights.map { .mean($0) } ?? .rows(aggregate: decideInRound) }

  fileprivate func decideInRound(_ round: Round, _ updates: UpdateMatrix, _ weights: [Double]?) throws -> Decision {
    try decide(LuaRound(round, hook: "defense"), updates, weights)
  }

  /// What a checkpoint compares.
  var summary: String { (luaName ?? name) + (tolerated.map { ", f = \($0)" } ?? "") }
}
