/// The methods, properties and metamethods of a class that scripts hold.
public final class ClassBindings: Sendable {
  public let luaClass: LuaClass
  public let sentence: String
  public let methods: [Binding]
  public let getters: [Binding]
  public let setters: [Binding]
  /// All metamethods but those that look fields up.
  public let metamethods: [(event: Metamethod, binding: Binding)]
  /// What answers a key that names no method or property.
  let index: Binding
  let newindex: Binding
  /// The declared `object[key]` and `object[key] = value`, for documentation.
  public let indexers: [Binding]
  /// Whether objects have fields that no declaration names, such as the layers of a model.
  public let hasNamedFields: Bool

  public var name: String { luaClass.name }

  public init<Object: LuaObject>(
    _ type: Object.Type, _ sentence: String, _ build: (inout ClassBuilder<Object>) -> Void
  ) {
    var builder = ClassBuilder<Object>()
    build(&builder)
    luaClass = Object.luaClass
    self.sentence = sentence
    methods = builder.methods
    getters = builder.getters
    setters = builder.setters
    metamethods = builder.metamethods
    indexers = [builder.indexer, builder.indexSetter].compactMap { $0 }
    hasNamedFields = builder.namedFields != nil
    index = builder.makeIndex()
    newindex = builder.makeNewindex()
  }
}

/// Collects the members of a class.
public struct ClassBuilder<Object: LuaObject> {
  public private(set) var methods: [Binding] = []
  public private(set) var getters: [Binding] = []
  public private(set) var setters: [Binding] = []
  public private(set) var metamethods: [(event: Metamethod, binding: Binding)] = []
  @usableFromInline var indexer, indexSetter, namedFields: Binding?

  var owner: String { Object.luaClass.name }

  /// Declares a method: `object:name(…)`. The closure gets the object first.
  @inlinable
  public mutating func method<each Argument: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ parameters: repeat Parameter<each Argument>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders.of(repeat each parameters)
    add(
      name,
      Documentation(
        sentence, parameters: documents(repeat each parameters), returnType: Result.luaType, returns: returns,
        errors: errors, source: source, example: example),
      Result.self, body: typedBody(on: Object.self, readers, body))
  }

  /// Declares a method that reads the stack itself; the object is at index 1.
  public mutating func explicitMethod(_ name: String, _ documentation: Documentation, body: @escaping Binding.Body) {
    methods.append(make(name, .method, documentation, body: body))
  }

  /// Declares a metamethod whose operands may be of any type: arithmetic and comparison, where the object may stand on
  /// either side. The closure gets every operand.
  @inlinable
  public mutating func metamethod<each Argument: LuaReadable, Result: LuaWritable>(
    _ event: Metamethod, _ sentence: String, _ parameters: repeat Parameter<each Argument>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders.of(repeat each parameters)
    explicitMetamethod(
      event,
      Documentation(
        sentence, parameters: documents(repeat each parameters), returnType: Result.luaType, returns: returns,
        errors: errors, source: source, example: example),
      body: typedBody(readers, body))
  }

  /// Declares what `object(…)` does. The closure gets the object first.
  @inlinable
  public mutating func call<each Argument: LuaReadable, Result: LuaWritable>(
    _ sentence: String, _ parameters: repeat Parameter<each Argument>, returns: String = "", errors: [String] = [],
    source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders.of(repeat each parameters)
    explicitMetamethod(
      .call,
      Documentation(
        sentence, parameters: documents(repeat each parameters), returnType: Result.luaType, returns: returns,
        errors: errors, source: source, example: example),
      body: typedBody(on: Object.self, readers, body))
  }

  /// Declares a metamethod that reads the stack itself.
  public mutating func explicitMetamethod(
    _ event: Metamethod, _ documentation: Documentation, body: @escaping Binding.Body
  ) {
    metamethods.append((event, make(event.rawValue, .metamethod(event), documentation, body: body)))
  }

  /// Declares what `#object` gives.
  @inlinable
  public mutating func length(
    _ sentence: String, example: Example? = nil, _ body: @escaping @Sendable (Object) throws -> Int
  ) {
    metamethod(.len, sentence, Parameter("self", ""), returns: "", example: example, body: body)
  }

  /// Declares what `tostring` and `print` show.
  @inlinable
  public mutating func description(_ body: @escaping @Sendable (Object) throws -> String) {
    metamethod(.tostring, "Describes the object.", Parameter("self", ""), body: body)
  }

  /// Declares the method `close` and makes `local x <close>` call it: `release` frees what the object holds, then the
  /// script's reference ends.
  public mutating func closable(
    _ sentence: String = "Frees the native memory now.", _ release: @escaping @Sendable (Object) throws -> Void
  ) {
    let body: Binding.Body = { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      guard let object = try? frame.object(1, as: Object.self) else { return 0 }
      do { try release(object) } catch { throw LuaFailure(wrapping: error) }
      frame.closeObject(1)
      return 0
    }
    explicitMethod("close", Documentation(sentence), body: body)
    explicitMetamethod(.close, Documentation(sentence), body: body)
  }

  @usableFromInline
  func make(
    _ name: String, _ kind: Binding.Kind, _ documentation: Documentation, scalars: ScalarFunction? = nil,
    body: @escaping Binding.Body
  ) -> Binding {
    var documentation = documentation
    let takesSelf =
      switch kind {
      case .metamethod(let event): event.takesSelf;
      default: true
      }
    if takesSelf && documentation.parameters.first?.name != "self" {
      documentation.parameters.insert(ParameterDocument("self", owner), at: 0)
    }
    return Binding(owner: owner, name, kind, documentation, scalars: scalars, body: body)
  }

  @usableFromInline
  mutating func add(
    _ name: String, _ documentation: Documentation, _ result: Any.Type, scalars: ScalarFunction? = nil,
    body: @escaping Binding.Body
  ) {
    let parameters = [ParameterDocument("self", owner)] + documentation.parameters
    let body = keepingOrigin(result, "\(owner):\(name)", parameters, body)
    methods.append(make(name, .method, documentation, scalars: scalars, body: body))
  }

  @usableFromInline
  mutating func add(getter: Binding) { getters.append(getter) }
  @usableFromInline
  mutating func add(setter: Binding) { setters.append(setter) }
}
