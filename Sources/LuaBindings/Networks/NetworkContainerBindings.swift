import LuaRuntime
import Networks
import Tensors

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
  ) { (layers: [LuaLayer]) in LuaLayer(Sequential(layers.map(\.layer))) }
  module.function(
    "residual", "Adds a layer's output to its input.", Parameter("layer", "The layer; it keeps the shape."),
    returns: "The layer.",
    example: Example("print(fed.nn.residual(fed.nn.linear { inputs = 2, outputs = 2 }).parameter_count)", prints: "6")
  ) { (layer: LuaLayer) in LuaLayer(Residual(layer.layer)) }
  declareModules(&module)
}

private func declareModules(_ module: inout ModuleBuilder) {
  module.function(
    "module", "Makes a layer of a table of layers and a Lua function `forward(self, x)` over them.",
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
  ) { (definition: LuaTable) in LuaLayer(try luaModule(definition)) }
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

/// Makes a layer of a table with layers and a function `forward`.
private func luaModule(_ definition: LuaTable) throws -> CustomModule {
  let forward = try definition.get("forward", as: LuaFunction?.self)
  guard let forward else { throw LuaFailure("a function 'forward' is missing; it is called as forward(self, x)") }
  let children = try moduleChildren(definition)
  let names = Dictionary(
    children.map { (ObjectIdentifier($0.layer), $0.name) }, uniquingKeysWith: { first, _ in first })
  let name = try definition.get("name", as: String?.self) ?? "Module"
  return CustomModule(name, children: children, isConfinedToOneThread: true) { input, context in
    try RunningModule.$current.withValue(RunningModule(context: context, names: names)) {
      do {
        return try forward(definition, input, returning: Tensor.self)
      } catch let error as LuaError where error.kind == .result {
        throw LuaFailure("forward of \(name) must return a tensor; \(error.message)")
      }
    }
  }
}

/// Finds the layers of a module's table: fields that are layers, and fields that are lists of layers.
private func moduleChildren(_ definition: LuaTable) throws -> [(name: String, layer: any Layer)] {
  var children: [(name: String, layer: any Layer)] = []
  for (key, value) in try definition.entries() {
    if let layer = value.as(LuaLayer.self) {
      children.append((partName(key), layer.layer))
    } else if case .table(let list) = value {
      for (position, element) in try list.entries() {
        guard let layer = element.as(LuaLayer.self) else { continue }
        children.append(("\(partName(key)).\(partName(position))", layer.layer))
      }
    }
  }
  return children
}

/// The name of a part by its key: positions count from 0 in names, as in PyTorch's files.
private func partName(_ key: LuaKey) -> String {
  if case .integer(let position) = key { return "\(position - 1)" }
  return "\(key)"
}
