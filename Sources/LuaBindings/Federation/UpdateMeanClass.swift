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
