import LuaRuntime
import Networks
import Tensors

private struct ForwardOptions: LuaOptions {
  var training = false
  var seed: UInt64 = 0

  static let fields = Fields<ForwardOptions> { field in
    field.option("training", \.training, "Whether to normalize with the batch, update statistics and drop units.")
    field.option("seed", \.seed, "Seed of dropout.")
  }
}

private struct InputGradientOptions: LuaOptions {
  var loss = LossArgument(.crossEntropy())
  var seed: UInt64 = 0

  static let fields = Fields<InputGradientOptions> { field in
    field.option("loss", \.loss, "A name, or a function of (model, batch, draw), as for `fit_batch`.")
    field.option("seed", \.seed, "Seed of draws.")
  }
}

/// A model whose parameters are constants, in evaluation mode.
final class FrozenModel: LuaObject {
  static let luaClass = LuaClass("FrozenModel")

  let model: Model

  init(_ model: Model) { self.model = model }
}

let frozenModelClass = ClassBindings(
  FrozenModel.self, "A model in evaluation mode whose parameters take part in no gradient."
) { type in
  type.call(
    "Computes the output; gradients flow to the inputs alone.",
    Parameter("inputs", "Batch of inputs; several tensors for a model that takes several."),
    returns: "Batch of outputs, or a table of them.",
    example: Example(
      """
      local teacher = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1 }, { seed = 1 }):frozen()
      local x = fed.ones(1, 2):requires_grad()
      print(#teacher(x):sum():backward()[x])
      """, prints: "1")
  ) { (frozen: FrozenModel, inputs: Varargs<TensorArgument>) in
    let tensors = try inputs.values.map { try $0.tensor(frozen.model.elementType) }
    return LuaLayerOutput(try frozen.model.forward(tensors, tracksParameters: false))
  }
}

extension ClassBuilder where Object == Model {
  mutating func addRunning() {
    addCalls()
    addFrozen()
    addGradients()
    method(
      "reestimate_statistics", "Replaces running means and variances by their means over batches.",
      Parameter("batches", "Batches of inputs."), returns: "The model itself.",
      example: Example(
        """
        local model = fed.nn.model(fed.nn.batch_norm { channels = 1 })
        model:reestimate_statistics { fed.tensor { {1}, {3} }, fed.tensor { {5}, {7} } }
        print(model:parameter("running_mean")[1])
        """, prints: "4.0")
    ) { (model: Model, batches: [Tensor]) in
      try model.reestimateStatistics(over: batches)
      return model
    }
  }

  private mutating func addCalls() {
    call(
      "Computes the output in evaluation mode; fastest inside of fed.no_grad. Inside of a loss the model runs as training "
        + "runs it.", Parameter("inputs", "Batch of inputs; several tensors for a model that takes several."),
      returns: "Batch of outputs, or a table of them.",
      example: Example(
        "print(fed.models.mlp { inputs = 3, hidden = { 4 }, classes = 2, seed = 1 }(fed.zeros { 5, 3 }).shape[2])",
        prints: "2")
    ) { (model: Model, inputs: Varargs<TensorArgument>) in
      let tensors = try inputs.values.map { try $0.tensor(model.elementType) }
      return LuaLayerOutput(try model.called(tensors))
    }
    method(
      "forward", "Computes the output, in evaluation or training mode.",
      Parameter("input", "Batch of inputs."), Parameter("options", "Mode and seed."), returns: "Batch of outputs.",
      example: Example(
        """
        local model = fed.nn.model(fed.nn.dropout { probability = 0.5 })
        local x = fed.ones { 1000 }
        print(model:forward(x):sum():item(), model:forward(x, { training = true, seed = 3 }):eq(0):sum():item() > 400)
        """, prints: "1000.0\ttrue")
    ) { (model: Model, input: TensorArgument, options: ForwardOptions) in
      LuaLayerOutput(
        try model.forward(
          [input.tensor(model.elementType)], mode: options.training ? .training : .evaluation,
          stream: RandomStream(seed: options.seed, purpose: .dropout)))
    }
    method(
      "predict",
      "Computes the output in evaluation mode by a plan, without a gradient, whatever is recorded around it.",
      Parameter("inputs", "Batch of inputs; several tensors for a model that takes several."),
      returns: "Batch of outputs, or a table of them.",
      example: Example(
        "print(fed.models.mlp { inputs = 3, classes = 2, seed = 1 }:predict(fed.zeros { 5, 3 }).shape[1])", prints: "5")
    ) { (model: Model, inputs: Varargs<TensorArgument>) in
      LuaLayerOutput(try model.evaluate(inputs.values.map { try $0.tensor(model.elementType) }))
    }
  }

  private mutating func addFrozen() {
    method(
      "frozen", "Returns the model in evaluation mode with its parameters as constants.",
      returns: "What can be called like the model; it follows the model's values.",
      example: Example(
        """
        local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1 }, { seed = 1 })
        local x = fed.ones(1, 2):requires_grad()
        print(model:frozen()(x):sum():backward()[x]:eq(model.parameters:narrow(1, 1, 2)):sum():item())
        """, prints: "2.0")
    ) { (model: Model) in FrozenModel(model) }
  }

  private mutating func addGradients() {
    method(
      "backward", "Computes the gradient of a loss with respect to all trainable parameters.",
      Parameter("loss", "A single number computed from the model's output."),
      returns: "The gradient, a vector as long as `parameters`; the next call overwrites it.",
      example: Example(
        """
        local model = fed.nn.model(fed.nn.linear { inputs = 2, outputs = 1, bias = false })
        print(model:backward(model(fed.tensor { {1, 2} }):sum())[2])
        """, prints: "2.0")
    ) { (model: Model, loss: Tensor) in
      try model.backward(loss)
      return model.gradient
    }
    method(
      "input_gradient",
      "Computes the gradient of a loss with respect to the inputs, in evaluation mode with the parameters as constants: "
        + "by a plan with batch normalization folded into convolutions.",
      Parameter("inputs", "Batch of inputs."),
      Parameter("targets", "A label from 0 for each sample, or a tensor, as the loss needs."),
      Parameter("options", "The loss."),
      returns:
        "The gradient, of the inputs' shape; the loss, a tensor of one number; and what else the function returned.",
      example: Example(
        """
        local model = fed.models.mlp { inputs = 2, classes = 2, seed = 1 }
        local x, y = fed.tensor { {0, 1}, {1, 0} }, { 0, 1 }
        local g, loss = model:input_gradient(x, y)
        local _, lower = model:input_gradient(x - 0.01 * g:sign(), y)
        print(#g, lower:item() < loss:item())
        """, prints: "2\ttrue")
    ) { (model: Model, inputs: TensorArgument, targets: LabelsArgument, o: InputGradientOptions) in
      let batch = ObjectiveBatch(inputs: try inputs.tensor(model.elementType), targets: targets.tensor)
      let found = try model.inputGradient(
        of: o.loss.objective, batch, PlanStreams(dropout: RandomStream(seed: o.seed, purpose: .dropout)))
      var results: [any LuaWritable] = [found.gradients[0], found.loss]
      if !found.others.tensors.isEmpty { results.append(LuaLayerOutput(found.others)) }
      return VariadicArguments(results)
    }
  }
}

extension Model {
  /// Runs the model as a script calls it: inside of a loss as that runs it, else in evaluation mode.
  fileprivate func called(_ inputs: [Tensor]) throws -> LayerOutput {
    if let running = RunningModule.current, running.model === self { return try root.forward(inputs, running.context) }
    // Another model inside of a traced function, such as a teacher, is a constant of it.
    if Trace.isTracing { return try forward(inputs, tracksParameters: false) }
    return Tape.isRecording ? try forward(inputs) : try evaluate(inputs)
  }
}
