/// A named group of native functions and classes: one table in Lua.
public final class BindingModule: Sendable {
  /// Where it stands in Lua: `fed.aggregators`. Empty for global functions.
  public let name: String
  public let sentence: String
  public let functions: [Binding]
  public let classes: [ClassBindings]
  /// The plain tables with known fields that its functions and hooks pass.
  public let tables: [TableShape]

  public init(
    _ name: String, _ sentence: String, classes: [ClassBindings] = [], tables: [TableShape] = [],
    _ build: (inout ModuleBuilder) -> Void = { _ in }
  ) {
    var builder = ModuleBuilder(owner: name)
    build(&builder)
    self.name = name
    self.sentence = sentence
    self.classes = classes
    self.tables = tables
    functions = builder.functions
  }

  private init(_ module: BindingModule, functions: [Binding], classes: [ClassBindings]) {
    name = module.name
    sentence = module.sentence
    tables = module.tables
    self.functions = functions
    self.classes = classes
  }

  /// The same module with some of its functions and classes alone.
  public func keeping(
    functions: (Binding) -> Bool = { _ in true }, classes: (ClassBindings) -> Bool = { _ in true }
  ) -> BindingModule {
    BindingModule(self, functions: self.functions.filter(functions), classes: self.classes.filter(classes))
  }
}

/// Collects the functions of a module.
public struct ModuleBuilder {
  @usableFromInline let owner: String
  public private(set) var functions: [Binding] = []

  init(owner: String) { self.owner = owner }

  /// Declares a function by a typed closure.
  @inlinable
  public mutating func function<each Argument: LuaReadable, Result: LuaWritable>(
    _ name: String, _ sentence: String, _ parameters: repeat Parameter<each Argument>, returns: String = "",
    errors: [String] = [], source: String? = nil, example: Example? = nil,
    body: @escaping @Sendable (repeat each Argument) throws -> Result
  ) {
    let readers = ParameterReaders.of(repeat each parameters)
    add(
      name,
      Documentation(
        sentence, parameters: documents(repeat each parameters), returnType: Result.luaType, returns: returns,
        errors: errors, source: source, example: example),
      Result.self, body: typedBody(readers, body))
  }

  @usableFromInline
  mutating func add(
    _ name: String, _ documentation: Documentation, _ result: Any.Type, scalars: ScalarFunction? = nil,
    body: @escaping Binding.Body
  ) {
    let body = keepingOrigin(
      result, owner.isEmpty ? name : "\(owner).\(name)", documentation.parameters, body)
    functions.append(Binding(owner: owner, name, .function, documentation, scalars: scalars, body: body))
  }
}
