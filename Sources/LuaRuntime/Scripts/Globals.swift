import CLua

/// Global functions and variables of a state.
extension LuaState {
  /// Makes reading an undefined global an error that names the nearest known one.
  public func makeGlobalsStrict() {
    let pointer = pointer
    pushGlobals()
    lua_createtable(pointer, 0, 1)
    setField("__index") { push(LuaState.undefinedGlobal) }
    lua_setmetatable(pointer, -2)
    clua_pop(pointer, 1)
  }

  /// Sends what scripts print to `write`, one call a `print`, instead of standard output.
  public func redirectPrint(to write: @escaping (String) -> Void) {
    printer = write
    pushGlobals()
    setField("print") { push(LuaState.print) }
    clua_pop(pointer, 1)
  }

  /// Sets a global variable.
  public func setGlobal(_ name: String, _ value: some LuaWritable) {
    pushGlobals()
    setField(name) { LuaFrame(pointer).writeOne(value) }
    clua_pop(pointer, 1)
  }

  /// Sets a field of a module that is open, such as a constant.
  public func setField(_ name: String, of module: String, _ value: some LuaWritable) {
    pushModuleTable(module)
    setField(name) { LuaFrame(pointer).writeOne(value) }
    clua_pop(pointer, 1)
  }

  /// Returns the table of a module that is open.
  public func module(_ name: String) throws(LuaError) -> LuaTable {
    pushModuleTable(name)
    return LuaTable(reference: LuaReference(popping: pointer))
  }

  func pushGlobals() { lua_rawgeti(pointer, clua_registry(), lua_Integer(LUA_RIDX_GLOBALS)) }

  /// The table `arg`: the script at 0, its arguments from 1.
  func setArguments(_ arguments: [String]) {
    pushGlobals()
    setField("arg") {
      lua_createtable(pointer, Int32(arguments.count), 1)
      for (position, argument) in arguments.enumerated() {
        LuaFrame(pointer).write(argument)
        lua_rawseti(pointer, -2, lua_Integer(position))
      }
    }
    clua_pop(pointer, 1)
  }

  /// Leaves `package.preload` and one searcher of the host's.
  func replaceSearchers(with searcher: Binding) {
    let pointer = pointer
    pushModuleTable("package")
    LuaFrame(pointer).write("searchers")
    lua_rawget(pointer, -2)
    push(searcher)
    lua_rawseti(pointer, -2, 2)
    for position in 3...4 {
      lua_pushnil(pointer)
      lua_rawseti(pointer, -2, lua_Integer(position))
    }
    clua_pop(pointer, 2)
  }

  private static let undefinedGlobal = Binding(
    owner: "", "_G", .function,
    Documentation(
      "Refuses to read an undefined global.",
      parameters: [ParameterDocument("globals", "table"), ParameterDocument("name", "any")])
  ) { (frame) throws(LuaFailure) in
    let name = try frame.text(2)
    let words = translation(of: name) ?? suggestion(for: name, among: frame.state.globalNames())
    throw .plain("undefined variable '\(name)'" + words)
  }

  private static let print = Binding(
    owner: "", "print", .function,
    Documentation("Writes its arguments.", parameters: [ParameterDocument("values", "any...", "What to write.")])
  ) { (frame) throws(LuaFailure) in
    var words: [String] = []
    for index in stride(from: 1, through: frame.count, by: 1) { words.append(try frame.text(index)) }
    frame.state.printer?(words.joined(separator: "\t"))
    return 0
  }

  /// The names of all globals, sorted.
  func globalNames() -> [String] {
    let pointer = pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    pushGlobals()
    return stringKeys(top + 1)
  }

  /// The keys of the table at an index that are strings, sorted.
  func stringKeys(_ table: Int32) -> [String] {
    let pointer = pointer
    var names: [String] = []
    lua_pushnil(pointer)
    while lua_next(pointer, table) != 0 {
      clua_pop(pointer, 1)
      if lua_type(pointer, -1) == LUA_TSTRING { names.append(LuaFrame(pointer).shownString(-1)) }
    }
    return names.sorted()
  }
}
