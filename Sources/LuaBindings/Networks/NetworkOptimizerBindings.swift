import LuaRuntime
import Networks
import Tensors

/// An optimizer as scripts hold it: its numbers, without memory of any model.
final class LuaOptimizer: LuaObject {
  static let luaClass = LuaClass("Optimizer", keepsOrigin: true)

  let optimizer: any Optimizer
  let summary: String

  init(_ optimizer: any Optimizer, _ summary: String) {
    self.optimizer = optimizer
    self.summary = summary
  }
}

/// An optimizer at work on one model.
final class LuaTrainer: LuaObject {
  static let luaClass = LuaClass("Trainer", keepsOrigin: true)

  let optimizer: any Optimizer
  let model: Model
  let state: OptimizerState

  init(_ optimizer: any Optimizer, _ model: Model) throws {
    self.optimizer = optimizer
    self.model = model
    state = try optimizer.makeState(for: model)
  }

  var luaByteCount: Int { state.vectors.reduce(0) { $0 + $1.byteCount } }
}

/// How a learning rate changes with the steps taken.
final class LuaLearningRate: LuaObject {
  static let luaClass = LuaClass("LearningRate", keepsOrigin: true)

  let schedule: LearningRateSchedule

  init(_ schedule: LearningRateSchedule) throws {
    try schedule.validate()
    self.schedule = schedule
  }
}

/// A model whose weights follow another's slowly.
final class LuaAverage: LuaObject {
  static let luaClass = LuaClass("MovingAverage")

  let average: ExponentialMovingAverage

  init(_ average: ExponentialMovingAverage) { self.average = average }
}

// MARK: Options

private struct SGDOptions: LuaOptions {
  @Required var lr: Double
  var momentum = 0.0
  var nesterov = false
  var weightDecay = 0.0
  var schedule: LuaLearningRate?
  var clipNorm: Double?
  var clipValue: Double?

  static let fields = Fields<SGDOptions> { field in
    field.required("lr", \.$lr, "Learning rate.")
    field.option("momentum", \.momentum, "Share of the last velocity that is kept.")
    field.option("nesterov", \.nesterov, "Whether to step along the gradient ahead.")
    field.option("weight_decay", \.weightDecay, "Added to the gradient, times the weights.")
    field.option("schedule", \.schedule, "How the rate changes with the steps taken.")
    field.option("clip_norm", \.clipNorm, "Largest L2 norm of the gradient.")
    field.option("clip_value", \.clipValue, "Largest size of a coordinate of the gradient.")
  }
}

private struct AdamOptions: LuaOptions {
  var lr = 1e-3
  var beta1 = 0.9
  var beta2 = 0.999
  var epsilon = 1e-8
  var weightDecay = 0.0
  var schedule: LuaLearningRate?
  var clipNorm: Double?
  var clipValue: Double?

  /// Those of `adamw`.
  static var decoupled: AdamOptions {
    var options = AdamOptions()
    options.weightDecay = 0.01
    return options
  }

  static let fields = Fields<AdamOptions> { field in
    field.option("lr", \.lr, "Learning rate.")
    field.option("beta1", \.beta1, "Share of the old mean of gradients that is kept.")
    field.option("beta2", \.beta2, "Share of the old mean of squared gradients that is kept.")
    field.option("epsilon", \.epsilon, "Added to the root of the mean of squares.")
    field.option("weight_decay", \.weightDecay, "Decay of the weights.")
    field.option("schedule", \.schedule, "How the rate changes with the steps taken.")
    field.option("clip_norm", \.clipNorm, "Largest L2 norm of the gradient.")
    field.option("clip_value", \.clipValue, "Largest size of a coordinate of the gradient.")
  }
}

private func clipping(_ norm: Double?, _ value: Double?) throws -> GradientClipping? {
  if norm != nil, value != nil { throw LuaFailure("clip_norm and clip_value exclude each other; give one") }
  for (name, limit) in [("clip_norm", norm), ("clip_value", value)] {
    guard let limit, !(limit > 0) else { continue }
    throw LuaFailure("option '\(name)' = \(limit) is not allowed; it must be above 0")
  }
  return norm.map { .norm($0) } ?? value.map { .value($0) }
}

private func adam(_ o: AdamOptions, decoupled: Bool) throws -> LuaOptimizer {
  let optimizer = try Adam(
    learningRate: o.lr, beta1: o.beta1, beta2: o.beta2, epsilon: o.epsilon,
    weightDecay: o.weightDecay, isDecoupled: decoupled,
    schedule: o.schedule?.schedule ?? .constant, clipping: clipping(o.clipNorm, o.clipValue))
  return LuaOptimizer(optimizer, "\(decoupled ? "adamw" : "adam") { lr = \(o.lr) }")
}

private struct StepOptions: LuaOptions {
  @Required var every: Int
  var factor = 0.1

  static let fields = Fields<StepOptions> { field in
    field.required("every", \.$every, "Steps between changes.")
    field.option("factor", \.factor, "What the rate is multiplied by at each change.")
  }
}

private struct CosineOptions: LuaOptions {
  @Required var steps: Int
  var minimum = 0.0

  static let fields = Fields<CosineOptions> { field in
    field.required("steps", \.$steps, "Steps until the minimum.")
    field.option("minimum", \.minimum, "Share of the rate at the end.")
  }
}

private struct WarmUpOptions: LuaOptions {
  @Required var steps: Int
  var after: LuaLearningRate?

  static let fields = Fields<WarmUpOptions> { field in
    field.required("steps", \.$steps, "Steps until the full rate.")
    field.option("after", \.after, "What follows; the full rate by default.")
  }
}

private struct AverageOptions: LuaOptions {
  var decay = 0.999

  static let fields = Fields<AverageOptions> { field in
    field.option("decay", \.decay, "Share of the old average that stays at each update.")
  }
}

// MARK: Classes

private let optimizerClass = ClassBindings(LuaOptimizer.self, "A rule that changes parameters along a gradient.") {
  type in
  type.method(
    "on", "Starts work on a model, with empty memory.", Parameter("model", "The model to change."),
    returns: "The optimizer at work.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1, bias = false })
      local sgd = fed.optim.sgd { lr = 0.1 }:on(model)
      local x = fed.tensor { {1}, {2} }
      for _ = 1, 60 do
        model:backward((model(x) - 3 * x):square():mean())
        sgd:step()
      end
      print(("%.3f"):format(model.parameters[1]))
      """, prints: "3.000")
  ) { (optimizer: LuaOptimizer, model: Model) in try LuaTrainer(optimizer.optimizer, model) }
  type.description { (optimizer: LuaOptimizer) in optimizer.summary }
}

private let trainerClass = ClassBindings(LuaTrainer.self, "An optimizer at work on one model.") { type in
  type.method(
    "step", "Changes the model along the gradient of its last `backward`.",
    returns: "The learning rate of the next step.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })
      local schedule = fed.optim.step_decay { every = 2, factor = 0.5 }
      local sgd = fed.optim.sgd { lr = 1, schedule = schedule }:on(model)
      model:backward(model(fed.ones { 1, 1 }):sum())
      print(sgd:step(), sgd:step())
      """, prints: "1.0\t0.5")
  ) { (trainer: LuaTrainer) in
    try trainer.optimizer.step(trainer.model, trainer.state)
    return trainer.learningRate
  }
  declareFitting(&type)
  type.property(
    "lr", "Learning rate of the next step.",
    example: Example(
      "print(fed.optim.sgd { lr = 0.5 }:on(fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })).lr)", prints: "0.5")
  ) { (trainer: LuaTrainer) in trainer.learningRate }
  type.property(
    "steps", "Steps taken.",
    example: Example(
      "print(fed.optim.adam():on(fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })).steps)", prints: "0")
  ) { (trainer: LuaTrainer) in trainer.state.stepCount }
  type.method(
    "reset", "Forgets everything, as at the first step.", returns: "The trainer itself.",
    example: Example(
      "print(fed.optim.adam():on(fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })):reset().steps)", prints: "0")
  ) { (trainer: LuaTrainer) in
    try trainer.state.reset()
    return trainer
  }
  type.description { (trainer: LuaTrainer) in "Trainer(\(trainer.state.stepCount) steps)" }
}

extension LuaTrainer {
  fileprivate var learningRate: Double {
    optimizer.learningRate * optimizer.schedule.factor(afterSteps: state.stepCount)
  }
}

private let learningRateClass = ClassBindings(LuaLearningRate.self, "How a learning rate changes with the steps taken.")
{ type in
  type.method(
    "factor", "Returns what the rate is multiplied by after some steps.",
    Parameter("steps", "Steps taken.", check: .atLeast(0)),
    returns: "The factor.",
    example: Example("print(fed.optim.step_decay { every = 10, factor = 0.5 }:factor(25))", prints: "0.25")
  ) { (rate: LuaLearningRate, steps: Int) in rate.schedule.factor(afterSteps: steps) }
  type.description { (rate: LuaLearningRate) in "LearningRate \(rate.schedule.words)" }
}

extension LearningRateSchedule {
  /// The schedule as a script would make it.
  fileprivate var words: String {
    switch self {
    case .constant: "constant"
    case .step(let every, let factor): "step_decay { every = \(every), factor = \(factor) }"
    case .cosine(let steps, let minimum): "cosine { steps = \(steps), minimum = \(minimum) }"
    case .warmUp(let steps, let next): "warm_up { steps = \(steps), after = \(next.words) }"
    }
  }
}

private let averageClass = ClassBindings(LuaAverage.self, "A model whose weights follow another's slowly.") { type in
  type.method(
    "update", "Moves the average towards the model's present values.", Parameter("model", "The model followed."),
    returns: "The average itself.",
    example: Example(
      """
      local model = fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })
      model.parameters:fill_(0)
      local average = fed.optim.ema(model, { decay = 0.75 })
      model.parameters:fill_(4)
      print(average:update(model).model.parameters[1])
      """, prints: "1.0")
  ) { (average: LuaAverage, model: Model) in
    try average.average.update(from: model)
    return average
  }
  type.property(
    "model", "The model with the averaged weights.",
    example: Example(
      "print(fed.optim.ema(fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 })).model.parameter_count)", prints: "2"
    )
  ) { (average: LuaAverage) in average.average.average }
}

/// `fed.optim`: optimizers and what goes with them.
let networkOptimizerBindings = BindingModule(
  "fed.optim", "Optimizers, learning-rate schedules and averages of weights.",
  classes: [optimizerClass, trainerClass, learningRateClass, averageClass]
) { module in
  declareOptimizers(&module)
  declareSchedules(&module)
  module.function(
    "ema", "Starts an exponential moving average of a model's weights.", Parameter("model", "The model to follow."),
    Parameter("options", "The decay."), returns: "The average, equal to the model at first.",
    source: "Polyak and Juditsky, SIAM J. Control Optim. 30 (1992)",
    example: Example(
      "print(fed.optim.ema(fed.nn.model(fed.nn.linear { inputs = 1, outputs = 1 }), { decay = 0.9 }).model.parameter_count)",
      prints: "2")
  ) { (model: Model, o: AverageOptions) in LuaAverage(try ExponentialMovingAverage(of: model, decay: o.decay)) }
}

private func declareOptimizers(_ module: inout ModuleBuilder) {
  module.function(
    "sgd", "Stochastic gradient descent, with momentum as PyTorch defines it.", Parameter("options", "Its numbers."),
    returns: "The optimizer.",
    source: "Sutskever et al., ICML 2013, https://proceedings.mlr.press/v28/sutskever13.html",
    example: Example("print(fed.optim.sgd { lr = 0.05, momentum = 0.9 })", prints: "sgd { lr = 0.05, momentum = 0.9 }")
  ) { (o: SGDOptions) in
    let optimizer = try SGD(
      learningRate: o.lr, momentum: o.momentum, weightDecay: o.weightDecay, isNesterov: o.nesterov,
      schedule: o.schedule?.schedule ?? .constant, clipping: clipping(o.clipNorm, o.clipValue))
    return LuaOptimizer(optimizer, "sgd { lr = \(o.lr)\(o.momentum > 0 ? ", momentum = \(o.momentum)" : "") }")
  }
  module.function(
    "adam", "Steps of a size that adapts to each coordinate.", Parameter("options", "Its numbers."),
    returns: "The optimizer.", source: "Kingma and Ba, ICLR 2015, https://arxiv.org/abs/1412.6980, algorithm 1",
    example: Example("print(fed.optim.adam { lr = 0.01 })", prints: "adam { lr = 0.01 }")
  ) { (o: AdamOptions) in try adam(o, decoupled: false) }
  module.function(
    "adamw", "Adam with a decay of the weights that the gradient's size does not scale.",
    Parameter("options", "Its numbers.", defaults: .decoupled), returns: "The optimizer.",
    source: "Loshchilov and Hutter, ICLR 2019, https://arxiv.org/abs/1711.05101, algorithm 2",
    example: Example("print(fed.optim.adamw())", prints: "adamw { lr = 0.001 }")
  ) { (o: AdamOptions) in try adam(o, decoupled: true) }
}

private func declareSchedules(_ module: inout ModuleBuilder) {
  module.function(
    "step_decay", "Multiplies the rate after every so many steps.", Parameter("options", "Its numbers."),
    returns: "The schedule.",
    example: Example("print(fed.optim.step_decay { every = 2 }:factor(3))", prints: "0.1")
  ) { (o: StepOptions) in try LuaLearningRate(.step(every: o.every, factor: o.factor)) }
  module.function(
    "cosine", "Lowers the rate along half a cosine.", Parameter("options", "Its numbers."), returns: "The schedule.",
    source: "Loshchilov and Hutter, ICLR 2017, https://arxiv.org/abs/1608.03983, equation 5",
    example: Example("print(('%.2f'):format(fed.optim.cosine { steps = 10 }:factor(5)))", prints: "0.50")
  ) { (o: CosineOptions) in try LuaLearningRate(.cosine(steps: o.steps, minimum: o.minimum)) }
  module.function(
    "warm_up", "Raises the rate from near 0 in equal stages, then follows another schedule.",
    Parameter("options", "Its numbers."), returns: "The schedule.",
    example: Example(
      "print(fed.optim.warm_up { steps = 4, after = fed.optim.step_decay { every = 1, factor = 0.5 } }:factor(5))",
      prints: "0.5")
  ) { (o: WarmUpOptions) in try LuaLearningRate(.warmUp(steps: o.steps, then: o.after?.schedule ?? .constant)) }
}
