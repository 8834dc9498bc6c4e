public import LuaRuntime
import Networks
public import Tensors

extension Plan: LuaObject {
  public static let luaClass = LuaClass("Plan")

  public var luaByteCount: Int { byteCount }
}

private struct PlanOptions: LuaOptions {
  var train = false
  var labelSmoothing = 0.0

  static let fields = Fields<PlanOptions> { field in
    field.option(
      "train", \.train, "Whether loss and gradient of a training step are planned, and not the output alone.")
    field.option(
      "label_smoothing", \.labelSmoothing, "Share of the target spread over all classes.", check: .within(0...1))
  }
}

private let planClass = ClassBindings(Plan.self, "How a model runs on one shape of batch: groups of operations.") {
  type in
  type.method(
    "print", "Prints the groups with their cost.", .caller, returns: "The plan itself.",
    example: Example(
      """
      local model = fed.models.mlp { inputs = 64, hidden = { 64 }, classes = 2 }
      fed.plan(model, { 256, 64 }):print()
      """,
      prints: """
        Plan for [256, 64], evaluation: 2 groups, 2 steps, 2.16 MFLOP, 0.20 MiB of memory (0.26 without sharing)
        group          output     forward MFLOP  backward MFLOP  MiB moved  at MiB
        linear + relu  [256, 64]           2.10            0.00       0.19    0.13
        linear         [256, 2]            0.07            0.00       0.06    0.06
        """)
  ) { (plan: Plan, caller: LuaCaller) in
    let print: LuaFunction = try caller.state.evaluate("return print")
    try print.run(plan.table)
    return plan
  }
  type.property(
    "bytes", "Bytes of memory that all steps share.",
    example: Example("print(fed.plan(fed.models.mlp { inputs = 4, classes = 2 }, { 1, 4 }).bytes > 0)", prints: "true")
  ) { (plan: Plan) in plan.byteCount }
  type.description { (plan: Plan) in plan.table }
}

/// `fed.plan`: what the runs of a model are made of.
let planBindings = BindingModule("fed", "Plans of models.", classes: [planClass]) { module in
  module.function(
    "plan",
    "Shows how a model runs on batches of one shape: which operations are joined, what they cost, where they lie.",
    Parameter("model", "The model."), Parameter("shape", "Shape of the batch, the number of samples first."),
    Parameter("options", "What is planned."),
    returns:
      "The plan; nil and a message for a model that runs operation by operation, as one with a `forward` in Lua.",
    example: Example(
      """
      local model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }
      print(tostring(fed.plan(model, { 32, 1, 28, 28 }, { train = true })):match("training"))
      """, prints: "training")
  ) { (model: Model, shape: [Int], options: PlanOptions) -> Fallible<Plan> in
    let loss = options.train ? Loss.crossEntropy(labelSmoothing: options.labelSmoothing) : nil
    guard let plan = try model.plan(shape: shape, loss: loss) else {
      return .failure("there is no plan of this model for batches of shape \(shape): it runs operation by operation")
    }
    return .value(plan)
  }
}
