import LuaRuntime
import Networks
import Tensors

/// A Lua function of a model, a batch and random draws that gives a loss.
struct LuaObjective: Objective {
  let function: LuaFunction
  let key: ObjectiveKey
  var isConfinedToOneThread: Bool { true }

  init(_ function: LuaFunction) {
    self.function = function
    key = ObjectiveKey("script", identity: function.identity)
  }

  func callAsFunction(_ run: ObjectiveRun) throws -> ObjectiveValue {
    guard function.isOnItsThread else { throw NetworkError.elsewhere(what: "the loss") }
    Trace.locate { function.runningLocation }
    let batch = LuaRecord(run.batch.tensors.map { ($0.name, $0.tensor as any LuaWritable) })
    let results = try RunningModule.$current.withValue(RunningModule(context: run.context, model: run.model)) {
      try function.results(of: run.model, batch, LuaDraws(run.draws))
    }
    guard let loss = results.first?.as(Tensor.self) else {
      throw LuaFailure(
        "a loss must be a tensor of one number; the function returned \(results.first?.typeName ?? "nothing")")
    }
    let others =
      try results.dropFirst().isEmpty ? LayerOutput([]) : LayerOutput(Array(results.dropFirst()), of: "the loss")
    return try ObjectiveValue(loss: loss.count == 1 ? loss.reshape([]) : loss, others: others)
  }
}

/// A batch as scripts give it: inputs, or a table of tensors by name.
struct BatchArgument: LuaReadable {
  static var luaType: String { "Tensor|number|table" }

  private let inputs: TensorArgument?
  private let named: LuaTable?

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> BatchArgument {
    if let table = try? LuaTable.read(frame, index), let first = try? table.entries().first,
      case .string = first.key
    {
      return BatchArgument(inputs: nil, named: table)
    }
    return BatchArgument(inputs: try TensorArgument.read(frame, index), named: nil)
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { TensorArgument.matches(frame, index) }

  func batch(_ type: ElementType, targets: Tensor?) throws -> ObjectiveBatch {
    if let inputs {
      guard let targets else { return ObjectiveBatch([("inputs", try inputs.tensor(type))]) }
      return ObjectiveBatch(inputs: try inputs.tensor(type), targets: targets)
    }
    var tensors: [(name: String, tensor: Tensor)] = try (named?.entries() ?? []).map { key, value in
      guard let tensor = value.as(Tensor.self) else {
        throw LuaFailure("the batch's '\(key)' is a \(value.typeName); a tensor is needed")
      }
      return ("\(key)", tensor)
    }
    if let targets { tensors.append(("labels", targets)) }
    // What the native losses read comes first.
    func rank(_ name: String) -> Int { name == "inputs" ? 0 : name == "labels" ? 1 : 2 }
    tensors.sort { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
    return ObjectiveBatch(tensors)
  }
}

/// A loss as scripts give it: a name, or a function.
struct LossArgument: LuaReadable, CustomStringConvertible, Sendable {
  static var luaType: String { "string|function" }

  let objective: any Objective
  let name: String

  init(_ loss: Loss) {
    objective = loss
    name = "cross_entropy"
  }

  var description: String { "\"\(name)\"" }

  static let names = ["cross_entropy", "mse", "binary_cross_entropy"]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LossArgument {
    if frame.kind(index) == .string {
      let name = try String.read(frame, index)
      switch name {
      case "cross_entropy": return LossArgument(Loss.crossEntropy(), name)
      case "mse": return LossArgument(Loss.meanSquaredError, name)
      case "binary_cross_entropy": return LossArgument(Loss.binaryCrossEntropy, name)
      default:
        throw LuaFailure(
          "= \"\(name)\" is not allowed; it must be \"cross_entropy\", \"mse\", \"binary_cross_entropy\" or a function")
      }
    }
    return LossArgument(LuaObjective(try LuaFunction.read(frame, index)), "function")
  }

  private init(_ objective: any Objective, _ name: String) {
    self.objective = objective
    self.name = name
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    frame.kind(index) == .string || LuaFunction.matches(frame, index)
  }

  /// The loss, with labels smoothed where it has labels.
  func smoothed(_ share: Double) throws -> any Objective {
    if share == 0 { return objective }
    guard case .crossEntropy? = objective as? Loss else {
      throw LuaFailure("label_smoothing = \(share) belongs to the loss \"cross_entropy\" alone; this one is \(name)")
    }
    return Loss.crossEntropy(labelSmoothing: share)
  }
}

/// Random tensors of an objective, as scripts hold them.
final class LuaDraws: LuaObject {
  static let luaClass = LuaClass("Draws")

  let draws: Draws

  init(_ draws: Draws) { self.draws = draws }
}

private struct DrawShape: LuaOptions {
  var sizes: [Int] = []

  static let fields = Fields<DrawShape> { $0.items("sizes", \.sizes, "Sizes of the axes, that of the batch first.") }
}

private struct UniformDraw: LuaOptions {
  var sizes: [Int] = []
  var low = 0.0
  var high = 1.0

  static let fields = Fields<UniformDraw> { field in
    field.items("sizes", \.sizes, "Sizes of the axes, that of the batch first.")
    field.option("low", \.low, "Lower bound.")
    field.option("high", \.high, "Upper bound.")
  }
}

private struct IntegerDraw: LuaOptions {
  var sizes: [Int] = []
  var low = 0
  @Required var high: Int

  static let fields = Fields<IntegerDraw> { field in
    field.items("sizes", \.sizes, "Sizes of the axes, that of the batch first.")
    field.option("low", \.low, "Smallest number.")
    field.required("high", \.$high, "Largest number.")
  }
}

private struct MaskDraw: LuaOptions {
  var sizes: [Int] = []
  var share = 0.5

  static let fields = Fields<MaskDraw> { field in
    field.items("sizes", \.sizes, "Sizes of the axes, that of the batch first.")
    field.option("share", \.share, "Share of ones in each row.", check: .within(0...1))
  }
}

let drawsClass = ClassBindings(
  LuaDraws.self,
  "Random tensors of a loss. Each row belongs to its sample: neither the batch around it nor the thread changes it."
) { type in
  func example(_ draw: String, prints output: String) -> Example {
    Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 2 }, { seed = 1 })
      local function loss(model, batch, draw)
        local x = \(draw)
        return (model(batch.inputs) * 0):sum() + x:to("float32"):mean()
      end
      local value = fed.optim.sgd { lr = 0.1 }:on(model):fit_batch(fed.ones { 50, 2 }, { 0 }, { loss = loss })
      \(output)
      """, prints: "true")
  }
  type.method(
    "normal", "Draws from the standard normal distribution.", Parameter("sizes", "Sizes, the batch first."),
    returns: "A float32 tensor.", example: example("draw:normal { 50, 20 }", prints: "print(math.abs(value) < 0.2)")
  ) { (draws: LuaDraws, o: DrawShape) in try draws.draws.normal(o.sizes) }
  type.method(
    "uniform", "Draws uniformly between two bounds.", Parameter("options", "Sizes, the batch first, and bounds."),
    returns: "A float32 tensor.",
    example: example("draw:uniform { 50, low = 2, high = 3 }", prints: "print(value > 2 and value < 3)")
  ) { (draws: LuaDraws, o: UniformDraw) in try draws.draws.uniform(o.sizes, lower: o.low, upper: o.high) }
  type.method(
    "integers", "Draws whole numbers uniformly, both bounds included.",
    Parameter("options", "Sizes, the batch first, and bounds."), returns: "An int64 tensor.",
    example: example("draw:integers { 50, low = 3, high = 3 }", prints: "print(value == 3)")
  ) { (draws: LuaDraws, o: IntegerDraw) in try draws.draws.integers(o.sizes, from: o.low, through: o.high) }
  type.method(
    "mask", "Draws ones and zeros: the same share of ones in each row, at random places.",
    Parameter("options", "Sizes, the batch first, and the share."), returns: "A float32 tensor.",
    example: example("draw:mask { 50, 8, share = 0.75 }", prints: "print(value == 0.75)")
  ) { (draws: LuaDraws, o: MaskDraw) in try draws.draws.mask(o.sizes, share: o.share) }
  type.method(
    "permutation", "Draws the numbers from 0 to n - 1 in random order for each row.",
    Parameter("sizes", "The batch, and n."), returns: "An int64 tensor.",
    example: example("draw:permutation { 50, 3 }", prints: "print(value == 1)")
  ) { (draws: LuaDraws, o: DrawShape) in try draws.draws.permutation(o.sizes) }
}
