import CLua
import Foundation

/// Completes what stands before the cursor: variables, members, methods, options of a function, modules, files.
///
/// It walks values raw and knows results by the registry, so no script code runs.
struct Completer {
  let state: LuaState
  let session: Session

  /// The words that can replace the one at the end of `line`, sorted: with `(` after a function, `.` after a table.
  func completions(of line: String, after before: String = "") -> (word: String, candidates: [String]) {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard lua_checkstack(pointer, 64) != 0 else { return ("", []) }
    if before.isEmpty, let command = commands(line) { return (line, command) }
    let place = CompletionPlace(before + line)
    return (place.word, Set(candidates(place)).sorted())
  }

  /// The longest text that all candidates start with.
  static func commonPrefix(_ candidates: [String]) -> String {
    guard var common = candidates.first else { return "" }
    for candidate in candidates { while !candidate.hasPrefix(common) { common.removeLast() } }
    return common
  }

  private func candidates(_ place: CompletionPlace) -> [String] {
    let word = place.word
    switch place.kind {
    case .nothing: return []
    case .module: return modules().filter { $0.hasPrefix(word) }
    case .file: return files(word)
    case .member(let chain, let onlyMethods):
      return members(of: chain, onlyMethods: onlyMethods).filter { $0.hasPrefix(word) }
    case .option(let callee, let given):
      let options = options(of: callee).filter { !given.contains($0) && $0.hasPrefix(word) }
      return options.isEmpty ? names(word) : options.map { $0 + " = " }
    case .name: return names(word)
    }
  }

  /// The commands of the prompt, for a line that begins with a colon.
  private func commands(_ line: String) -> [String]? {
    guard line.hasPrefix(":"), !line.contains(" ") else { return nil }
    return PromptCommand.names.map { ":" + $0 }.filter { $0.hasPrefix(line) }.sorted()
  }

  private func names(_ prefix: String) -> [String] {
    let pointer = state.pointer
    var names: [String] = []
    for name in session.names where session.push(name, pointer) {
      names.append(LuaFrame(pointer).kind(-1) == .function ? name + "(" : name + suffix(-1))
      clua_pop(pointer, 1)
    }
    state.pushGlobals()
    return (names + fields(onlyMethods: false) + luaKeywords).filter { $0.hasPrefix(prefix) }
  }

  /// The options of the table that a documented function takes.
  private func options(of callee: ArraySlice<LuaToken>) -> [String] {
    let binding = Resolution(state: state, session: session).binding(callee)
    return binding?.parameters.flatMap(\.options).map(\.name).filter { $0.utf8.allSatisfy(isNameByte) } ?? []
  }

  // MARK: Members

  /// The names that may follow a value: methods behind a colon, fields behind a dot.
  private func members(of chain: ArraySlice<LuaToken>, onlyMethods: Bool) -> [String] {
    switch Resolution(state: state, session: session).find(chain) {
    case .object(let type): return onlyMethods ? type.methods.map { $0.name + "(" } : type.getters.map(\.name)
    case .value: return members(onlyMethods: onlyMethods)
    case .binding, .unknown: return []
    }
  }

  /// The names that may follow the value on top.
  private func members(onlyMethods: Bool) -> [String] {
    let pointer = state.pointer
    if lua_type(pointer, -1) == LUA_TSTRING {
      if !onlyMethods { return [] }
      pushMetafield("__index")
    }
    var names: [String] = []
    for _ in 0..<8 where lua_type(pointer, -1) == LUA_TTABLE {
      names += fields(onlyMethods: onlyMethods) + (onlyMethods ? [] : scripts())
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
      if type == LUA_TFUNCTION {
        names.append(name + "(")
      } else if !onlyMethods {
        names.append(name + suffix(-1))
      }
      clua_pop(pointer, 1)
    }
    return names
  }

  private func suffix(_ index: Int32) -> String { lua_type(state.pointer, index) == LUA_TTABLE ? "." : "" }

  /// Members of the library that are not loaded yet.
  private func scripts() -> [String] {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard pushMetafield("__scripts"), lua_type(pointer, -1) == LUA_TTABLE else { return [] }
    return state.stringKeys(lua_gettop(pointer))
  }

  @discardableResult
  private func pushMetafield(_ name: String) -> Bool { luaL_getmetafield(state.pointer, -1, name) != LUA_TNIL }

  // MARK: Inside strings

  /// What `require` finds: the library's modules, and those that lie in its folders.
  private func modules() -> [String] {
    let found = state.loader.folders.flatMap { folder in
      entries(of: folder).compactMap { file in file.hasSuffix(".lua") ? String(file.dropLast(4)) : nil }
    }
    return state.loader.modules + found
  }

  /// The paths that begin like this one, with `/` after a folder.
  private func files(_ path: String) -> [String] {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let folder = String(path[..<slash]), prefix = path[slash...]
    return entries(of: folder.isEmpty ? "." : folder).filter {
      $0.hasPrefix(prefix) && ($0.first != "." || prefix != "")
    }
    .map { name in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder)
      return folder + name + (exists && isFolder.boolValue ? "/" : "")
    }
  }

  private func entries(of folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
