import CLua

/// Reads accounts of values on Lua's stack.
///
/// Tables that hold themselves, and captured variables that lead to more than a reader would look at, are cut short:
/// an account is told in a bounded time whatever a script made.
struct AccountReader {
  private let pointer: OpaquePointer
  /// Tables and functions that are being read.
  private var open: Set<UnsafeRawPointer> = []
  /// Values that were read, those in the accounts of objects among them.
  private(set) var size = 0
  /// How deep the accounts of objects are that were read.
  private(set) var height = 0
  /// How many captured variables lie between the value that was asked for and the one in hand.
  private var captures = 0

  /// More is not told: a network of many layers in layers would fill pages.
  private static let most = 4_000
  /// Tables, functions and objects that may lie in each other.
  private static let depth = 24
  /// Longer lists of numbers are told by their length and a hash.
  private static let longList = 1_000
  /// Functions that capture each other.
  private static let captureDepth = 3
  /// The most entries of a captured table: larger ones are memory, not options.
  private static let capturedEntries = 64

  init(_ frame: borrowing LuaFrame) { pointer = frame.pointer }

  /// What the value at a stack index is.
  mutating func account(_ index: Int32) -> Account {
    size += 1
    guard size < Self.most, open.count < Self.depth, lua_checkstack(pointer, 8) != 0 else { return .string("…") }
    let index = lua_absindex(pointer, index), frame = LuaFrame(pointer)
    switch frame.kind(index) {
    case .none, .nil: return .null
    case .boolean: return .bool(lua_toboolean(pointer, index) != 0)
    case .number: return number(index)
    case .string: return .string(frame.shownString(index))
    case .thread: return .string("thread")
    case .userdata: return object(index)
    case .table: return made(index) ?? guarded(index) { $0.table(index) }
    case .function: return made(index) ?? guarded(index) { $0.function(index) }
    }
  }

  /// A whole number is one however it was written.
  private func number(_ index: Int32) -> Account {
    if lua_isinteger(pointer, index) != 0 { return .int(Int(lua_tointegerx(pointer, index, nil))) }
    let value = lua_tonumberx(pointer, index, nil)
    return Int(exactly: value).flatMap { $0.magnitude < 1 << 53 ? .int($0) : nil } ?? .double(value)
  }

  private mutating func guarded(_ index: Int32, _ read: (inout AccountReader) -> Account) -> Account {
    guard let address = lua_topointer(pointer, index), open.insert(address).inserted else { return .string("…") }
    defer { open.remove(address) }
    return read(&self)
  }

  // MARK: Objects

  private mutating func made(_ index: Int32) -> Account? {
    LuaFrame(pointer).origin(index).map { told($0, beside: []) }
  }

  /// The account of an object, or its path alone where that would be more than anyone reads.
  private mutating func told(_ origin: Origin, beside: [Account.Field]) -> Account {
    guard size + origin.size < Self.most, origin.height < Self.depth else { return .string("\(origin.path) { … }") }
    size += origin.size
    height = max(height, origin.height + 1)
    return .made(by: origin.path, options: origin.options, beside: beside)
  }

  private mutating func object(_ index: Int32) -> Account {
    let frame = LuaFrame(pointer), origin = frame.origin(index)
    let known = frame.anyObject(index) as? any LuaAccountable
    let facts = known?.account(isMade: origin != nil) ?? []
    if let origin { return told(origin, beside: facts) }
    if known != nil { return .fields([.init("type", .string(frame.typeName(index)))] + facts) }
    let text = (try? frame.text(index)) ?? ""
    return .fields([.init("type", .string(frame.typeName(index))), .init("text", .string(text))])
  }

  // MARK: Tables

  private mutating func table(_ index: Int32) -> Account {
    if clua_is_list(pointer, index), lua_rawlen(pointer, index) > 0 { return digest(index) ?? .list(items(index)) }
    let named = fields(index)
    return named.isEmpty ? .list([]) : .fields(named)
  }

  /// A long list of numbers by its length and an FNV-1a hash of their bits; nil for any other list.
  private func digest(_ index: Int32) -> Account? {
    let count = Int(lua_rawlen(pointer, index))
    guard count > Self.longList else { return nil }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for position in 1...count {
      lua_rawgeti(pointer, index, lua_Integer(position))
      defer { clua_pop(pointer, 1) }
      guard LuaFrame(pointer).kind(-1) == .number else { return nil }
      hash = (hash ^ lua_tonumberx(pointer, -1, nil).bitPattern) &* 0x100_0000_01b3
    }
    return .fields([.init("numbers", .int(count)), .init("hash", .string(String(hash, radix: 16)))])
  }

  /// The elements 1...n.
  mutating func items(_ index: Int32) -> [Account] {
    (0..<max(0, Int(lua_rawlen(pointer, index)))).map { position in
      lua_rawgeti(pointer, index, lua_Integer(position + 1))
      defer { clua_pop(pointer, 1) }
      return account(-1)
    }
  }

  /// All entries by what their keys are called, in the order of these.
  ///
  /// - Parameter skipsItems: Leaves out the elements 1...n.
  mutating func fields(_ index: Int32, skipsItems: Bool = false) -> [Account.Field] {
    var fields: [Account.Field] = []
    let index = lua_absindex(pointer, index), bottom = lua_gettop(pointer)
    let count = lua_Integer(lua_rawlen(pointer, index))
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      defer { lua_settop(pointer, bottom + 1) }
      let isItem =
        lua_isinteger(pointer, bottom + 1) != 0 && 1...max(count, 1) ~= lua_tointegerx(pointer, bottom + 1, nil)
      if skipsItems, isItem, count > 0 { continue }
      guard let name = keyName(bottom + 1) else { continue }
      fields.append(.init(name, account(bottom + 2)))
    }
    return fields.sorted { $0.name < $1.name }
  }

  private func keyName(_ index: Int32) -> String? {
    let frame = LuaFrame(pointer)
    switch frame.kind(index) {
    case .string: return frame.shownString(index)
    case .number: return LuaKey(frame, index)?.description
    case .boolean: return lua_toboolean(pointer, index) != 0 ? "true" : "false"
    default: return nil
    }
  }

  // MARK: Functions

  private mutating func function(_ index: Int32) -> Account {
    if let binding = clua_binding_at(pointer, index) {
      let name = Unmanaged<Binding>.fromOpaque(binding).takeUnretainedValue().fullName
      return .fields([.init("function", .string(name))])
    }
    if lua_iscfunction(pointer, index) != 0 { return .fields([.init("function", .string("of Lua's library"))]) }
    var activation = lua_Debug()
    lua_pushvalue(pointer, index)
    guard lua_getinfo(pointer, ">S", &activation) != 0, let source = activation.source else {
      return .string("function")
    }
    let name = String(cString: source), first = Int(activation.linedefined)
    let lines = first...max(first, Int(activation.lastlinedefined))
    let isText = !name.hasPrefix("@") && !name.hasPrefix("=")
    let text = isText ? name : name.hasPrefix("=stdin") ? nil : LuaState.of(pointer).texts[name]
    return .function(
      FunctionText(
        source: isText ? "text" : String(name.dropFirst()), line: lines.lowerBound,
        text: text.flatMap { Self.lines(lines, of: $0) }, captured: captured(index)))
  }

  /// Some lines of a text, from 1; the whole text for a chunk, which starts at line 0.
  private static func lines(_ lines: ClosedRange<Int>, of text: String) -> String? {
    if lines.lowerBound == 0 { return text }
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.upperBound <= all.count else { return nil }
    return all[lines.lowerBound - 1...lines.upperBound - 1].joined(separator: "\n")
  }

  /// The variables that a function captured: plain values, tables of them, what documented functions made, and other
  /// functions of scripts.
  private mutating func captured(_ index: Int32) -> [Account.Field] {
    guard captures < Self.captureDepth else { return [] }
    captures += 1
    defer { captures -= 1 }
    var fields: [Account.Field] = []
    for position in 1...Int32(255) {
      guard let name = lua_getupvalue(pointer, index, position) else { break }
      defer { clua_pop(pointer, 1) }
      let text = String(cString: name)
      guard text != "_ENV", tells(lua_gettop(pointer)) else { continue }
      fields.append(.init(text, account(-1)))
    }
    return fields.sorted { $0.name < $1.name }
  }

  /// Whether a captured value says something of what the function does. Modules are known by the version, and what the
  /// library is made of, too.
  private func tells(_ index: Int32) -> Bool {
    let frame = LuaFrame(pointer), bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    if frame.origin(index) != nil { return true }
    switch frame.kind(index) {
    case .boolean, .number, .string: return true
    case .function: return lua_iscfunction(pointer, index) == 0 && !isOfLibrary(index)
    case .table: return !isModule(index) && luaL_getmetafield(pointer, index, "__name") == LUA_TNIL && isSmall(index)
    default: return false
    }
  }

  private func isOfLibrary(_ index: Int32) -> Bool {
    var activation = lua_Debug()
    lua_pushvalue(pointer, index)
    guard lua_getinfo(pointer, ">S", &activation) != 0, let source = activation.source else { return false }
    return String(cString: source).hasPrefix("=fed/")
  }

  private func isSmall(_ index: Int32) -> Bool {
    let bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    var count = 0
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      count += 1
      if count > Self.capturedEntries { return false }
      clua_pop(pointer, 1)
    }
    return true
  }

  private func isModule(_ index: Int32) -> Bool {
    let bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    lua_getfield(pointer, clua_registry(), LUA_LOADED_TABLE)
    lua_pushnil(pointer)
    while lua_next(pointer, bottom + 1) != 0 {
      if lua_rawequal(pointer, -1, index) != 0 { return true }
      clua_pop(pointer, 1)
    }
    return false
  }
}
