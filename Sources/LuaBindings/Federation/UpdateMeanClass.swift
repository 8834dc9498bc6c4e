public import Federation
public import LuaRuntime
import Tensors

extension UpdateMean: LuaObject {
  public static let luaClass = LuaClass("UpdateMean")

  public var luaByteCount: Int { update.count * 4 }
}

/// What a rule with `needs = "sum"` sees of a round's updates.
let updateMeanClass = ClassBindings(
  UpdateMean.self,
  "The mean of a round's updates, for a defense with `needs = \"sum\"`: no single update is kept, so memory does not grow with the clients."
) { type in
  type.property(
    "update", "The weighted mean [d]: by samples, or each client once with `weighting = \"equal\"`.",
    get: { (m: UpdateMean) in m.update })
  type.property("n", "Number of updates in it.", get: { (m: UpdateMean) in m.clientIDs.count })
  type.property("d", "Length of an update.", get: { (m: UpdateMean) in m.update.count })
  type.property("ids", "Client of each update.", get: { (m: UpdateMean) in m.clientIDs })
  type.property("samples", "Samples that each client says it has.", get: { (m: UpdateMean) in m.sampleCounts })
  type.property("norms", "Euclidean norm of each update: tensor [n].") { (m: UpdateMean) in
    Tensor(m.norms.map(Float.init))
  }
  type.property("shares", "Share of each update in the mean: tensor [n].") { (m: UpdateMean) in
    Tensor(m.shares.map(Float.init))
  }
  type.description { (m: UpdateMean) in "Mean of \(m.clientIDs.count) updates of \(m.update.count) parameters" }
}

extension Defense {
  /// How a table of hooks wants its mean weighed: `needs = "sum"`, and `weighting`; nil where it needs the rows.
  static func sumWeights(_ table: LuaTable) throws -> SumWeights? {
    let needs = try table.get("needs", as: String?.self), weighting = try table.get("weighting", as: String?.self)
    switch needs {
    case "sum": break
    case nil, "rows":
      guard weighting == nil else {
        throw LuaFailure("defense: weighting is for needs = \"sum\" alone; here a rule weighs the updates itself")
      }
      return nil
    case let other?:
      throw LuaFailure("defense: needs = '\(other)' is unknown; 'rows' or 'sum' is allowed")
    }
    guard try table.get("weigh", as: LuaFunction?.self) == nil else {
      throw LuaFailure(
        "defense: weigh reads single updates, which needs = \"sum\" does not keep; leave out one of them")
    }
    let known = SumWeights.allCases.map(\.rawValue)
    guard let weights = SumWeights(rawValue: weighting ?? SumWeights.samples.rawValue) else {
      throw LuaFailure(
        "defense: weighting = '\(weighting ?? "")' is unknown; '\(known.joined(separator: "' or '"))' is allowed")
    }
    return weights
  }

  /// The hook `aggregate(round, mean)` of such a table.
  static func combination(_ policy: LuaPolicy) throws -> (Round, UpdateMean) throws -> Decision {
    guard let rule = try policy.function("aggregate") else {
      throw LuaFailure("defense: needs = \"sum\" without a function aggregate(round, mean)")
    }
    return { round, mean in
      let result = try rule(LuaRound(round, hook: "defense"), mean, returning: LuaValue.self)
      return try DecisionReader(rule: policy.name, mean: mean).decision(result)
    }
  }
}
