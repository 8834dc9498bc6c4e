import CLua

/// What a script says of a function that it defines: `fed.define { "Sentence.", options = { … }, make = function … }`.
struct Definition: LuaOptions {
  /// Code with what it prints: `{ [[print(1)]], prints = "1" }`.
  struct Shown: LuaOptions {
    var code: [String] = []
    @Required var prints: String

    static let fields = Fields<Shown> { field in
      field.items("code", \.code, "The code, in one string.")
      field.required("prints", \.$prints, "What it prints.")
    }
  }

  var sentence: [String] = []
  var name: String?
  var options: LuaTable?
  var returns: [String] = []
  var errors: [String] = []
  var source: String?
  var deviation: String?
  var example: Shown?
  @Required var make: LuaFunction

  static let fields = Fields<Definition> { field in
    field.items("sentence", \.sentence, "What the function does, in one sentence.")
    field.option("name", \.name, "Its path; without it, the name by which `require` finds the script.")
    field.option(
      "options", \.options,
      "By name: `{ default, sentence }`, or `{ sentence, type = … }` for one that must be given; beside them `type`, "
        + "`above`, `at_least`, `below`, `at_most`, `one_of`. A nil default with a type stands for an option that may be "
        + "left out. What stands at the key 1 is about the elements of the table's array part.")
    field.option("returns", \.returns, "Type and sentence of the result: `{ \"Aggregator\", \"The rule.\" }`.")
    field.option("errors", \.errors, "When it fails, one sentence each.")
    field.option("source", \.source, "Where it was published.")
    field.option("deviation", \.deviation, "Where it departs from its source.")
    field.option("example", \.example, "Code and what it prints: `{ [[print(1)]], prints = \"1\" }`.")
    field.required(
      "make", \.$make, "Called with the options, checked and filled up, and the function's path; returns the result.")
  }

  fileprivate func documentation(_ options: [OptionDocument]) throws -> Documentation {
    guard sentence.count == 1 else {
      throw LuaFailure("one sentence says what the function does, got \(sentence.count)")
    }
    guard returns.isEmpty || returns.count == 2 else {
      throw LuaFailure("option 'returns': a type and a sentence expected, got \(returns.count) strings")
    }
    if let example, example.code.count != 1 {
      throw LuaFailure("option 'example': one string of code expected, got \(example.code.count)")
    }
    let parameter = ParameterDocument("options", "table", "What it may be told.", options: options)
    let type = returns.first.map { $0.hasPrefix("fed.") ? String($0.dropFirst(4)) : $0 }
    var documentation = Documentation(
      sentence[0], parameters: options.isEmpty ? [] : [parameter], returnType: type ?? "", returns: returns.last ?? "",
      errors: errors, source: source, example: example.map { Example($0.code[0], prints: $0.prints) })
    documentation.deviation = deviation
    return documentation
  }
}

extension ModuleBuilder {
  /// Declares `define`, by which a script declares a function as the host declares its own.
  public mutating func addDefinitions() {
    function(
      "define",
      "Defines a function with options: checked, explained and completed like those of the host. A script in "
        + "`fed/aggregators/` or anywhere else returns it.", .caller,
      Parameter("definition", "What it is, what it takes, and how it is made."), returns: "The function.",
      errors: ["the definition contradicts itself, such as by a default that it does not allow"],
      example: Example(
        """
        local gate = fed.define {
          "Keeps updates whose norm is small.", name = "gate",
          options = { factor = { 2.0, "Times the median norm.", above = 0 } },
          make = function(options) return options.factor end,
        }
        print(gate(), gate { factor = 3 })
        """, prints: "2.0\t3")
    ) { (caller: LuaCaller, definition: Definition) in try caller.state.define(definition) }
  }
}

extension LuaState {
  /// The modules that are open, and what scripts have defined so far.
  public var registry: Registry { Registry(modules, defined: defined) }

  fileprivate func define(_ definition: Definition) throws -> Binding {
    guard let path = definition.name ?? loadedModule() else {
      throw LuaFailure("a name is missing; a script that `require` loads has one, any other gives name = …")
    }
    let options = try ScriptOptions(definition.options, classes: Registry(modules).classes.map(\.name))
    let dot = path.lastIndex(of: "."), make = definition.make
    let documentation = try definition.documentation(options.documents)
    let note = OriginNote(path, documentation.parameters)
    let binding = Binding(
      owner: dot.map { String(path[..<$0]) } ?? "", String(lastWord(of: path)), .function,
      documentation
    ) { (frame: borrowing LuaFrame) throws(LuaFailure) -> Int32 in
      let arguments = frame.count, serial = frame.state.originCount
      try options.push(frame, from: 1)
      let table = LuaTable(reference: LuaReference(popping: frame.pointer))
      do throws(LuaError) {
        frame.writeOne(try make(table, path, returning: LuaValue.self))
      } catch { throw LuaFailure(wrapping: error) }
      note.write(frame, -1, arguments: arguments, since: serial)
      frame.namedObject(-1)?.wasMade(by: path)
      return 1
    }
    defined.removeAll { $0.fullName == binding.fullName }
    defined.append(binding)
    retained.append(binding)
    return binding
  }

  /// The name under which `require` loads the script that calls the running function; nil if it is loaded otherwise.
  private func loadedModule() -> String? {
    var activation = lua_Debug()
    guard lua_getstack(pointer, 1, &activation) != 0, lua_getinfo(pointer, "S", &activation) != 0 else { return nil }
    return activation.source.flatMap { loader.names[String(cString: $0)] }
  }
}
