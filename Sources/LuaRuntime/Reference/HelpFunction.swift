import CLua

/// The global function `help` of a state.
extension LuaState {
  /// Defines `help()`, `help(value)` and `help("name")`.
  public func openHelp() {
    pushGlobals()
    setField("help") { push(LuaState.helpFunction) }
    clua_pop(pointer, 1)
  }

  private static let helpFunction = Binding(
    owner: "", "help", .function,
    Documentation(
      "Explains a function, a class, an object or a name.",
      parameters: [ParameterDocument("topic", "any", "The value, or its name as a string.")])
  ) { (frame) throws(LuaFailure) in
    let text = frame.isNil(1) ? HelpText(Registry(frame.state.modules)).overview() : frame.state.help(at: 1)
    let state = frame.state
    if let printer = state.printer { printer(text) } else { print(text) }  // lint:allow print, because help is shown.
    return 0
  }

  /// The help for the value at an index.
  func help(at index: Int32) -> String {
    let help = HelpText(Registry(modules)), frame = LuaFrame(pointer)
    if let binding = binding(at: index) { return help.text(of: binding) }
    if let type = frame.objectClass(index) { return help.text(for: type.name) ?? type.name }
    switch frame.kind(index) {
    case .string:
      let name = frame.rawString(index)
      return help.text(for: name) ?? scriptedHelp(named: name) ?? "nothing is known of '\(name)'"
        + help.suggestion(for: name)
    case .function: return scriptedHelp(at: index) ?? "a Lua function without a comment"
    case .table:
      if let name = moduleName(at: index) { return help.text(for: name) ?? name }
      return "a table"
    default: return "a \(frame.kind(index).rawValue)"
    }
  }

  /// The help for a name: of a binding, a class, a module, or a module written in Lua.
  public func help(for name: String) -> String? {
    HelpText(Registry(modules)).text(for: name) ?? scriptedHelp(named: name)
  }

  func binding(at index: Int32) -> Binding? {
    clua_binding_at(pointer, index).map { Unmanaged<Binding>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The name under which `require` knows the table at an index.
  private func moduleName(at index: Int32) -> String? {
    let pointer = pointer, top = lua_gettop(pointer), table = lua_absindex(pointer, index)
    defer { lua_settop(pointer, top) }
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    for name in stringKeys(top + 1) {
      LuaFrame(pointer).write(name)
      lua_rawget(pointer, top + 1)
      if lua_rawequal(pointer, -1, table) != 0 { return name }
      clua_pop(pointer, 1)
    }
    return nil
  }

  /// The comment above a function that is written in Lua.
  private func scriptedHelp(at index: Int32) -> String? {
    var activation = lua_Debug()
    lua_pushvalue(pointer, index)
    guard lua_getinfo(pointer, ">S", &activation) != 0, let source = activation.source else { return nil }
    let name = String(cString: source)
    guard name.hasPrefix("@"), let text = script(of: String(name.dropFirst())) else { return nil }
    return comment(in: text, above: Int(activation.linedefined))
  }

  /// The first comment of a module of the library.
  private func scriptedHelp(named name: String) -> String? {
    guard let text = loader.library(name) else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("--") }
    return lines.isEmpty ? nil : name + "\n\n" + lines.map { "  " + stripped($0) }.joined(separator: "\n")
  }

  /// The text of a chunk by the name that messages give it.
  private func script(of chunk: String) -> String? {
    if let text = readScript(chunk) { return text }
    guard chunk.hasSuffix(".lua") else { return nil }
    return loader.library(chunk.dropLast(".lua".count).split(separator: "/").joined(separator: "."))
  }

  private func comment(in text: String, above line: Int) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard line >= 1, line <= lines.count else { return nil }
    let comment = lines[..<(line - 1)].reversed().prefix { $0.hasPrefix("--") }.reversed()
    let signature = String(lines[line - 1].drop { $0 == " " })
    return ([signature, ""] + comment.map { "  " + stripped($0) }).joined(separator: "\n")
  }

  private func stripped(_ line: Substring) -> String { String(line.drop { $0 == "-" || $0 == " " }) }
}
