public import LuaRuntime
import Networks
public import Tensors

extension Plan: LuaObject {
  public static let luaClass = LuaClass("Plan")

  public var luaByteCount: Int { byteCount }
}

private struct PlanOptions: LuaOptions {
  var train = false
  var loss: LossArgument?
  var labelSmoothing = 0.0
  var targets: [Int]?

  static let fields = Fields<PlanOptions> { field in
    field.option(
      "train", \.train, "Whether loss and gradient of a training step are planned, and not the output alone.")
    field.option(
      "loss", \.loss, "What training makes small, as for `fit_batch`; cross-entropy without it. Implies `train`.")
    field.option(
      "label_smoothing", \.labelSmoothing, "Share of the target spread over all classes.", check: .within(0...1))
    field.option("targets", \.targets, "Shape of targets that are no labels; that of the output for \"mse\".")
  }

  var isTraining: Bool { train || loss != nil }

  /// A batch of the shapes that training would meet.
  func batch(_ inputs: Tensor, _ model: Model) throws -> ObjectiveBatch {
    let isLabeled = targets == nil && !["mse", "binary_cross_entropy"].contains(loss?.name)
    if isLabeled {
      return ObjectiveBatch(
        inputs: inputs, targets: Tensor(labels: Array(repeating: 0, count: inputs.shape.first ?? 0)))
    }
    let shape = try targets ?? model.evaluate([inputs]).single().shape
    return ObjectiveBatch(inputs: inputs, targets: try .zeros(shape))
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
      "The plan; nil and what stands in the way, with the script's line, for a model that runs operation by operation.",
    example: Example(
      """
      local model = fed.models.cnn { input = { 1, 28, 28 }, classes = 10 }
      print(tostring(fed.plan(model, { 32, 1, 28, 28 }, { train = true })):match("training"))
      """, prints: "training")
  ) { (model: Model, shape: [Int], options: PlanOptions) -> Fallible<Plan> in
    let inputs = try Tensor.zeros(shape)
    let plan: Plan?, obstacle: String?
    if options.isTraining {
      let loss = try (options.loss ?? LossArgument(.crossEntropy())).smoothed(options.labelSmoothing)
      let batch = try options.batch(inputs, model)
      (obstacle, plan) = (try model.prepareTraining(loss, batch), try model.plan(of: loss, batch))
    } else {
      (obstacle, plan) = (try model.prepareEvaluation([inputs]), try model.plan(of: [inputs]))
    }
    if let plan { return .value(plan) }
    return .failure(
      "there is no plan of this model for batches of shape \(shape), it runs operation by operation: "
        + (obstacle ?? "its numbers are no float32"))
  }
  module.function(
    "with_plans", "Calls a function with plans on or off: off, every model runs operation by operation on the tape.",
    Parameter("on", "Whether models run by plans where they can."),
    Parameter("body", "The function; it takes nothing."),
    returns: "What the function returns.",
    example: Example(
      """
      local model = fed.models.mlp { inputs = 2, classes = 2, seed = 1 }
      print(fed.with_plans(false, function() return model:predict(fed.zeros(1, 2)) end).shape[2])
      """, prints: "2")
  ) { (on: Bool, body: LuaFunction) in
    VariadicResults(try Model.$usesPlans.withValue(on) { try body.results() })
  }
}
