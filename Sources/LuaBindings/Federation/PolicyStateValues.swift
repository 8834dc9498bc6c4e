import Federation
import LuaRuntime
import Networks
import Tensors

/// Turns what a policy remembers into a checkpoint's data and back: nothing is lost, whole numbers stay whole, and
/// numbers keep their bits.
extension PolicyState {
  init(saving value: LuaValue) throws {
    self.init(json: .null)
    json = try saved(value, depth: 0)
  }

  private mutating func saved(_ value: LuaValue, depth: Int) throws -> JSONValue {
    guard depth < 100 else { throw LuaFailure("on_save: tables are nested too deep, or one holds itself") }
    switch value {
    case .nil: return .null
    case .boolean(let flag): return .bool(flag)
    case .integer(let number): return .int(number)
    case .number(let number): return .object([("number", .double(number))])
    case .string(let text): return .string(text)
    case .table(let table): return try saved(table, depth: depth)
    case .function, .other:
      if let tensor = value.as(Tensor.self) { return .object([("tensor", saved(tensor.detach()))]) }
      if let model = value.as(Model.self) { return .object([("model", try saved(model))]) }
      if let stream = value.as(Stream.self) { return .object([("stream", saved(stream))]) }
      if let trainer = value.as(LuaTrainer.self) { return .object([("trainer", try saved(trainer))]) }
      throw LuaFailure(
        "on_save: a \(value.typeName) cannot be saved; numbers, strings, booleans, tensors, models, trainers, streams "
          + "and tables can")
    }
  }

  private mutating func saved(_ tensor: Tensor) -> JSONValue {
    tensors.append(tensor)
    return .int(tensors.count - 1)
  }

  private mutating func saved(_ model: Model) throws -> JSONValue {
    .object([("layout", .string(model.layout.digest)), ("values", saved(try model.vector()))])
  }

  private mutating func saved(_ trainer: LuaTrainer) throws -> JSONValue {
    .object([
      ("model", try saved(trainer.model)), ("steps", .int(trainer.state.stepCount)),
      ("vectors", .array(trainer.state.vectors.map { saved($0.clone()) })),
    ])
  }

  private func saved(_ stream: Stream) -> JSONValue {
    .object([("identity", .string(stream.identity)), ("position", .string("\(stream.draw { $0.position })"))])
  }

  private mutating func saved(_ table: LuaTable, depth: Int) throws -> JSONValue {
    var pairs: [JSONValue] = []
    for (key, value) in try table.entries() {
      let name: JSONValue
      switch key {
      case .integer(let number): name = .int(number)
      case .string(let text): name = .string(text)
      case .number(let number):
        throw LuaFailure("on_save: the key \(number) cannot be saved; strings and whole numbers can")
      }
      pairs.append(.array([name, try saved(value, depth: depth + 1)]))
    }
    return .object([("table", .array(pairs))])
  }

  /// Whether a model, a trainer or a stream is in it, whose values go back into the object that the policy has.
  var holdsObjects: Bool { Self.holdsObjects(json) }

  private static func holdsObjects(_ json: JSONValue) -> Bool {
    if ["model", "trainer", "stream"].contains(where: { json[$0] != nil }) { return true }
    return (json["table"]?.array ?? []).contains { ($0.array?.last).map(holdsObjects) ?? false }
  }

  /// The saved value as one of a state.
  ///
  /// - Parameter own: What the policy's `on_save` returns now: its models, trainers and streams take the saved values
  ///   and stand in the result.
  func restored(in state: LuaState, into own: LuaValue) throws -> LuaValue { try restored(json, own, in: state) }

  private static let damaged = LuaFailure("on_load: the saved state is damaged")

  private func restored(_ json: JSONValue, _ own: LuaValue, in state: LuaState) throws -> LuaValue {
    switch json {
    case .null: return .nil
    case .bool(let flag): return .boolean(flag)
    case .int(let number): return .integer(number)
    case .string(let text): return .string(text)
    case .double, .array: throw Self.damaged
    case .object:
      if let number = json["number"]?.double { return .number(number) }
      if let position = json["tensor"]?.int, tensors.indices.contains(position) {
        return try state.value(of: tensors[position])
      }
      if let saved = json["model"] { try restore(saved, into: Self.object(own, Model.self)) }
      if let saved = json["stream"] { try restore(saved, into: Self.object(own, Stream.self)) }
      if let saved = json["trainer"] { try restore(saved, into: Self.object(own, LuaTrainer.self)) }
      guard let pairs = json["table"]?.array else {
        guard Self.holdsObjects(json) else { throw Self.damaged }
        return own
      }
      return .table(try restored(pairs, own, in: state))
    }
  }

  private func restored(_ pairs: [JSONValue], _ own: LuaValue, in state: LuaState) throws -> LuaTable {
    let table = try state.evaluate("return {}", as: LuaTable.self)
    let owned: LuaTable? = if case .table(let owned) = own { owned } else { nil }
    for pair in pairs {
      guard let pair = pair.array, pair.count == 2 else { throw Self.damaged }
      if let number = pair[0].int {
        let own = try owned?.get(number, as: LuaValue.self) ?? .nil
        try table.set(number, try restored(pair[1], own, in: state))
      } else {
        let name = pair[0].string ?? ""
        let own = try owned?.get(name, as: LuaValue.self) ?? .nil
        try table.set(name, try restored(pair[1], own, in: state))
      }
    }
    return table
  }

  // MARK: Objects that a policy has already

  private static func object<Object: LuaObject>(_ own: LuaValue, _ type: Object.Type) throws -> Object {
    guard let object = own.as(type) else {
      throw LuaFailure(
        "on_load: a \(type.luaClass.name) was saved where on_save returns \(own.article) now; make it before the run")
    }
    return object
  }

  private func restore(_ json: JSONValue, into model: Model) throws {
    guard let position = json["values"]?.int, tensors.indices.contains(position) else { throw Self.damaged }
    guard json["layout"]?.string == model.layout.digest else {
      throw LuaFailure("on_load: the saved model has other layers than the one that on_save returns now")
    }
    try model.load(tensors[position])
  }

  private func restore(_ json: JSONValue, into trainer: LuaTrainer) throws {
    guard let model = json["model"], let steps = json["steps"]?.int, let vectors = json["vectors"]?.array else {
      throw Self.damaged
    }
    guard vectors.count == trainer.state.vectors.count else {
      throw LuaFailure("on_load: the saved trainer has another optimizer than the one that on_save returns now")
    }
    try restore(model, into: trainer.model)
    for (saved, own) in zip(vectors, trainer.state.vectors) {
      guard let position = saved.int, tensors.indices.contains(position), tensors[position].shape == own.shape else {
        throw Self.damaged
      }
      try own.copy_(tensors[position])
    }
    trainer.state.stepCount = steps
  }

  private func restore(_ json: JSONValue, into stream: Stream) throws {
    guard let position = json["position"]?.string.flatMap({ UInt64($0) }) else { throw Self.damaged }
    guard json["identity"]?.string == stream.identity else {
      throw LuaFailure("on_load: the saved stream has another seed or purpose than the one that on_save returns now")
    }
    stream.draw { $0.position = position }
  }
}

extension Stream {
  /// Tells streams of other keys apart, whatever was drawn from them.
  fileprivate var identity: String {
    draw { stream in
      var child = stream.derive("identity")
      return "\(child.nextUInt64())"
    }
  }
}

extension LuaState {
  /// Any writable value as a Lua value of this state.
  func value(of writable: some LuaWritable) throws -> LuaValue {
    try evaluate("return function(x) return x end", as: LuaFunction.self)(writable, returning: LuaValue.self)
  }
}

extension JSONValue {
  /// Data of a script for a run's records: sequences become arrays, other tables objects with sorted names.
  init(_ value: LuaValue, what: String, depth: Int = 0) throws {
    guard depth < 100 else { throw LuaFailure("\(what): tables are nested too deep, or one holds itself") }
    switch value {
    case .nil: self = .null
    case .boolean(let flag): self = .bool(flag)
    case .integer(let number): self = .int(number)
    case .number(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .table(let table):
      let entries = try table.entries()
      if !entries.isEmpty, try entries.count == table.count {
        self = .array(try entries.map { try JSONValue($0.value, what: what, depth: depth + 1) })
      } else {
        self = .object(try entries.map { ("\($0.key)", try JSONValue($0.value, what: what, depth: depth + 1)) })
      }
    case .function, .other:
      if let tensor = value.as(Tensor.self), tensor.count <= 10_000 {
        self = .doubles(tensor.values)
      } else {
        self = .string(value.typeName)
      }
    }
  }
}
