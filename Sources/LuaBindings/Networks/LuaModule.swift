import LuaRuntime
import Networks
import Tensors

/// A layer that a script wrote: a table of layers and a function `forward` over them.
struct LuaModule: Sendable {
  let name: String
  /// The table, which `forward` gets as `self`.
  let definition: LuaTable
  let forward: LuaFunction
  let children: [(name: String, layer: any Layer)]

  init(_ definition: LuaTable) throws {
    guard let forward = try definition.get("forward", as: LuaFunction?.self) else {
      throw LuaFailure("a function 'forward' is missing; it is called as forward(self, x)")
    }
    self.definition = definition
    self.forward = forward
    name = try definition.get("name", as: String?.self) ?? "Module"
    children = try Self.children(of: definition)
  }

  /// The layer for models, whose `forward` takes and gives tensors.
  ///
  /// - Throws: ``NetworkError/size(of:_:)``.
  func layer() throws -> CustomModule {
    try CustomModule(name, children: children, isConfinedToOneThread: true) { inputs, context in
      guard forward.isOnItsThread else { throw NetworkError.elsewhere(what: "forward of \(name)") }
      return try LayerOutput(run(inputs.map { $0 as any LuaWritable }, context), of: name)
    }.withinBounds()
  }

  /// Calls `forward` with any values, its layers running in `context`.
  func run(_ arguments: [any LuaWritable], _ context: ForwardContext) throws -> [LuaValue] {
    Trace.locate { forward.runningLocation }
    let names = Dictionary(
      children.map { (ObjectIdentifier($0.layer), $0.name) }, uniquingKeysWith: { first, _ in first })
    return try RunningModule.$current.withValue(RunningModule(context: context, names: names)) {
      try forward.results(of: definition, VariadicArguments(arguments))
    }
  }

  /// Finds the layers of a module's table: fields that are layers, and fields that are lists of layers.
  private static func children(of definition: LuaTable) throws -> [(name: String, layer: any Layer)] {
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
  private static func partName(_ key: LuaKey) -> String {
    if case .integer(let position) = key { return "\(position - 1)" }
    return "\(key)"
  }
}

extension LayerOutput {
  /// What a script's function gave: a tensor, or a table of tensors by name or position.
  init(_ values: [LuaValue], of name: String) throws {
    if let tensor = values.first?.as(Tensor.self) {
      self.init([tensor])
      return
    }
    guard case .table(let table)? = values.first else {
      let got = values.first?.typeName ?? "nothing"
      throw LuaFailure("forward of \(name) must return a tensor, or a table of tensors; got \(got)")
    }
    let entries = try table.entries()
    let tensors = try entries.map { key, value in
      guard let tensor = value.as(Tensor.self) else {
        throw LuaFailure("forward of \(name) returned a \(value.typeName) as '\(key)'; a tensor is needed")
      }
      return tensor
    }
    guard !tensors.isEmpty else { throw LuaFailure("forward of \(name) returned a table without tensors") }
    self.init(tensors, names: entries.map { "\($0.key)" })
  }
}

/// What a model gives a script: a tensor, or a table of tensors by name or position.
struct LuaLayerOutput: LuaWritable {
  static var luaType: String { "Tensor|table" }

  let output: LayerOutput

  init(_ output: LayerOutput) { self.output = output }

  func write(_ frame: borrowing LuaFrame) -> Int32 {
    guard !output.names.isEmpty else { return output.tensors[0].write(frame) }
    if output.names.allSatisfy({ Int($0) != nil }) { return output.tensors.write(frame) }
    return LuaRecord(zip(output.names, output.tensors).map { ($0, $1 as any LuaWritable) }).write(frame)
  }
}

/// Arguments of a call whose number is known at run time alone.
struct VariadicArguments: LuaWritable {
  static var luaType: String { "any..." }

  private let values: [any LuaWritable]

  init(_ values: [any LuaWritable]) { self.values = values }

  func write(_ frame: borrowing LuaFrame) -> Int32 { values.reduce(0) { $0 + $1.write(frame) } }
}

/// The run of a module's `forward` or of an objective: what layers compute with when a script calls them.
struct RunningModule: @unchecked Sendable {
  // Not shared: what a script computes runs on one thread from start to end.
  let context: ForwardContext
  /// Names of the module's layers, for messages.
  var names: [ObjectIdentifier: String] = [:]
  /// The model that an objective is evaluated on, whose calls run in `context`.
  var model: Model?

  @TaskLocal static var current: RunningModule?

  /// Runs a layer that a script called.
  static func run(_ layer: LuaLayer, _ arguments: [LuaValue]) throws -> [any LuaWritable] {
    guard let current else {
      throw LuaFailure("a layer has no values of its own; make a model of it with fed.nn.model(layer, { seed = 1 })")
    }
    let name = current.names[ObjectIdentifier(layer.layer)] ?? layer.layer.summary
    if let script = layer.script {
      return try current.context.locating(name) { try script.run(arguments, current.context) }
    }
    let inputs = try arguments.enumerated().map { index, value in
      guard let tensor = value.as(Tensor.self) else {
        throw LuaFailure("argument \(index + 1) is a \(value.typeName); a layer takes tensors")
      }
      return tensor
    }
    return [LuaLayerOutput(try current.context.run(layer.layer, named: name, inputs))]
  }
}
