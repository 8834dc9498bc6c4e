public import Federation
public import LuaRuntime
import Tensors

extension UpdateGram: LuaObject {
  public static let luaClass = LuaClass("UpdateGram")

  public var luaByteCount: Int { count * 64 }
}

/// What a rule with `needs = "gram"` sees of a round's updates; named as the same facts of `Updates` are.
let updateGramClass = ClassBindings(
  UpdateGram.self,
  "How a round's updates lie to each other, for a defense with `needs = \"gram\"`: the updates lie in a file, which the system keeps in memory only as far as there is room."
) { type in
  type.property("n", "Number of updates.", get: { (g: UpdateGram) in g.count })
  type.property("d", "Length of an update.", get: { (g: UpdateGram) in g.dimension })
  type.property("ids", "Client of each update.", get: { (g: UpdateGram) in g.clientIDs })
  type.property("samples", "Samples that each client says it has.", get: { (g: UpdateGram) in g.sampleCounts })
  type.method(
    "norms", "Returns the Euclidean norm of each update.", returns: "Tensor [n].",
    example: Example(rule("norms"), prints: "2")
  ) { (g: UpdateGram) in Tensor.measured(g.norms) }
  type.addTable("gram", "Returns the inner products of all pairs.", .float64) { try $0.gram() }
  type.addTable("squared_distances", "Returns the squared Euclidean distances of all pairs.", .float64) {
    try $0.squaredDistances()
  }
  type.addTable(
    "cosines", "Returns the cosines of the angles of all pairs; 0 where an update is zero.", .float32
  ) { try $0.cosines() }
  type.length("Number of updates.") { (g: UpdateGram) in g.count }
  type.description { (g: UpdateGram) in "Gram matrix of \(g.count) updates of \(g.dimension) parameters" }
}

extension ClassBuilder where Object == UpdateGram {
  fileprivate mutating func addTable(
    _ name: String, _ sentence: String, _ type: ElementType,
    _ values: @escaping @Sendable (RoundGeometry) throws -> PairTable
  ) {
    method(
      name, sentence, returns: "Tensor [n, n], \(type).",
      errors: ["The round is over, and its updates are gone."], example: Example(rule(name), prints: "2\t2")
    ) { (g: UpdateGram) in
      let table = try values(g.geometry()).tensor
      return type == .float64 ? table.clone() : table.to(type)
    }
  }
}

/// A run of two clients whose rule prints the sizes of what a method returns.
private func rule(_ method: String) -> String {
  """
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
    defense = { needs = "gram", weigh = function(round, gram)
      print(table.unpack(gram:\(method)().shape))
      return { 1, 1 }
    end },
  }
  run:next_round()
  """
}
