import CLua

/// Completes the name before the cursor: globals, members of tables, methods and properties of objects, keywords.
///
/// It walks values raw, so no script code runs.
struct Completer {
  let state: LuaState

  /// The words that can replace the name at the end of `line`, sorted: with `(` after a function, `.` after a table.
  func completions(of line: String) -> (word: String, candidates: [String]) {
    let word = lastWord(of: line)
    return (word, candidates(for: word))
  }

  /// The longest text that all candidates start with.
  static func commonPrefix(_ candidates: [String]) -> String {
    guard var common = candidates.first else { return "" }
    for candidate in candidates { while !candidate.hasPrefix(common) { common.removeLast() } }
    return common
  }

  private func lastWord(of line: String) -> String {
    let bytes = Array(line.utf8)
    let start =
      bytes.lastIndex { !isNameByte($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ":") }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[start...], as: UTF8.self)
  }

  private func candidates(for word: String) -> [String] {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard lua_checkstack(pointer, 64) != 0 else { return [] }
    let separators = word.indices.filter { word[$0] == "." || word[$0] == ":" }
    let base = separators.last.map { word[...$0] } ?? "", prefix = word[base.endIndex...]
    state.pushGlobals()
    for name in base.split(whereSeparator: { $0 == "." || $0 == ":" }) where !step(to: String(name)) { return [] }
    var names = members(onlyMethods: base.last == ":").filter { $0.hasPrefix(prefix) }
    if base.isEmpty { names += luaKeywords.filter { $0.hasPrefix(prefix) } }
    return Set(names).sorted().map { base + $0 }
  }

  /// Replaces the value on top by its member; false if there is none to be found without running code.
  private func step(to name: String) -> Bool {
    let pointer = state.pointer
    guard lua_type(pointer, -1) == LUA_TTABLE else { return false }
    LuaFrame(pointer).write(name)
    return lua_rawget(pointer, -2) != LUA_TNIL
  }

  /// The names that may follow the value on top.
  private func members(onlyMethods: Bool) -> [String] {
    let pointer = state.pointer
    if let type = LuaFrame(pointer).objectClass(-1) {
      guard let bindings = state.registry.classes.first(where: { $0.luaClass === type }) else { return [] }
      return bindings.methods.map { $0.name + "(" } + (onlyMethods ? [] : bindings.getters.map(\.name))
    }
    if lua_type(pointer, -1) == LUA_TSTRING { pushMetafield("__index") }
    var names: [String] = []
    for _ in 0..<8 where lua_type(pointer, -1) == LUA_TTABLE {
      names += fields(onlyMethods: onlyMethods) + scripts()
      if !pushMetafield("__index") { break }
    }
    return names
  }

  /// The fields of the table on top.
  private func fields(onlyMethods: Bool) -> [String] {
    let pointer = state.pointer, table = lua_gettop(pointer)
    var names: [String] = []
    for name in state.stringKeys(table) where name.utf8.allSatisfy(isNameByte) {
      LuaFrame(pointer).write(name)
      let type = lua_rawget(pointer, table)
      clua_pop(pointer, 1)
      if type == LUA_TFUNCTION {
        names.append(name + "(")
      } else if !onlyMethods {
        names.append(type == LUA_TTABLE ? name + "." : name)
      }
    }
    return names
  }

  /// Members of the library that are not loaded yet.
  private func scripts() -> [String] {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard pushMetafield("__scripts"), lua_type(pointer, -1) == LUA_TTABLE else { return [] }
    return state.stringKeys(lua_gettop(pointer))
  }

  @discardableResult
  private func pushMetafield(_ name: String) -> Bool { luaL_getmetafield(state.pointer, -1, name) != LUA_TNIL }
}
