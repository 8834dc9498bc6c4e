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

  static let fields = Fields<UpdatesOptions> { field in
    field.option("ids", \.ids, "Client of each row; 1 to n without it.")
    field.option("samples", \.samples, "Samples of each client; 1 each without it.")
  }
}

extension ModuleBuilder {
  mutating func addUpdates() {
    function(
      "updates", "Makes a matrix of updates by hand, one update a row.",
      Parameter("rows", "A table of rows, or a tensor [n, d]."), Parameter("options", "Who sent them."),
      returns: "The updates, as a rule sees them.",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 4}, {5, 6} })", prints: "3 updates of 2 parameters, clients 1, 2, 3")
    ) { (rows: UpdatesArgument, options: UpdatesOptions) in
      try UpdateMatrix(
        rows.updates.tensor, clientIDs: options.ids ?? rows.updates.clientIDs,
        sampleCounts: options.samples ?? rows.updates.sampleCounts, sections: rows.updates.sections)
    }
  }
}

/// What a rule sees of a round's updates. Positions of rows count from 1.
let updatesClass = ClassBindings(
  UpdateMatrix.self, "The updates of one round: n rows of d numbers, local minus global parameters, and who sent them."
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
  type.addUpdatesParts()
  type.addUpdatesGeometry()
  type.addUpdatesMeans()
}

extension ClassBuilder where Object == UpdateMatrix {
  fileprivate mutating func addUpdatesParts() {
    method(
      "layer", "Returns the columns of one parameter of the model, without copying.",
      Parameter("name", "Name of the parameter, such as `0.weight`."), returns: "The updates of that parameter.",
      errors: ["There is no parameter of this name."],
      example: Example(
        """
        local run = fed.simulation {
          clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 1,
          model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
          defense = function(round, updates)
            print(updates.layers[1], updates:layer("1.weight"))
            return updates:mean()
          end,
        }
        run:next_round()
        """, prints: "1.weight\t2 updates of 8 parameters, clients 1, 2")
    ) { (u: UpdateMatrix, name: String) in try u.layer(name) }
    method(
      "select", "Copies some rows.", Parameter("rows", "Positions, from 1."), returns: "The updates of these clients.",
      example: Example("print(fed.updates { {1}, {2}, {3} }:select { 3, 1 }.ids[1])", prints: "3")
    ) { (u: UpdateMatrix, rows: [Int]) in
      if let bad = rows.first(where: { !(1...u.count).contains($0) }) {
        throw LuaFailure("row \(bad) does not exist; 1 to \(u.count) is allowed")
      }
      return try u.selecting(rows.map { $0 - 1 })
    }
    method(
      "clip", "Copies the updates, those longer than a bound shortened to it.",
      Parameter("norm", "Largest norm an update keeps.", check: .above(0)), returns: "The updates.",
      example: Example(
        "print(fed.updates { {3, 4}, {0, 1} }:clip(1).tensor)",
        prints: "Tensor [2, 2] float32\n  0.6000  0.8000\n  0.0000  1.0000")
    ) { (u: UpdateMatrix, norm: Double) in try u.clipped(to: norm) }
  }

  fileprivate mutating func addUpdatesGeometry() {
    method(
      "norms", "Returns the Euclidean norm of each update.", returns: "Tensor [n].",
      example: Example("print(fed.updates { {3, 4}, {0, 1} }:norms())", prints: "Tensor [2] float32\n  5  1")
    ) { (u: UpdateMatrix) in Tensor(try u.geometry(for: "norms").norms.map(Float.init)) }
    addTable("gram", "Returns the inner products of all pairs.", "   5   0\n   0  20") { $0.gram }
    addTable("squared_distances", "Returns the squared Euclidean distances of all pairs.", "   0  25\n  25   0") {
      $0.squaredDistances
    }
    addTable("cosines", "Returns the cosines of the angles of all pairs; 0 where an update is zero.", "  1  0\n  0  1")
    { $0.cosines }
    method(
      "cosine", "Returns the cosine of the angle of each update to a vector; 0 where one of them is zero.",
      Parameter("vector", "A vector [d], such as the root update."), returns: "Tensor [n].",
      example: Example(
        "print(fed.updates { {3, 4}, {0, -1} }:cosine { 0, 2 })", prints: "Tensor [2] float32\n   0.8000  -1.0000")
    ) { (u: UpdateMatrix, vector: TensorArgument) in Tensor(try u.cosines(to: vector.tensor()).map(Float.init)) }
    method(
      "dot", "Returns the inner product of each update with a vector.", Parameter("vector", "A vector [d]."),
      returns: "Tensor [n].",
      example: Example("print(fed.updates { {3, 4}, {0, -1} }:dot { 0, 2 })", prints: "Tensor [2] float32\n   8  -2")
    ) { (u: UpdateMatrix, vector: TensorArgument) in
      Tensor(try u.products(with: vector.tensor(), for: "dot").map(Float.init))
    }
  }

  /// A method that returns an n x n table of the round's geometry.
  private mutating func addTable(
    _ name: String, _ sentence: String, _ output: String, _ values: @escaping @Sendable (RoundGeometry) -> [Double]
  ) {
    method(
      name, sentence, returns: "Tensor [n, n].",
      example: Example("print(fed.updates { {1, 2}, {4, -2} }:\(name)())", prints: "Tensor [2, 2] float32\n\(output)")
    ) { (u: UpdateMatrix) in
      Tensor(values(try u.geometry(for: name)).map(Float.init), shape: [u.count, u.count])
    }
  }

  fileprivate mutating func addUpdatesMeans() {
    method(
      "mean", "Averages the updates, each client counting once.", returns: "An update [d].",
      example: Example("print(fed.updates { {1, 2}, {3, 6} }:mean())", prints: "Tensor [2] float32\n  2  4")
    ) { (u: UpdateMatrix) in try Mean()(u) }
    method(
      "weighted_mean", "Averages the updates; weights need not sum to 1.",
      Parameter("weights", "A table read by client id or a tensor read by row; without it, the sample counts."),
      returns: "An update [d].",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 6} }:weighted_mean { 3, 1 })", prints: "Tensor [2] float32\n  1.5000  3.0000")
    ) { (u: UpdateMatrix, weights: WeightsArgument?) in
      try WeightedMean()(u, weights: weights?.values(for: u.clientIDs))
    }
    method(
      "weighted_sum", "Adds the updates, each times its factor, of any sign.",
      Parameter("factors", "A table read by client id or a tensor read by row."), returns: "A vector [d].",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 6} }:weighted_sum { 2, -1 })", prints: "Tensor [2] float32\n  -1  -2")
    ) { (u: UpdateMatrix, factors: WeightsArgument) in
      try u.requireFinite("weighted_sum")
      return try u.weightedSum(factors.values(for: u.clientIDs))
    }
    method(
      "median", "Takes the median of each coordinate.", returns: "An update [d].",
      example: Example("print(fed.updates { {1, 2}, {3, 6}, {90, -9} }:median())", prints: "Tensor [2] float32\n  3  2")
    ) { (u: UpdateMatrix) in try CoordinateMedian()(u) }
  }
}
