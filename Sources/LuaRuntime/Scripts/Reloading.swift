import CLua
import Foundation

/// What came of reloading a module.
public struct ReloadReport: CustomStringConvertible, Sendable {
  /// The name by which `require` knows it.
  public let module: String
  /// Why the old module stays; nil if the new one is in use.
  public let failure: String?
  /// What those who use the module should know.
  public let note: String

  /// One line for whoever reloaded it.
  public var description: String {
    failure.map { "\(module): the old one stays: \($0)" } ?? "\(module) reloaded\(note)"
  }
}

extension LuaState {
  /// Loads the text of a module again and puts what it returns into the table that everybody holds.
  ///
  /// New functions replace old ones, and names that are gone go. A function `on_reload` of the new module is called with a
  /// copy of the old table. Where the new text does not load, nothing changes.
  public func reload(_ module: String) -> ReloadReport {
    let pointer = pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    func failed(_ reason: String) -> ReloadReport { ReloadReport(module: module, failure: reason, note: "") }
    guard pushLoaded(module) else { return failed("it is not loaded; require \"\(module)\" loads it") }
    let old = lua_gettop(pointer)
    let script: ScriptLoader.Script
    do throws(UnreadableScript) {
      guard case .success(let found) = try loader.find(module) else { return failed("its file is gone") }
      script = found
    } catch { return failed(error.description) }
    loader.noteStamp(of: script.chunkName)
    do throws(LuaError) {
      try load(script.source, name: script.chunkName)
      LuaFrame(pointer).write(module)
      try call(arguments: 1, results: 1)
    } catch { return failed(error.message) }
    return splice(old: old, new: lua_gettop(pointer), module)
  }

  /// Reloads each module whose file has changed since it was loaded.
  public func reloadChangedModules() -> [ReloadReport] { loader.changedModules().map(reload) }

  /// Whether `run --watch` is at work: runs look for edited modules before each round.
  public var watchesModules: Bool {
    get { loader.isWatching }
    set { loader.isWatching = newValue }
  }

  /// Whether a module that came from a file was edited since.
  public var hasChangedModules: Bool { !loader.changedModules().isEmpty }

  /// Whether any module came from a file.
  public var watchesAnyModule: Bool { !loader.stamps.isEmpty }

  private func pushLoaded(_ module: String) -> Bool {
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    LuaFrame(pointer).write(module)
    let found = lua_rawget(pointer, -2) > LUA_TNIL
    clua_remove(pointer, -2)
    return found
  }

  private func splice(old: Int32, new: Int32, _ module: String) -> ReloadReport {
    let pointer = pointer
    if lua_type(pointer, old) == LUA_TTABLE, lua_type(pointer, new) == LUA_TTABLE {
      pushCopy(of: old)
      let before = lua_gettop(pointer)
      var seen: Set<UnsafeRawPointer> = []
      replaceMembers(of: old, by: new, &seen)
      return afterReload(old, before, module)
    }
    noteReplaced(old, new)
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    setField(module) { lua_pushvalue(pointer, new) }
    replaceInFolder(module, old, new)
    let kept = "; what kept the old \(LuaFrame(pointer).typeName(old)) goes on with it"
    return ReloadReport(module: module, failure: nil, note: kept + tellListeners())
  }

  /// Tells those who hold functions of modules. Returns what they could not take over.
  private func tellListeners() -> String {
    reloadListeners.sorted { $0.key < $1.key }.compactMap { $0.value() }.map { "; \($0)" }.joined()
  }

  /// Calls the module's `on_reload`, and tells those who hold functions of it.
  private func afterReload(_ table: Int32, _ before: Int32, _ module: String) -> ReloadReport {
    let pointer = pointer
    var note = ""
    LuaFrame(pointer).write("on_reload")
    if lua_rawget(pointer, table) == LUA_TFUNCTION {
      lua_pushvalue(pointer, before)
      do throws(LuaError) { try call(arguments: 1, results: 0) } catch { note = "; on_reload failed: \(error.message)" }
    }
    return ReloadReport(module: module, failure: nil, note: note + tellListeners())
  }

  private func pushCopy(of table: Int32) {
    lua_createtable(pointer, 0, 0)
    let copy = lua_gettop(pointer)
    lua_pushnil(pointer)
    while lua_next(pointer, table) != 0 {
      lua_pushvalue(pointer, -2)
      clua_insert(pointer, -2)
      lua_rawset(pointer, copy)
    }
  }

  /// Makes one table hold what another holds. Tables under the same name are spliced in turn, so that whoever holds one
  /// of them sees the new functions.
  private func replaceMembers(of old: Int32, by new: Int32, _ seen: inout Set<UnsafeRawPointer>) {
    let pointer = pointer
    guard lua_checkstack(pointer, 16) != 0, let identity = lua_topointer(pointer, old), seen.insert(identity).inserted
    else { return }
    for name in stringKeys(old) {
      LuaFrame(pointer).write(name)
      if lua_rawget(pointer, new) == LUA_TNIL { setField(name, of: old) { lua_pushnil(pointer) } }
      clua_pop(pointer, 1)
    }
    lua_pushnil(pointer)
    while lua_next(pointer, new) != 0 {
      let value = lua_gettop(pointer)
      lua_pushvalue(pointer, value - 1)
      lua_rawget(pointer, old)
      let before = lua_gettop(pointer)
      if lua_type(pointer, before) == LUA_TTABLE, lua_type(pointer, value) == LUA_TTABLE {
        replaceMembers(of: before, by: value, &seen)
      } else {
        noteReplaced(before, value)
        lua_pushvalue(pointer, value - 1)
        lua_pushvalue(pointer, value)
        lua_rawset(pointer, old)
      }
      lua_settop(pointer, value - 1)
    }
    if lua_getmetatable(pointer, new) != 0 { lua_setmetatable(pointer, old) }
    var functions: Set<UnsafeRawPointer> = []
    for name in stringKeys(new) {
      LuaFrame(pointer).write(name)
      lua_rawget(pointer, new)
      point(lua_gettop(pointer), at: old, insteadOf: new, &functions)
      clua_pop(pointer, 1)
    }
  }

  /// Makes a function, and those that it uses, mean the table that everybody holds where they name their module's.
  private func point(
    _ function: Int32, at old: Int32, insteadOf new: Int32, _ seen: inout Set<UnsafeRawPointer>
  ) {
    let pointer = pointer
    guard lua_type(pointer, function) == LUA_TFUNCTION, let identity = lua_topointer(pointer, function),
      seen.insert(identity).inserted, lua_checkstack(pointer, 16) != 0
    else { return }
    var position: Int32 = 1
    while lua_getupvalue(pointer, function, position) != nil {
      if lua_rawequal(pointer, -1, new) != 0 {
        lua_pushvalue(pointer, old)
        lua_setupvalue(pointer, function, position)
      } else {
        point(lua_gettop(pointer), at: old, insteadOf: new, &seen)
      }
      clua_pop(pointer, 1)
      position += 1
    }
  }

  private func setField(_ name: String, of table: Int32, _ push: () -> Void) {
    LuaFrame(pointer).write(name)
    push()
    lua_rawset(pointer, table)
  }

  /// Remembers which function stands for an old one.
  private func noteReplaced(_ old: Int32, _ new: Int32) {
    guard lua_type(pointer, old) == LUA_TFUNCTION, let identity = lua_topointer(pointer, old) else { return }
    lua_pushvalue(pointer, old)
    let kept = LuaReference(popping: pointer)  // no other function may get its address
    lua_pushvalue(pointer, new)
    replacements[UInt(bitPattern: identity)] = (kept, LuaReference(popping: pointer))
  }

  /// A member of `fed` lies in the table of its folder too.
  private func replaceInFolder(_ module: String, _ old: Int32, _ new: Int32) {
    guard let dot = module.lastIndex(of: ".") else { return }
    let pointer = pointer, name = String(module[module.index(after: dot)...])
    pushGlobals()
    for part in module[..<dot].split(separator: ".") {
      guard lua_type(pointer, -1) == LUA_TTABLE else { return }
      LuaFrame(pointer).write(String(part))
      lua_rawget(pointer, -2)
    }
    guard lua_type(pointer, -1) == LUA_TTABLE else { return }
    let folder = lua_gettop(pointer)
    LuaFrame(pointer).write(name)
    lua_rawget(pointer, folder)
    if lua_rawequal(pointer, -1, old) != 0 { setField(name, of: folder) { lua_pushvalue(pointer, new) } }
  }
}

extension LuaFunction {
  /// The function that a reload put in the place of this one; nil if none did.
  public var replacement: LuaValue? {
    guard let state = try? reference.state(), let (_, new) = state.replacements[identity] else { return nil }
    new.push(state.pointer)
    defer { clua_pop(state.pointer, 1) }
    return LuaValue(LuaFrame(state.pointer), lua_gettop(state.pointer))
  }
}

extension LuaState {
  /// Calls a function after each reload; what it returns is told to whoever reloaded. Returns what ends that.
  public func afterReloads(_ listener: @escaping () -> String?) -> ReloadListening {
    let key = (reloadListeners.keys.max() ?? 0) + 1
    reloadListeners[key] = listener
    return ReloadListening(state: self, key: key)
  }
}

/// Keeps a listener of reloads until it goes.
public final class ReloadListening {
  private weak var state: LuaState?
  private let key: Int

  init(state: LuaState, key: Int) { (self.state, self.key) = (state, key) }

  deinit { state?.reloadListeners[key] = nil }
}

// MARK: Which files changed

extension ScriptLoader {
  /// When a file was written, and its size.
  struct Stamp: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int

    init?(_ path: String) {
      var facts = stat()
      guard stat(path, &facts) == 0 else { return nil }
      seconds = facts.st_mtim.tv_sec
      nanoseconds = facts.st_mtim.tv_nsec
      size = Int(facts.st_size)
    }
  }

  /// Remembers the state of a chunk's file at the moment it is loaded.
  mutating func noteStamp(of chunk: String) {
    guard chunk.hasPrefix("@") else { return }
    stamps[chunk] = Stamp(String(chunk.dropFirst()))
  }

  /// The modules whose files are others than when they were loaded, sorted.
  func changedModules() -> [String] {
    stamps.filter { chunk, stamp in Stamp(String(chunk.dropFirst())) != stamp }.keys.compactMap { names[$0] }.sorted()
  }
}
