/// Declarations with two parameters at most, which most bindings have: see ``typedBody(one:_:)``.
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
    let readers = ParameterReaders.of(a)
    add(
      name, documentation, Result.self, scalars: scalarFunction(one: readers, body),
      body: typedBody(one: readers, body))
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
    let readers = ParameterReaders.of(a, b)
    add(
      name, documentation, Result.self, scalars: scalarFunction(two: readers, body),
      body: typedBody(two: readers, body))
  }
}

extension ClassBuilder {
  /// Declares a method without parameters: `object:name()`. The closure gets the object.
  @inlinable
  public mutating func method<Result: LuaWritable>(
    _ name: String, _ sentence: String, returns: String = "", errors: [String] = [], source: String? = nil,
    example: Example? = nil, body: @escaping @Sendable (Object) throws -> Result
  ) {
    let documentation = Documentation(
      sentence, returnType: Result.luaType, returns: returns, errors: errors, source: source, example: example)
    add(
      name, documentation, Result.self, scalars: scalarFunction(on: Object.self, body),
      body: typedBody(on: Object.self, nil, body))
  }

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
    let readers = ParameterReaders.of(a)
    add(
      name, documentation, Result.self, scalars: scalarFunction(on: Object.self, one: readers, body),
      body: typedBody(on: Object.self, one: readers, body))
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
    let readers = ParameterReaders.of(a, b)
    add(
      name, documentation, Result.self, scalars: scalarFunction(on: Object.self, two: readers, body),
      body: typedBody(on: Object.self, two: readers, body))
  }
}
