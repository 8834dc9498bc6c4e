import Federation
import LuaRuntime
import Tensors

/// Which rows of updates: a tensor `[n]` whose numbers are not 0, or a table of booleans, row by row.
private struct RowMask: LuaReadable {
  static var luaType: String { "Tensor|boolean[]" }

  private let source: Either<Tensor, [Bool]>

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> RowMask {
    RowMask(source: try Either<Tensor, [Bool]>.read(frame, index))
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    Either<Tensor, [Bool]>.matches(frame, index)
  }

  func rows(of updates: UpdateMatrix) throws -> [Int] {
    let mask: [Bool]
    switch source {
    case .first(let tensor):
      guard tensor.shape == [updates.count] else {
        throw LuaFailure("a mask of shape \(tensor.shape) does not fit; [\(updates.count)] is needed")
      }
      mask = tensor.values.map { $0 != 0 }
    case .second(let flags):
      guard flags.count == updates.count else {
        throw LuaFailure(
          "a mask of \(flags.count) booleans does not fit; \(updates.count) are needed, one for each row")
      }
      mask = flags
    }
    guard mask.contains(true) else { throw LuaFailure("the mask leaves out every row; one or more are needed") }
    return mask.indices.filter { mask[$0] }
  }
}

/// Some columns: their positions in the array part, or how many to draw.
private struct ColumnOptions: LuaOptions {
  var positions: [Int] = []
  var count: Int?
  var stream: Stream?

  static let fields = Fields<ColumnOptions> { field in
    field.items("positions", \.positions, "Columns, from 1.")
    field.option("count", \.count, "How many to draw, each at most once; they keep their order.")
    field.option("stream", \.stream, "Where they are drawn from, such as `round.stream`.")
  }

  /// Positions from 0.
  func columns(of dimension: Int) throws -> [Int] {
    guard let count else {
      if stream != nil { throw LuaFailure("a stream is given without count; both are needed to draw columns") }
      return positions.map { $0 &- 1 }
    }
    guard positions.isEmpty, let stream else {
      throw LuaFailure("count needs a stream and no positions; such as { count = 100, stream = round.stream }")
    }
    guard (1...dimension).contains(count) else {
      throw LuaFailure("count = \(count) is not allowed; 1 to d = \(dimension) is allowed")
    }
    return stream.draw { $0.sample(count, of: dimension) }.sorted()
  }
}

private struct SplitOptions: LuaOptions {
  var parts = 2
  var stream: Stream?

  static let fields = Fields<SplitOptions> { field in
    field.option(
      "parts", \.parts, "How many parts; the first ones are a column longer where d leaves a rest.",
      check: .atLeast(1))
    field.option("stream", \.stream, "Shuffles the columns first, as `round.stream` does; as they lie without it.")
  }

  /// Positions from 0, part by part.
  func columns(of dimension: Int) throws -> [[Int]] {
    guard parts <= dimension else {
      throw LuaFailure("parts = \(parts) is not allowed; 1 to d = \(dimension) is allowed")
    }
    let order = stream.map { $0.draw { $0.shuffled(dimension) } } ?? Array(0..<dimension)
    let (width, rest) = dimension.quotientAndRemainder(dividingBy: parts)
    return (0..<parts).map { part in
      let start = part * width + min(part, rest)
      return Array(order[start..<start + width + (part < rest ? 1 : 0)])
    }
  }
}

private struct SketchOptions: LuaOptions {
  var size: Int?
  var seed: UInt64 = 0

  static let fields = Fields<SketchOptions> { field in
    field.required("size", \.size, "Numbers a row keeps.", check: .atLeast(1))
    field.option("seed", \.seed, "Sketches of one seed and size can be compared.")
  }
}

/// A run of two clients whose rule shows the layers of the updates.
private let layerRun = """
  local run = fed.simulation {
    clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 1,
    model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
    defense = function(round, updates)
  """

extension ClassBuilder where Object == UpdateMatrix {
  mutating func addUpdatesLayers() {
    method(
      "layer",
      "Returns the columns of one parameter of the model, without copying, or of several, copied side by side.",
      Parameter("name", "Name of the parameter, such as `0.weight`, or a list of names."),
      returns: "The updates of that parameter, numbers in the order of the vector.",
      errors: ["There is no parameter of this name."],
      example: Example(
        layerRun + """

              print(updates.layers[1], updates:layer("1.weight"))
              print(updates:layer { "1.bias", "1.weight" })
              return updates:mean()
            end,
          }
          run:next_round()
          """,
        prints: "1.weight\t2 updates of 8 parameters, clients 1, 2\n2 updates of 12 parameters, clients 1, 2")
    ) { (u: UpdateMatrix, name: Either<String, [String]>) in
      switch name {
      case .first(let name): try u.layer(name)
      case .second(let names): try u.layers(names)
      }
    }
    method(
      "parameter",
      "Shows the updates of one parameter in its own shape, as `Model:parameter` shows its values. In rows the numbers of a weight stand in another order, that of `Model:vector`: reshaping a row would mix them up.",
      Parameter("name", "Name of the parameter."), returns: "A view [n, …] of the rows.",
      errors: ["There is no parameter of this name."],
      example: Example(
        layerRun + """

              print(table.concat(updates:parameter("1.weight").shape, " "))
              return updates:mean()
            end,
          }
          run:next_round()
          """, prints: "2 4 2")
    ) { (u: UpdateMatrix, name: String) in try u.parameter(name) }
  }

  mutating func addUpdatesRows() {
    method(
      "select", "Copies some rows.", Parameter("rows", "Positions, from 1."), returns: "The updates of these clients.",
      example: Example("print(fed.updates { {1}, {2}, {3} }:select { 3, 1 }.ids[1])", prints: "3")
    ) { (u: UpdateMatrix, rows: [Int]) in
      if let bad = rows.first(where: { !(1...max(u.count, 1)).contains($0) }) {
        throw LuaFailure("row \(bad) does not exist; 1 to \(u.count) is allowed")
      }
      return try u.selecting(rows.map { $0 - 1 })
    }
    method(
      "select_where", "Copies the rows that a mask chooses.",
      Parameter("mask", "A tensor [n] whose numbers are not 0 for the rows to take, or a table of booleans by row."),
      returns: "The updates of these clients.", errors: ["The mask leaves out every row."],
      example: Example(
        "local updates = fed.updates { {3, 4}, {1, 0}, {0, 2} }\nprint(updates:select_where(updates:norms():le(2)))",
        prints: "2 updates of 2 parameters, clients 2, 3")
    ) { (u: UpdateMatrix, mask: RowMask) in try u.selecting(mask.rows(of: u)) }
    method(
      "with", "Gives the same clients other values.",
      Parameter("values", "A tensor [n, d]; with another d the result has no layers."), returns: "The updates.",
      example: Example(
        "local updates = fed.updates({ {1, 2}, {3, 4} }, { ids = { 4, 7 } })\nprint(updates:with(updates.tensor:abs()).ids[2])",
        prints: "7")
    ) { (u: UpdateMatrix, values: Tensor) in try u.with(values) }
  }

  mutating func addUpdatesColumns() {
    method(
      "columns", "Copies some columns: those named, or as many as asked for, drawn at random.",
      Parameter("columns", "Positions from 1, or count and stream."), returns: "The updates, without layers.",
      example: Example(
        """
        local updates = fed.updates { {1, 2, 3}, {4, 5, 6} }
        print(updates:columns { 3, 1 }.tensor)
        print(updates:columns { count = 2, stream = fed.stream { seed = 1 } }.d)
        """, prints: "Tensor [2, 2] float32\n  3  1\n  6  4\n2")
    ) { (u: UpdateMatrix, options: ColumnOptions) in try u.columns(options.columns(of: u.dimension)) }
    method(
      "sketch",
      "Shortens the rows so that inner products stay about what they were: each coordinate is added, with a random sign, to one of `size` sums (count sketch). The error of a product is about √(2 / size) times both norms.",
      Parameter("options", "How long."), returns: "The sketches, updates [n, size] without layers.",
      source: "Charikar et al., TCS 2004, https://doi.org/10.1016/S0304-3975(03)00400-6",
      example: Example(
        """
        local updates = fed.updates(fed.randn { 2, 10000, seed = 1 })
        local sketches = updates:sketch { size = 1000, seed = 5 }
        print(sketches.d, math.abs(sketches:cosines()[{ 1, 2 }] - updates:cosines()[{ 1, 2 }]) < 0.2)
        """, prints: "1000\ttrue")
    ) { (u: UpdateMatrix, options: SketchOptions) in try u.sketch(size: options.size ?? 1, seed: options.seed) }
  }

  mutating func addUpdatesPieces() {
    method(
      "split", "Copies the columns into parts of about equal width, for rules that judge updates piece by piece.",
      Parameter("options", "How many, and in which order."), returns: "A list of updates, without layers.",
      example: Example(
        """
        local parts = fed.updates { {1, 2, 3}, {4, 5, 6} }:split { parts = 2 }
        print(#parts, parts[1].tensor)
        """, prints: "2\tTensor [2, 2] float32\n  1  2\n  4  5")
    ) { (u: UpdateMatrix, options: SplitOptions) in
      try options.columns(of: u.dimension).map { try u.columns($0) }
    }
    method(
      "largest", "Keeps of each update the numbers that are largest in size and makes the others 0.",
      Parameter(
        "count", "How many an update keeps, from 1 to d; of equally large ones, the first.", check: .atLeast(1)),
      returns: "The updates.",
      example: Example(
        "print(fed.updates { {3, -4, 1}, {2, 2, 2} }:largest(2).tensor)",
        prints: "Tensor [2, 3] float32\n   3  -4   0\n   2   2   0")
    ) { (u: UpdateMatrix, count: Int) in try u.largest(count) }
  }
}
