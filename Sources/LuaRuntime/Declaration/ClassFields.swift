/// Properties, `object[key]` and fields known only at run time.
extension ClassBuilder {
  /// Declares a read-only property: `object.name`.
  @inlinable
  public mutating func property<Value: LuaWritable>(
    _ name: String, _ sentence: String, example: Example? = nil, get: @escaping @Sendable (Object) throws -> Value
  ) {
    let documentation = Documentation(sentence, returnType: Value.luaType, example: example)
    add(getter: make(name, .getter, documentation, body: typedBody(on: Object.self, nil, get)))
  }

  /// Declares a property that scripts may assign: `object.name = value`.
  @inlinable
  public mutating func property<Value: LuaWritable, Assigned: LuaReadable>(
    _ name: String, _ sentence: String, example: Example? = nil, get: @escaping @Sendable (Object) throws -> Value,
    set: @escaping @Sendable (Object, Assigned) throws -> Void
  ) {
    property(name, sentence, example: example, get: get)
    let value = ParameterDocument("value", Assigned.luaType, "What it becomes.")
    let documentation = Documentation(sentence, parameters: [value])
    let body: Binding.Body = { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      let object = try frame.object(1, as: Object.self)
      let value: Assigned
      do throws(LuaFailure) { value = try Assigned.read(frame, 3) } catch { throw error.aboutAssigned }
      do { try set(object, value) } catch { throw LuaFailure(wrapping: error) }
      return 0
    }
    add(setter: make(name, .setter, documentation, body: body))
  }

  /// Declares `object[key]` for keys that name no method or property; `Key` is most often an integer or a table.
  @inlinable
  public mutating func index<Key: LuaReadable, Value: LuaWritable>(
    _ sentence: String, _ key: Parameter<Key>, returns: String = "", example: Example? = nil,
    get: @escaping @Sendable (Object, Key) throws -> Value
  ) {
    let documentation = Documentation(
      sentence, parameters: documents(key), returnType: Value.luaType, returns: returns, example: example)
    indexer = make("__index", .metamethod(.index), documentation, body: typedBody(on: Object.self, one: .of(key), get))
  }

  /// Declares `object[key] = value`.
  @inlinable
  public mutating func setIndex<Key: LuaReadable, Value: LuaReadable>(
    _ sentence: String, _ key: Parameter<Key>, _ value: Parameter<Value>, example: Example? = nil,
    set: @escaping @Sendable (Object, Key, Value) throws -> Void
  ) {
    let documentation = Documentation(sentence, parameters: documents(key, value), example: example)
    let body = typedBody(on: Object.self, two: .of(key, value)) { (object: Object, key: Key, value: Value) in
      try set(object, key, value)
      return Nothing()
    }
    indexSetter = make("__newindex", .metamethod(.newindex), documentation, body: body)
  }

  /// Declares fields whose names only the object knows, such as the layers of a model; nil means there is no such field.
  @inlinable
  public mutating func fields<Value: LuaWritable>(
    _ sentence: String, get: @escaping @Sendable (Object, String) throws -> Value?
  ) {
    let body: Binding.Body = { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      let object = try frame.object(1, as: Object.self)
      do { return try get(object, frame.string(2))?.write(frame) ?? 0 } catch { throw LuaFailure(wrapping: error) }
    }
    namedFields = make("__index", .metamethod(.index), Documentation(sentence), body: body)
  }

  func makeIndex() -> Binding {
    let owner = owner, indexer = indexer, namedFields = namedFields, known = (methods + getters).map(\.name)
    let documentation = indexer?.documentation ?? Documentation("")
    return make("__index", .metamethod(.index), documentation) { (frame: borrowing LuaFrame) throws(LuaFailure) in
      if frame.kind(2) == .string {
        if let namedFields {
          let count = try namedFields.body(frame)
          if count > 0 { return count }
        }
        let name = try frame.string(2)
        throw LuaFailure.plain("\(owner) has no field '\(name)'" + suggestion(for: name, among: known))
      }
      guard let indexer else { throw LuaFailure.plain("\(owner) has no elements; it has fields and methods") }
      return try indexer.body(frame)
    }
  }

  func makeNewindex() -> Binding {
    let owner = owner, indexSetter = indexSetter, settable = setters.map(\.name),
      readable = (methods + getters).map(\.name)
    let documentation = indexSetter?.documentation ?? Documentation("")
    return make("__newindex", .metamethod(.newindex), documentation) { (frame: borrowing LuaFrame) throws(LuaFailure) in
      if frame.kind(2) == .string {
        let name = try frame.string(2)
        if readable.contains(name) { throw LuaFailure.plain("'\(name)' of \(owner) is read-only") }
        throw LuaFailure.plain("\(owner) has no field '\(name)' to set" + suggestion(for: name, among: settable))
      }
      guard let indexSetter else { throw LuaFailure.plain("\(owner) has no elements that can be set") }
      return try indexSetter.body(frame)
    }
  }
}
