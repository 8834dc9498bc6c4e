import CLua

/// The text of a Lua function: of a file, of the library, or of an entry at the prompt.
struct SourceText {
  private let state: LuaState
  private let session: Session?

  init(_ state: LuaState, _ session: Session?) { (self.state, self.session) = (state, session) }

  /// `policy.lua:12`; nil for what is no function of a script.
  func place(of index: Int32) -> String? {
    guard let found = definition(of: index) else { return nil }
    return "\(found.chunk.dropFirst()):\(found.first)"
  }

  /// The lines from `function` to `end`; for a function that a module defines, the whole module.
  func text(of index: Int32) -> String? {
    if let binding = state.binding(at: index) {
      return state.loader.library(binding.fullName) ?? definedText(binding)
    }
    guard let found = definition(of: index), let lines = lines(found.chunk, found.first, found.last) else { return nil }
    return lines.joined(separator: "\n")
  }

  /// The lines of a chunk, by the name that Lua knows.
  func lines(_ chunk: String, _ first: Int, _ last: Int) -> [Substring]? {
    if chunk == "=stdin" { return session?.lines(first, last) }
    guard let text = text(ofChunk: chunk) else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard first >= 1, last <= lines.count, first <= last else { return nil }
    return Array(lines[(first - 1)...(last - 1)])
  }

  private func text(ofChunk chunk: String) -> String? {
    let path = String(chunk.dropFirst())
    if chunk.hasPrefix("@") { return try? readScript(path) }
    guard path.hasSuffix(".lua") else { return nil }
    return state.loader.library(path.dropLast(4).split(separator: "/").joined(separator: "."))
  }

  /// The script that a function with options was defined by.
  private func definedText(_ binding: Binding) -> String? {
    guard let chunk = state.loader.names.first(where: { $0.value == binding.fullName })?.key else { return nil }
    return text(ofChunk: chunk)
  }

  private func definition(of index: Int32) -> (chunk: String, first: Int, last: Int)? {
    guard lua_type(state.pointer, index) == LUA_TFUNCTION else { return nil }
    var activation = lua_Debug()
    lua_pushvalue(state.pointer, index)
    guard lua_getinfo(state.pointer, ">S", &activation) != 0, let source = activation.source,
      activation.linedefined >= 0
    else { return nil }
    return (String(cString: source), max(1, Int(activation.linedefined)), Int(activation.lastlinedefined))
  }
}
