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

  /// An update, or a table with `update` and, as far as the rule explains itself, `weights`, `flagged` and `info`.
  func decision(_ value: LuaValue) throws -> Decision {
    if let update = value.as(Tensor.self) { return Decision(update: try checked(update)) }
    guard case .table(let table) = value else { throw wrong(value) }
    guard let update = try table.get("update", as: Tensor?.self) else {
      throw LuaFailure("\(rule): the returned table has no tensor 'update'; an update [\(dimension)] is needed")
    }
    var decision = Decision(update: try checked(update))
    decision.weights = try table.get("weights", as: WeightsArgument?.self)?.values(for: clientIDs)
    decision.flagged = try table.get("flagged", as: [Int]?.self) ?? []
    let info = try table.get("info", as: LuaValue.self)
    if case .nil = info {} else { decision.info = try JSONValue(info, what: "\(rule): info") }
    return decision
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
  private unowned let state: LuaState

  private static let events = ["on_round_start", "on_round_end", "on_save", "on_load"]

  /// - Parameters:
  ///   - role: `defense` or `attack`.
  ///   - hooks: Names of the hooks of that role, one of which must be there.
  init(_ table: LuaTable, role: String, hooks: [String], state: LuaState) throws {
    self.table = table
    self.state = state
    name = try table.get("name", as: String?.self) ?? role
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
  }

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
    if let save = try function("on_save") {
      events.onSave = { try PolicyState(saving: save(returning: LuaValue.self)) }
    }
    if let load = try function("on_load") {
      events.onLoad = { [unowned state] saved in try load.run(saved.restored(in: state)) }
    }
    return events
  }
}

// MARK: Defenses

extension Defense {
  /// Reads a defense: an aggregator, a function `(round, updates, weights)`, or a table of hooks.
  init?(_ value: LuaValue, state: LuaState) throws {
    if case .nil = value { return nil }
    if let aggregator = value.as(LuaAggregator.self) {
      self.init(name: aggregator.luaName ?? aggregator.name)
      sumWeights = aggregator.sumWeights
      aggregate = { round, updates, weights in try aggregator.decide(LuaRound(round, hook: "defense"), updates, weights)
      }
    } else if case .function(let rule) = value {
      self.init(name: "defense")
      aggregate = Self.hook(rule, name: "defense")
    } else if case .table(let table) = value {
      let policy = try LuaPolicy(table, role: "defense", hooks: Self.hooks, state: state)
      self.init(name: policy.name)
      events = try policy.events()
      switch try DefenseNeeds(table) {
      case .rows: try readRows(policy, table)
      case .sum(let weights):
        sumWeights = weights
        combine = try Self.combination(policy)
      case .gram: weighGram = try Self.comparison(policy)
      }
      inspect = try policy.function("inspect").map { Self.inspection($0, name: policy.name) }
      purify = try policy.function("purify").map { Self.purification($0, name: policy.name) }
    } else {
      throw LuaFailure("defense: got a \(value.typeName); an aggregator, a function or a table of hooks is needed")
    }
  }

  private static let hooks = ["weigh", "aggregate", "inspect", "purify"]

  /// Reads the hooks of a defense that sees the updates themselves.
  private mutating func readRows(_ policy: LuaPolicy, _ table: LuaTable) throws {
    weigh = try policy.function("weigh").map { rule in
      { round, updates in
        let result = try rule(LuaRound(round, hook: "weigh"), updates, returning: LuaValue.self)
        return try Self.weights(result, clients: updates.clientIDs, name: policy.name)
      }
    }
    if let rule = try table.get("aggregate", as: LuaValue.self).as(LuaAggregator.self) {
      if weigh == nil { sumWeights = rule.sumWeights }
      aggregate = { round, updates, weights in try rule.decide(LuaRound(round, hook: "defense"), updates, weights) }
    } else {
      aggregate = try policy.function("aggregate").map { Self.hook($0, name: policy.name) }
    }
  }

  private static func hook(_ rule: LuaFunction, name: String) -> (Round, UpdateMatrix, [Double]?) throws -> Decision {
    { round, updates, weights in
      let result = try rule(
        LuaRound(round, hook: "defense"), updates, weights.map { Tensor($0.map(Float.init)) }, returning: LuaValue.self)
      return try DecisionReader(rule: name, updates: updates).decision(result)
    }
  }
}
