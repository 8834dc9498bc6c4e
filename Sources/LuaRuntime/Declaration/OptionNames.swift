import CLua

/// The names that a table of options may hold, and the walk over such a table: the same for options that Swift declares
/// and for those of scripts.
struct OptionNames: Sendable {
  struct Option: Sendable {
    let name: String
    let type: String
    let isRequired: Bool
  }

  private(set) var all: [Option] = []
  private var positions: [String: Int] = [:]
  /// Whether the table's array part has a meaning.
  var hasItems = false

  mutating func add(_ name: String, type: String, isRequired: Bool) {
    positions[name] = all.count
    all.append(Option(name: name, type: type, isRequired: isRequired))
  }

  /// Calls `read` with the position of each option that the table gives, and with where its value stands.
  ///
  /// The order of a table's keys is Lua's and differs from run to run. So the whole table is walked before the first
  /// failure is told: names that are unknown by their order, then options by theirs.
  func read(
    _ frame: borrowing LuaFrame, _ index: Int32,
    _ read: (borrowing LuaFrame, Int, Int32) throws(LuaFailure) -> Void
  ) throws(LuaFailure) {
    var isGiven = [Bool](repeating: false, count: all.count)
    if !frame.isNil(index) {
      guard frame.kind(index) == .table else { throw frame.typeFailure(index, expected: "table of options") }
      try walk(frame, lua_absindex(frame.pointer, index), &isGiven, read)
    }
    for (option, given) in zip(all, isGiven) where option.isRequired && !given {
      throw LuaFailure("option '\(option.name)' is missing, \(option.type) expected")
    }
  }

  private func walk(
    _ frame: borrowing LuaFrame, _ index: Int32, _ isGiven: inout [Bool],
    _ read: (borrowing LuaFrame, Int, Int32) throws(LuaFailure) -> Void
  ) throws(LuaFailure) {
    let pointer = frame.pointer, bottom = lua_gettop(pointer), count = lua_Integer(lua_rawlen(pointer, index))
    defer { lua_settop(pointer, bottom) }
    lua_checkstack(pointer, 16)
    var first: (rank: Int, text: String, failure: LuaFailure)?
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      var rank = -1, text = ""
      do throws(LuaFailure) {
        text = keyText(frame, bottom + 1)
        if let position = try position(of: frame, bottom + 1, text, itemCount: count) {
          rank = position
          isGiven[position] = true
          try read(frame, position, bottom + 2)
        }
      } catch {
        if first.map({ (rank, text) < ($0.rank, $0.text) }) ?? true { first = (rank, text, error) }
      }
      lua_settop(pointer, bottom + 1)
    }
    if let first { throw first.failure }
  }

  private func keyText(_ frame: borrowing LuaFrame, _ key: Int32) -> String {
    if frame.kind(key) == .string { return frame.shownString(key) }
    return LuaKey(frame, key)?.description ?? frame.typeName(key)
  }

  /// The position of the option that a key names; nil for a key of the array part.
  private func position(
    of frame: borrowing LuaFrame, _ key: Int32, _ text: String, itemCount: lua_Integer
  ) throws(LuaFailure) -> Int? {
    guard frame.kind(key) == .string else {
      guard hasItems else { throw LuaFailure("an option has a name, got a \(frame.typeName(key)) as key; \(known)") }
      if lua_isinteger(frame.pointer, key) != 0, 1...max(1, itemCount) ~= lua_tointegerx(frame.pointer, key, nil) {
        return nil
      }
      throw LuaFailure.strayKey(text, count: Int(itemCount))
    }
    if let position = positions[text] { return position }
    throw LuaFailure("unknown option '\(text)'" + suggestion(for: text, among: all.map(\.name)) + "; \(known)")
  }

  private var known: String {
    all.isEmpty ? "there are no options" : "the options are " + all.map(\.name).sorted().joined(separator: ", ")
  }
}

extension LuaFailure {
  /// A list with a key that would be left out.
  static func strayKey(_ key: String, count: Int) -> LuaFailure {
    LuaFailure("a list goes from 1 to n and has no other keys, got the key \(key) in a list of \(count)")
  }
}
