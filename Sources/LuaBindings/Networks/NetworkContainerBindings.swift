import LuaRuntime
import Networks
import Tensors

private struct LearnedTensorOptions: LuaOptions {
  @Required var shape: [Int]
  var scale = 0.02

  static let fields = Fields<LearnedTensorOptions> { field in
    field.required("shape", \.$shape, "Sizes of the axes.")
    field.option("scale", \.scale, "Deviation of the normal distribution of the first values; 0 for zeros.")
  }
}

private struct ModelSeed: LuaOptions {
  var seed: UInt64?

  static let fields = Fields<ModelSeed> { field in
    field.option("seed", \.seed, "Seed of the first values; a simulation's own by default.")
  }
}

/// Declares what is made of other layers: sequences, shortcuts, modules written in Lua, and models.
func declareContainers(_ module: inout ModuleBuilder) {
  module.function(
    "sequential", "Runs layers one after the other.", Parameter("layers", "The layers, in order."),
    returns: "The layer; its parts are named 0, 1, … as in PyTorch.",
    example: Example(
      """
      print(fed.nn.model(fed.nn.sequential {
        fed.nn.linear { inputs = 4, outputs = 3 }, fed.nn.relu(), fed.nn.linear { inputs = 3, outputs = 2 },
      }))
      """,
      prints: """
        Sequential {
          (0): Linear(4, 3)  15
          (1): ReLU()
          (2): Linear(3, 2)  8
        }
        23 trainable parameters
        """)
  ) { (layers: [LuaLayer]) in LuaLayer(try Sequential(layers.map(\.layer)).withinBounds()) }
  module.function(
    "residual", "Adds a layer's output to its input.", Parameter("layer", "The layer; it keeps the shape."),
    returns: "The layer.",
    example: Example("print(fed.nn.residual(fed.nn.linear { inputs = 2, outputs = 2 }).parameter_count)", prints: "6")
  ) { (layer: LuaLayer) in LuaLayer(try Residual(layer.layer).withinBounds()) }
  declareModules(&module)
  declareModels(&module)
}

private func declareModules(_ module: inout ModuleBuilder) {
  module.function(
    "module",
    "Makes a layer of a table of layers and a Lua function `forward(self, x, …)` over them: it takes tensors and gives "
      + "one, or a table of them. It is traced: run once for a shape without numbers, and replayed natively, on any "
      + "thread. So it depends on its tensors alone; other numbers and fields are constants, looked at anew when a round "
      + "begins. Code that reads a number out of a tensor, or branches on one, runs operation by operation instead; "
      + "fed.plan tells the line.",
    Parameter("definition", "Layers, lists of layers, constants, a `name`, and `forward`."),
    returns: "The layer. Its parts are named by their keys, in alphabetical order.",
    errors: ["without a function `forward`", "`forward` that returns no tensor"],
    example: Example(
      """
      local gated = fed.nn.module {
        name = "Gated",
        value = fed.nn.linear { inputs = 4, outputs = 2 },
        gate = fed.nn.linear { inputs = 4, outputs = 2 },
        forward = function(self, x) return self.value(x) * self.gate(x):sigmoid() end,
      }
      print(gated.parameter_count, #fed.nn.model(gated, { seed = 1 })(fed.zeros { 5, 4 }))
      """, prints: "20\t5")
  ) { (definition: LuaTable) in try LuaLayer(LuaModule(definition)) }
  module.function(
    "parameter", "A tensor of its own that training changes, such as positions or a token; called without arguments.",
    Parameter("options", "Shape and first values."), returns: "The layer.",
    example: Example(
      """
      local shifted = fed.nn.module {
        shift = fed.nn.parameter { shape = { 3 } },
        forward = function(self, x) return x + self.shift() end,
      }
      print(fed.nn.model(shifted, { seed = 1 })(fed.zeros { 2, 3 }).shape[2])
      """, prints: "3")
  ) { (o: LearnedTensorOptions) in LuaLayer(try LearnedTensor(shape: o.shape, deviation: o.scale)) }
}

private func declareModels(_ module: inout ModuleBuilder) {
  module.function(
    "model", "Makes a model of a layer: draws the first values of its parameters.",
    Parameter("layer", "The layer."), Parameter("options", "The seed."), returns: "The model.",
    example: Example(
      "print(fed.nn.model(fed.nn.linear { inputs = 3, outputs = 2 }, { seed = 1 }).parameter_count)", prints: "8")
  ) { (layer: LuaLayer, options: ModelSeed) in try Model(layer.layer, seed: options.seed) }
  module.function(
    "is_training", "Tells whether the running model is in training mode, inside the `forward` of a module.",
    returns: "False outside of any module.", example: Example("print(fed.nn.is_training())", prints: "false")
  ) { RunningModule.current.map { $0.context.mode == .training } ?? false }
}
