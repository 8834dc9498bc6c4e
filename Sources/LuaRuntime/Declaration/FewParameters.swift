/// Declarations with one parameter or two, which most bindings have: see ``typedBody(one:_:)``.
extension ModuleBuilder {
  /// Declares a function of one parameter by a typed closure.
  @inlinable
  public mutating func function<A: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ a: Parameter<A>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (A) throws -> Result
  ) {
    let documentation = Documentation(
      sentence, parameters: documents(a), returnType: Result.luaType, returns: returns, errors: errors,
      source: source, example: example)
    add(name, documentation, Result.self, body: typedBody(one: .of(a), body))
  }

  /// Declares a function of two parameters by a typed closure.
  @inlinable
  public mutating func function<A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ a: Parameter<A>, _ b: Parameter<B>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (A, B) throws -> Result
  ) {
    let documentation = Documentation(
      sentence, parameters: documents(a, b), returnType: Result.luaType, returns: returns, errors: errors,
      source: source, example: example)
    add(name, documentation, Result.self, body: typedBody(two: .of(a, b), body))
  }
}

extension ClassBuilder {
  /// Declares a method of one parameter: `object:name(…)`. The closure gets the object first.
  @inlinable
  public mutating func method<A: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ a: Parameter<A>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (Object, A) throws -> Result
  ) {
    let documentation = Documentation(
      sentence, parameters: documents(a), returnType: Result.luaType, returns: returns, errors: errors,
      source: source, example: example)
    add(name, documentation, Result.self, body: typedBody(on: Object.self, one: .of(a), body))
  }

  /// Declares a method of two parameters: `object:name(…)`. The closure gets the object first.
  @inlinable
  public mutating func method<A: LuaReadable, B: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ a: Parameter<A>, _ b: Parameter<B>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (Object, A, B) throws -> Result
  ) {
    let documentation = Documentation(
      sentence, parameters: documents(a, b), returnType: Result.luaType, returns: returns, errors: errors,
      source: source, example: example)
    add(name, documentation, Result.self, body: typedBody(on: Object.self, two: .of(a, b), body))
  }
}
