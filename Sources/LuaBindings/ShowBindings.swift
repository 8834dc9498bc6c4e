public import Federation
public import LuaRuntime
public import Tensors

/// How `fed.show` lays a value out.
private struct ShowOptions: LuaOptions {
  var width: Int?
  var depth = 4
  var items = 50
  var color: Bool?
  var image = false

  static let fields = Fields<ShowOptions> { field in
    field.option("width", \.width, "Columns to use; those of the terminal without it.", check: .ifGiven(.atLeast(20)))
    field.option("depth", \.depth, "How many tables inside of each other are shown.", check: .atLeast(1))
    field.option(
      "items", \.items, "Entries of a table that are shown; four times as many numbers.", check: .atLeast(1))
    field.option("color", \.color, "Whether to use colors; only on a terminal without it.")
    field.option(
      "image", \.image,
      "Whether a tensor is shown as a picture: [h, w], [c, h, w] or [b, c, h, w] with 1 or 3 channels from 0 to 1.")
  }

  func text(_ value: LuaValue, _ state: LuaState) throws -> String {
    let columns = width ?? Terminal.width, colors = color ?? Terminal.usesColor
    if image {
      guard let tensor = value.as(Tensor.self) else {
        throw LuaFailure("image = true shows a tensor, got \(value.typeName)")
      }
      return try HalfBlocks(tensor).text(width: columns, colors: colors)
    }
    var inspector = Inspector(state: state)
    (inspector.lineWidth, inspector.maximumDepth, inspector.maximumItems) = (columns, depth, items)
    if colors { inspector.useColors() }
    return inspector.text(of: value)
  }
}

extension ModuleBuilder {
  /// Declares how values are shown to a person, as the prompt does.
  mutating func addShowing() {
    function(
      "show",
      "Prints a value as the prompt shows it: tensors by the width of the terminal, tables sorted, lists of records "
        + "and columns as tables of one line an entry.", .caller, Parameter("value", "Anything."),
      Parameter("options", "How to lay it out."),
      example: Example(
        "fed.show({ { id = 1, norm = 0.5 }, { id = 2, norm = 1.25 } })",
        prints: "id     norm\n 1  0.50000\n 2   1.2500")
    ) { (caller: LuaCaller, value: LuaValue, options: ShowOptions) -> Nothing in
      let print: LuaFunction = try caller.state.evaluate("return print")
      try print.run(try options.text(value, caller.state))
      return Nothing()
    }
    function(
      "pretty", "Returns the text that `fed.show` prints.", .caller, Parameter("value", "Anything."),
      Parameter("options", "How to lay it out."), returns: "The text.",
      example: Example("print(fed.pretty({ b = 1, a = { 2, 3 } }))", prints: "{ a = { 2, 3 }, b = 1 }")
    ) { (caller: LuaCaller, value: LuaValue, options: ShowOptions) in try options.text(value, caller.state) }
    function(
      "terminal_width", "Returns how many columns the terminal has; 80 where there is none.", returns: "Columns.",
      example: Example("print(fed.terminal_width() >= 20)", prints: "true")
    ) { () in Terminal.width }
  }
}

extension Tensor: LuaShown {
  /// As many columns as the screen takes.
  public func shown(width: Int) throws -> String { TensorText(self, width: width).text }
}

extension UpdateMatrix: LuaShown {
  /// A line a client: its norm, and its angle to the mean.
  public func shown(width: Int) throws -> String {
    let most = 50, rows = Array(0..<min(count, most))
    let mean = try tensor.mean(axes: [0]), length = try mean.norm().values[0]
    let vectors = try rows.map { try tensor.select(axis: 0, $0) }, norms = try vectors.map { try $0.norm().values[0] }
    let cosines = try zip(vectors, norms).map { try $0.dot(mean).values[0] / max(.leastNormalMagnitude, $1 * length) }
    return "\(count) updates of \(dimension) parameters\n"
      + TextTable.text(
        [
          ("client", clientIDs.prefix(most).map(String.init)), ("norm", norms.map { TextTable.number($0) }),
          ("cosine_to_mean", cosines.map { TextTable.number($0) }),
        ], width: width, hiddenRows: max(0, count - most))
  }
}

extension History: LuaShown {
  /// A line a round.
  public func shown(width: Int) throws -> String {
    if records.isEmpty { return "no rounds yet" }
    let measured: [(String, (RoundRecord) -> Double?)] = [
      ("accuracy", { $0.accuracy }), ("loss", { $0.loss }), ("training_loss", { $0.trainingLoss }),
      ("update_norm", { $0.updateNorm }), ("seconds", { $0.seconds }),
    ]
    let columns = measured.map { name, value in (name, records.map { value($0).map { TextTable.number($0) } ?? "" }) }
    return TextTable.text(
      [("round", records.map { String($0.number) })] + columns.filter { $0.1.contains { !$0.isEmpty } }, width: width)
  }
}
