public import Federation
public import LuaRuntime
import Tensors

extension UpdateMatrix: LuaObject {
  public static let luaClass = LuaClass("Updates")

  public var luaByteCount: Int { count * dimension * 4 }
}

/// Updates, or what stands for them at a prompt: a tensor `[n, d]`, or a table of rows.
struct UpdatesArgument: LuaReadable {
  static var luaType: String { "Updates|Tensor|table" }

  let updates: UpdateMatrix

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> UpdatesArgument {
    if UpdateMatrix.matches(frame, index) { return UpdatesArgument(updates: try UpdateMatrix.read(frame, index)) }
    guard TensorArgument.matches(frame, index) else {
      throw frame.typeFailure(index, expected: "Updates, Tensor or table of rows")
    }
    let rows = try TensorArgument.read(frame, index)
    do {
      return UpdatesArgument(updates: try UpdateMatrix(rows.tensor()))
    } catch { throw LuaFailure("\(error)") }
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    UpdateMatrix.matches(frame, index) || Tensor.matches(frame, index) || frame.kind(index) == .table
  }
}

/// One weight for each update: a table is read by client id, a tensor by row.
struct WeightsArgument: LuaReadable {
  static var luaType: String { "table|Tensor" }

  private let source: Either<Tensor, LuaTable>

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> WeightsArgument {
    WeightsArgument(source: try Either<Tensor, LuaTable>.read(frame, index))
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Tensor.matches(frame, index) || frame.kind(index) == .table
  }

  /// The weights in the order of the rows, given the client of each.
  func values(for clients: [Int]) throws -> [Double] {
    switch source {
    case .first(let tensor):
      guard tensor.shape == [clients.count] else {
        throw LuaFailure(
          "weights of shape \(tensor.shape) do not fit n = \(clients.count) updates; [\(clients.count)] is needed")
      }
      return tensor.values
    case .second(let table):
      return try clients.map { client in
        guard let weight = try table.get(client, as: Double?.self) else {
          throw LuaFailure("client \(client) has no weight; a table is read by client id, a tensor by row")
        }
        return weight
      }
    }
  }
}

/// Rows of a hand-made matrix: `fed.updates({ … }, { ids = { 4, 7 } })`.
private struct UpdatesOptions: LuaOptions {
  var ids: [Int]?
  var samples: [Int]?
  var like: UpdateMatrix?

  static let fields = Fields<UpdatesOptions> { field in
    field.option("ids", \.ids, "Client of each row; those of `like`, or 1 to n.")
    field.option("samples", \.samples, "Samples of each client; those of `like`, or 1 each.")
    field.option(
      "like", \.like, "Updates whose layers these have if they are as long, and whose clients if they are as many.")
  }
}

extension ModuleBuilder {
  mutating func addUpdates() {
    function(
      "updates", "Makes a matrix of updates by hand, one update a row.",
      Parameter("rows", "A table of rows, or a tensor [n, d]."), Parameter("options", "Who sent them."),
      returns: "The updates, as a rule sees them.",
      example: Example(
        """
        local updates = fed.updates({ {1, 2}, {3, 4} }, { ids = { 4, 7 } })
        print(updates)
        print(fed.updates(updates.tensor * 2, { like = updates }))
        """, prints: "2 updates of 2 parameters, clients 4, 7\n2 updates of 2 parameters, clients 4, 7")
    ) { (rows: UpdatesArgument, options: UpdatesOptions) in
      let rows = rows.updates, like = options.like ?? rows
      let clients = like.count == rows.count ? like : rows
      return try UpdateMatrix(
        rows.tensor, clientIDs: options.ids ?? clients.clientIDs,
        sampleCounts: options.samples ?? clients.sampleCounts,
        sections: like.dimension == rows.dimension ? like.sections : rows.sections)
    }
  }
}

/// What a rule sees of a round's updates. Positions of rows count from 1.
let updatesClass = ClassBindings(
  UpdateMatrix.self,
  "The updates of one round: n rows of d numbers, local minus global parameters, and who sent them. The numbers of a row stand in the order of `Model:vector`, where weights lie as kernels read them: a linear layer's are transposed. `parameter` shows them in their own shape. Whatever is made of updates keeps ids and samples, and layers where d stays."
) { type in
  type.property("n", "Number of updates.", get: { (u: UpdateMatrix) in u.count })
  type.property("d", "Length of an update.", get: { (u: UpdateMatrix) in u.dimension })
  type.property("ids", "Client of each row.", get: { (u: UpdateMatrix) in u.clientIDs })
  type.property("samples", "Samples that each client says it has.", get: { (u: UpdateMatrix) in u.sampleCounts })
  type.property("tensor", "All rows as one tensor [n, d], without copying.", get: { (u: UpdateMatrix) in u.tensor })
  type.property("layers", "Names of the model's parameters, in the order of the columns.") { (u: UpdateMatrix) in
    u.sections.map(\.name)
  }
  type.length("Number of updates.") { (u: UpdateMatrix) in u.count }
  type.index(
    "Returns one update as a view [d], or nil beyond the last.", Parameter("row", "Position, from 1."),
    returns: "The update.",
    example: Example("print(fed.updates { {1, 2}, {3, 4} }[2])", prints: "Tensor [2] float32\n  3  4")
  ) { (u: UpdateMatrix, row: Int) in (1...u.count).contains(row) ? try u.row(row - 1) : nil }
  type.description { (u: UpdateMatrix) in
    let ids = u.clientIDs.prefix(12).map(String.init).joined(separator: ", ") + (u.count > 12 ? ", …" : "")
    return "\(u.count) updates of \(u.dimension) parameters, clients \(ids)"
  }
  type.addUpdatesLayers()
  type.addUpdatesRows()
  type.addUpdatesColumns()
  type.addUpdatesPieces()
  type.addUpdatesAlgebra()
  type.addUpdatesGeometry()
  type.addUpdatesSigns()
  type.addUpdatesAngles()
  type.addUpdatesNeighbors()
  type.addUpdatesDistances()
  type.addUpdatesSubsets()
  type.addUpdatesMeans()
  type.addUpdatesOrders()
  type.addUpdatesMixtures()
}

extension Tensor {
  /// What was measured of updates, `[n]` or `[n, k]`: float32 as other tensors are, or float64 where a number is too
  /// large or too small for it.
  static func measured(_ values: [Double], shape: [Int]? = nil) -> Tensor {
    let floats = values.map(Float.init)
    let fits = zip(values, floats).allSatisfy { $1.isFinite && ($0 == 0 || Swift.abs($1) >= .leastNormalMagnitude) }
    return fits ? Tensor(floats, shape: shape) : Tensor(values, shape: shape)
  }
}
