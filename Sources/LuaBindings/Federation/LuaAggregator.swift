import Federation
public import LuaRuntime
import Tensors

/// A rule that turns many updates into one, native or a script's: scripts cannot tell which.
public final class LuaAggregator: LuaNamed {
  public static let luaClass = LuaClass("Aggregator", keepsOrigin: true)

  enum Body {
    case native(any Aggregator)
    /// Called with a round or nil, the updates, and weights or nil.
    case script(LuaFunction)
  }

  let name: String
  public private(set) var luaName: String?
  /// Byzantine clients that the rule claims to bear.
  let tolerated: Int?
  /// What a scripted rule remembers from round to round; nil for one that remembers nothing.
  let memory: RuleMemory?
  /// Whether the rule's own functions find what is not finite, so that nobody looks for it before.
  private let isUnchecked: Bool
  private let body: Body

  init(_ aggregator: any Aggregator) {
    name = aggregator.name
    tolerated = aggregator.tolerated
    memory = nil
    isUnchecked = false
    body = .native(aggregator)
  }

  /// - Parameter path: What messages call the rule; its name is the last word of it.
  init(
    path: String, tolerated: Int?, memory: RuleMemory? = nil, isUnchecked: Bool = false, script: LuaFunction
  ) {
    name = path.split(separator: ".").last.map(String.init) ?? path
    luaName = path
    self.tolerated = tolerated
    self.memory = memory
    self.isUnchecked = isUnchecked
    body = .script(script)
  }

  public func wasMade(by path: String) { luaName = luaName ?? path }

  /// What must live as long as the rule: the sandbox that its function belongs to.
  private var keeper: AnyObject?

  /// The same rule, which keeps something alive.
  func keeping(_ keeper: AnyObject) -> LuaAggregator {
    let copy = LuaAggregator(self)
    copy.keeper = keeper
    return copy
  }

  private init(_ other: LuaAggregator) {
    (name, luaName, tolerated, memory) = (other.name, other.luaName, other.tolerated, other.memory)
    (isUnchecked, body) = (other.isUnchecked, other.body)
  }

  /// How the rule weighs updates if it is their weighted mean and nothing else.
  var sumWeights: SumWeights? {
    switch body {
    case .native(let aggregator): aggregator.sumWeights
    case .script: nil
    }
  }

  /// Applies the rule; a script's result is read, and blamed, by the name of the rule.
  func decide(_ round: LuaRound?, _ updates: UpdateMatrix, _ weights: [Double]?) throws -> Decision {
    switch body {
    case .native(let aggregator):
      do {
        let update = try aggregator.aggregate(updates, weights: weights, round: round?.round)
        return Decision(update: update, weights: weights)
      } catch { throw qualified(error) }
    case .script(let function):
      let rule = luaName ?? name
      if !isUnchecked { try updates.requireFinite(rule) }
      do {
        let result = try function(
          round, updates, weights.map { Tensor($0.map(Float.init)) }, returning: LuaValue.self)
        try updates.requireFinite(rule)
        return try DecisionReader(rule: rule, updates: updates).decision(result)
      } catch {
        // Whatever an unchecked rule made of it, what is not finite is what is wrong.
        try updates.requireFinite(rule)
        throw error
      }
    }
  }
}

/// How a rule's memory gets into a checkpoint and out of it.
struct RuleMemory {
  let save: LuaFunction
  let load: LuaFunction
}

private struct AggregatorOptions: LuaOptions {
  var f: Int?
  var save: LuaFunction?
  var load: LuaFunction?
  var isUnchecked = false

  static let fields = Fields<AggregatorOptions> { field in
    field.option("f", \.f, "Byzantine clients that the rule claims to bear.")
    field.option(
      "on_save", \.save, "Returns what the rule remembers, for a checkpoint.", type: "(fun(): Memory)?")
    field.option("on_load", \.load, "Takes back what `on_save` returned.", type: "(fun(memory: Memory))?")
    field.option(
      "unchecked", \.isUnchecked,
      "Whether the rule is called before anybody looked for what is not finite, since its own functions of updates do: "
        + "that saves a pass over them. The error is the same.")
  }

  func memory() throws -> RuleMemory? {
    switch (save, load) {
    case (let save?, let load?): return RuleMemory(save: save, load: load)
    case (nil, nil): return nil
    default: throw LuaFailure("on_save and on_load go together; both or neither are needed")
    }
  }
}

extension ModuleBuilder {
  mutating func addAggregatorMaking() {
    function(
      "aggregator", "Makes an aggregator of a function, to be called like any of `fed.aggregators`.",
      Parameter("name", "What messages call it; of a path with dots, the last word is the rule's name."),
      Parameter(
        "rule",
        "Called with a round or nil, the updates, and weights or nil; returns an update [d], or a table of update, weights, flagged and info."
      ),
      Parameter("options", "What it claims, and how its memory is saved."), returns: "The aggregator.",
      example: Example(
        """
        local first = fed.aggregator("first", function(round, updates) return updates[1] end)
        print((first { {1, 2}, {3, 4} }))
        """, prints: "Tensor [2] float32\n  1  2")
    ) { (name: String, rule: LuaFunction, options: AggregatorOptions) in
      LuaAggregator(
        path: name, tolerated: options.f, memory: try options.memory(), isUnchecked: options.isUnchecked, script: rule)
    }
  }
}

extension Decision {
  /// All but the update, as a table.
  var luaRecord: ShapedRecord<DecisionTable> { ShapedRecord(fields) }

  /// All of it, as a table.
  var luaTable: ShapedRecord<DecisionTable> { ShapedRecord(fields + [("update", update)]) }

  private var fields: [(String, any LuaWritable)] {
    [
      ("weights", weights.map { Tensor.measured($0) }), ("flagged", flagged), ("info", info.map(JSONResult.init)),
      (
        "ledger",
        ledger.columns.isEmpty ? nil : LuaRecord(ledger.columns.map { ($0.name, Tensor.measured($0.values)) })
      ),
      ("reasons", ledger.reasons.isEmpty ? nil : LuaSparseTable(ledger.reasons)),
    ]
  }
}

let aggregatorClass = ClassBindings(LuaAggregator.self, "A rule that turns many updates into one.") { type in
  type.property("name", "What the rule is called.", get: { (a: LuaAggregator) in a.name })
  type.property(
    "f", "Byzantine clients that it claims to bear; nil if it claims none.", get: { (a: LuaAggregator) in a.tolerated })
  type.method(
    "save", "Returns what the rule remembers, for a rule around it that saves both; nil where it remembers nothing.",
    returns: "What its `on_save` returns.",
    example: Example(
      """
      local seen = 0
      local rule = fed.aggregator("counter", function(_, updates)
        seen = seen + 1
        return updates:mean()
      end, { on_save = function() return seen end, on_load = function(saved) seen = saved end })
      rule { {1}, {2} }
      print(rule:save(), fed.aggregators.mean():save())
      """, prints: "1\tnil")
  ) { (a: LuaAggregator) in try a.memory?.save(returning: LuaValue.self) ?? .nil }
  type.method(
    "load", "Gives the rule back what it remembered.", Parameter("memory", "What `save` returned."),
    example: Example(
      """
      local memory = {}
      local rule = fed.aggregator("last", function(_, updates) return updates[1] end, {
        on_save = function() return memory end, on_load = function(saved) memory = saved end,
      })
      rule:load { 7 }
      print(rule:save()[1])
      """, prints: "7")
  ) { (a: LuaAggregator, memory: LuaValue) in
    try a.memory?.load.run(memory)
    return Nothing()
  }
  type.call(
    "Combines updates into one: `rule(updates)`, or `rule(round, updates)` inside a defense.",
    Parameter("round", "The round, or the updates where there is none."),
    Parameter("updates", "Updates, a tensor [n, d], or a table of rows."),
    Parameter("weights", "One for each update; a rule that does not average leaves out those of weight 0."),
    returns:
      "An update [d], and what the rule says about it: a table with flagged, the ids held to be Byzantine, and, where the rule has them, weights [n] and info.",
    example: Example(
      """
      local update, decision = fed.aggregators.krum { f = 1 } { {1}, {2}, {2.5}, {90} }
      print(update[1], decision.info.chosen, #decision.flagged)
      """, prints: "2.0\t2\t0")
  ) {
    (a: LuaAggregator, first: Either<LuaRound, UpdatesArgument>?, second: UpdatesArgument?, weights: WeightsArgument?)
    in
    var round: LuaRound?, updates = second?.updates
    switch first {
    case .first(let given): round = given
    case .second(let given): updates = updates ?? given.updates
    case nil: break
    }
    guard let updates else {
      throw LuaFailure("no updates are given; pass Updates, a tensor [n, d] or a table of rows")
    }
    let decision = try a.decide(round, updates, weights?.values(for: updates.clientIDs))
    return Results(decision.update, decision.luaRecord)
  }
  type.description { (a: LuaAggregator) in "Aggregator \(a.name)" + (a.tolerated.map { " (f = \($0))" } ?? "") }
}
