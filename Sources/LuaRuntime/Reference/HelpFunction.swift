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
      parameters: [
        ParameterDocument("topic", "any...", "The value, or its name as a string; `help(require \"x\")` passes more.")
      ])
  ) { (frame) throws(LuaFailure) in
    let text =
      frame.isNil(1)
      ? HelpText(frame.state.registry).overview(scripts: frame.state.loader.modules) : frame.state.help(at: 1)
    if let printer = frame.state.printer { printer(text) } else { Pager.show(text) }
    return 0
  }

  /// The help for the value at an index.
  func help(at index: Int32) -> String {
    let help = HelpText(registry), frame = LuaFrame(pointer)
    if let binding = binding(at: index) { return help.text(of: binding) }
    if let type = frame.objectClass(index) { return help.text(for: type.name) ?? type.name }
    switch frame.kind(index) {
    case .string:
      let name = frame.shownString(index)
      return self.help(for: name) ?? "nothing is known of '\(name)'" + help.suggestion(for: name)
    case .function: return scriptedHelp(at: index) ?? "a Lua function without a comment"
    case .table:
      if let name = moduleName(at: index) { return self.help(for: name) ?? name }
      return "a table"
    default: return "a \(frame.kind(index).rawValue)"
    }
  }

  /// The help for a name: of a binding, a class, a module, or a module written in Lua. Other words are searched in all
  /// that is told of them.
  ///
  /// A member of the library may be named by its last word, as native functions are.
  public func help(for name: String) -> String? {
    for module in loader.modules where module == name || lastWord(of: module) == name { require(module) }
    let known = HelpText(registry).text(for: name), scripts = scripts(in: name)
    guard let known else { return scriptedHelp(named: name) ?? search(name) }
    return scripts.isEmpty
      ? known : ([known, "", "  Written in Lua"] + scripts.map { "    " + $0 }).joined(separator: "\n")
  }

  /// What holds all of some words. Loads the library, whose members tell of themselves only then.
  private func search(_ words: String) -> String? {
    requireLibrary()
    return HelpSearch(registry).text(for: words)
  }

  /// Loads a module of the library, so that what it defines is known. One that fails stays unknown.
  private func require(_ module: String) {
    let bottom = lua_gettop(pointer)
    _ = pushModule(module)
    lua_settop(pointer, bottom)
  }

  /// Pushes what `require` gives for a module. Returns false, and pushes nothing, if it does not load.
  func pushModule(_ module: String) -> Bool {
    pushGlobals()
    LuaFrame(pointer).write("require")
    lua_rawget(pointer, -2)
    clua_remove(pointer, -2)
    LuaFrame(pointer).write(module)
    do throws(LuaError) { try call(arguments: 1, results: 1) } catch { return false }
    return true
  }

  /// Loads all modules of the library, for a whole registry.
  public func requireLibrary() { for module in loader.modules { require(module) } }

  func binding(at index: Int32) -> Binding? {
    clua_binding_at(pointer, index).map { Unmanaged<Binding>.fromOpaque($0).takeUnretainedValue() }
  }

  /// The name that the table at an index has in its metatable, or under which `require` knows it.
  private func moduleName(at index: Int32) -> String? {
    let pointer = pointer, top = lua_gettop(pointer), table = lua_absindex(pointer, index)
    defer { lua_settop(pointer, top) }
    if luaL_getmetafield(pointer, index, "__name") == LUA_TSTRING { return LuaFrame(pointer).shownString(-1) }
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
    let chunk = String(cString: source)
    guard let script = script(of: chunk) else { return nil }
    return script.text(ofFunctionAt: Int(activation.linedefined))
  }

  /// The help for a module of the library, or for a folder of modules.
  private func scriptedHelp(named name: String) -> String? {
    if let script = libraryScript(name) { return script.text }
    if let dot = name.lastIndex(of: "."), let script = libraryScript(String(name[..<dot])),
      let text = script.text(ofMember: String(name[name.index(after: dot)...]))
    {
      return text
    }
    let members = scripts(in: name)
    return members.isEmpty ? nil : ([name, ""] + members.map { "    " + $0 }).joined(separator: "\n")
  }

  /// A line for each module of a folder of the library.
  func scripts(in folder: String) -> [String] {
    loader.modules.filter { $0.hasPrefix(folder + ".") && !$0.dropFirst(folder.count + 1).contains(".") }
      .compactMap { module in
        require(module)
        if let binding = defined.first(where: { $0.fullName == module }) {
          return "\(binding.signature)  \(binding.documentation.sentence)"
        }
        return libraryScript(module).map { "\($0.signature)  \($0.sentence)" }
      }
  }

  private func libraryScript(_ module: String) -> ScriptHelp? {
    loader.library(module).map { ScriptHelp(module: module, source: $0) }
  }

  /// The script of a chunk by the name that Lua knows: of a file, or of the library.
  private func script(of chunk: String) -> ScriptHelp? {
    let path = String(chunk.dropFirst())
    if chunk.hasPrefix("@") { return (try? readScript(path)).map { ScriptHelp(module: nil, source: $0) } }
    let module = path.split(separator: "/").joined(separator: ".")
    return module.hasSuffix(".lua") ? libraryScript(String(module.dropLast(".lua".count))) : nil
  }
}
