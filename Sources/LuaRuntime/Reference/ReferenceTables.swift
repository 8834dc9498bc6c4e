/// What the registry knows as tables of Lua: the source of stubs, reference pages and checks.
extension Registry {
  /// `{ modules = …, defined = … }`, see `help "fed.reference"`.
  var luaRecord: LuaRecord {
    ["modules": modules.map(\.luaRecord), "defined": defined.map(\.luaRecord)]
  }
}

extension BindingModule {
  fileprivate var luaRecord: LuaRecord {
    [
      "name": name, "sentence": sentence, "functions": functions.map(\.luaRecord),
      "classes": classes.map(\.luaRecord), "tables": tables.map(\.luaRecord),
    ]
  }
}

extension ClassBindings {
  fileprivate var luaRecord: LuaRecord {
    [
      "name": name, "sentence": sentence, "methods": methods.map(\.luaRecord), "getters": getters.map(\.luaRecord),
      "setters": setters.map(\.luaRecord), "operators": (indexers + metamethods.map(\.binding)).map(\.luaRecord),
      "has_fields": hasNamedFields,
    ]
  }
}

extension TableShape {
  fileprivate var luaRecord: LuaRecord {
    let fields = fields.map { field -> LuaRecord in
      ["name": field.name, "type": field.type, "sentence": field.sentence]
    }
    return ["name": name, "sentence": sentence, "others": others, "fields": fields]
  }
}

extension Binding {
  /// All that is told of the binding.
  var luaRecord: LuaRecord {
    let text = documentation
    return [
      "name": name, "owner": owner, "full_name": fullName, "kind": kind.luaName, "signature": signature,
      "sentence": text.sentence, "parameters": text.parameters.map(\.luaRecord), "type": text.returnType,
      "returns": text.returns, "errors": text.errors, "source": text.source, "deviation": text.deviation,
      "code": text.example?.code, "output": text.example?.output,
    ]
  }
}

extension Binding.Kind {
  /// `function`, `method`, `getter`, `setter`, or the event, such as `__add`.
  fileprivate var luaName: String {
    switch self {
    case .function: "function"
    case .method: "method"
    case .getter: "getter"
    case .setter: "setter"
    case .metamethod(let event): event.rawValue
    }
  }
}

extension ParameterDocument {
  fileprivate var luaRecord: LuaRecord {
    [
      "name": name, "type": type, "sentence": sentence, "default": fallback, "allowed": allowed,
      "options": options.map(\.luaRecord),
    ]
  }
}

extension OptionDocument {
  fileprivate var luaRecord: LuaRecord {
    [
      "name": name, "type": type, "sentence": sentence, "default": fallback, "allowed": allowed,
      "required": isRequired, "options": options.map(\.luaRecord),
    ]
  }
}

extension ModuleBuilder {
  /// Declares `reference`, by which scripts read what help knows.
  public mutating func addReference() {
    function(
      "reference",
      "Returns what `help` knows, as tables: the source of the editor's stubs and of the reference pages.", .caller,
      returns: """
        { modules =, defined =, scripts = }: the native modules with name, sentence, functions, classes and tables; the \
        functions that scripts defined, in the order of their names; and the source of each script of the library by \
        its name. A function has name, full_name, kind, signature, sentence, parameters, type, returns, errors, source, \
        deviation, code and output.
        """,
      example: Example(
        """
        for _, entry in ipairs(fed.reference().defined) do
          if entry.full_name == "fed.aggregators.krum" then print(entry.type, entry.signature) end
        end
        """, prints: "Aggregator\tfed.aggregators.krum(options: table) -> Aggregator")
    ) { (caller: LuaCaller) -> LuaRecord in
      let state = caller.state
      state.requireLibrary()
      var record = state.registry.luaRecord
      let sources = state.loader.modules.compactMap { name in state.loader.library(name).map { (name, $0) } }
      record.add("scripts", LuaRecord(sources.map { ($0, $1 as any LuaWritable) }))
      return record
    }
  }
}
