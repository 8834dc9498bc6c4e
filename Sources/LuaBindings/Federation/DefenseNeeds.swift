import Federation
import LuaRuntime
import Tensors

/// What a table of hooks wants to see of the updates: its field `needs`.
enum DefenseNeeds {
  /// The updates, one a row.
  case rows
  /// Their mean alone, weighed in this way.
  case sum(SumWeights)
  /// Their pairwise geometry.
  case gram

  init(_ table: LuaTable) throws {
    let needs = try table.get("needs", as: String?.self) ?? "rows"
    let weighting = try table.get("weighting", as: String?.self)
    if needs != "sum", weighting != nil {
      throw LuaFailure("defense: weighting is for needs = \"sum\" alone; here a rule weighs the updates itself")
    }
    switch needs {
    case "rows": self = .rows
    case "sum":
      try Self.expectNone("weigh", table, "reads single updates, which needs = \"sum\" does not keep")
      self = .sum(try Self.sumWeights(weighting))
    case "gram":
      try Self.expectNone("aggregate", table, "reads single updates, which needs = \"gram\" does not show")
      self = .gram
    default: throw LuaFailure("defense: needs = '\(needs)' is unknown; 'rows', 'sum' or 'gram' is allowed")
    }
  }

  private static func expectNone(_ hook: String, _ table: LuaTable, _ problem: String) throws {
    if case .nil = try table.get(hook, as: LuaValue.self) { return }
    throw LuaFailure("defense: \(hook) \(problem); leave out one of them")
  }

  private static func sumWeights(_ weighting: String?) throws -> SumWeights {
    let known = SumWeights.allCases.map(\.rawValue)
    guard let weights = SumWeights(rawValue: weighting ?? SumWeights.samples.rawValue) else {
      throw LuaFailure(
        "defense: weighting = '\(weighting ?? "")' is unknown; '\(known.joined(separator: "' or '"))' is allowed")
    }
    return weights
  }
}

/// The hooks of defenses that never see a single update.
extension Defense {
  /// The hook `aggregate(round, mean)` with `needs = "sum"`.
  static func combination(_ policy: LuaPolicy) throws -> Rule.Combine {
    guard let rule = try policy.function("aggregate") else {
      throw LuaFailure("defense: needs = \"sum\" without a function aggregate(round, mean)")
    }
    return { round, mean in
      let result = try rule(LuaRound(round, hook: "defense"), mean, returning: LuaValue.self)
      return try DecisionReader(rule: policy.name, mean: mean).decision(result)
    }
  }

  /// The hook `weigh(round, gram)` with `needs = "gram"`.
  static func comparison(_ policy: LuaPolicy) throws -> Rule.Compare {
    guard let rule = try policy.function("weigh") else {
      throw LuaFailure("defense: needs = \"gram\" without a function weigh(round, gram)")
    }
    return { round, gram in
      let result = try rule(LuaRound(round, hook: "weigh"), gram, returning: LuaValue.self)
      return try weights(result, clients: gram.clientIDs, name: policy.name)
    }
  }

  /// Reads what a hook `weigh` returned.
  static func weights(_ result: LuaValue, clients: [Int], name: String) throws -> [Double] {
    guard let weights = result.as(WeightsArgument.self) else {
      throw LuaFailure(
        "\(name): weigh returned \(result.article); a table of weights by client id, or a tensor [\(clients.count)], is needed"
      )
    }
    do { return try weights.values(for: clients) } catch { throw LuaFailure("\(name): weigh: \(error)") }
  }
}
