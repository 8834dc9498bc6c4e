import CLua

/// An object that is shown to a person in another way than `tostring` gives it, such as by the width of the screen.
public protocol LuaShown: LuaObject {
  /// The text for a screen of so many columns.
  func shown(width: Int) throws -> String
}

/// Writes Lua values as a person would want to read them.
///
/// Access is raw, so no script code runs but `__tostring`, which runs protected. Keys are sorted.
public struct Inspector {
  /// What a piece of text shows, for colors.
  enum Style: Sendable { case number, string, keyword, key, type }

  let state: LuaState
  /// How many tables inside of each other are shown.
  public var maximumDepth = 4
  /// Entries of a table that are shown; four times as many numbers.
  public var maximumItems = 50
  /// Columns that the text may take.
  public var lineWidth = 80
  var paint: (Style, String) -> String = { $1 }

  /// Makes a writer of a state's values, without colors.
  public init(state: LuaState) { self.state = state }

  /// Bytes of a string that are shown, alone and inside of a table.
  private static let longestText = 100_000, longestItem = 1000

  /// Numbers and short strings of a list, which share lines, may be so many times as many as other items.
  private static let shortItems = 4

  /// Describes the value at a stack index. A string stands bare at the top and quoted inside a table.
  func text(_ index: Int32) -> String {
    var open: Set<UnsafeRawPointer> = []
    return text(lua_absindex(state.pointer, index), 0, &open)
  }

  /// Describes a value.
  public func text(of value: LuaValue) -> String {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard lua_checkstack(pointer, 32) != 0 else { return "…" }
    _ = value.write(LuaFrame(pointer))
    return text(top + 1)
  }

  private func text(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> String {
    let pointer = state.pointer, frame = LuaFrame(pointer)
    guard lua_checkstack(pointer, 16) != 0 else { return "…" }
    switch frame.kind(index) {
    case .none, .nil: return paint(.keyword, "nil")
    case .boolean: return paint(.keyword, lua_toboolean(pointer, index) != 0 ? "true" : "false")
    case .number: return paint(.number, tostring(index))
    case .string:
      let (text, rest) = frame.shownString(index, most: depth == 0 ? Self.longestText : Self.longestItem)
      return (depth == 0 ? text : paint(.string, quoted(text))) + (rest > 0 ? "… \(rest) more bytes" : "")
    case .function: return paint(.type, "function" + (state.binding(at: index).map { " " + $0.signature } ?? ""))
    case .table: return table(index, depth, &open)
    case .userdata, .thread: return indented(object(index, depth), depth)
    }
  }

  private func object(_ index: Int32, _ depth: Int) -> String {
    guard let shown = LuaFrame(state.pointer).anyObject(index) as? any LuaShown else { return tostring(index) }
    do { return try shown.shown(width: max(20, lineWidth - 2 * depth)) } catch {
      return "<error in tostring: \(error)>"
    }
  }

  private func indented(_ text: String, _ depth: Int) -> String {
    text.replacing("\n", with: "\n" + String(repeating: "  ", count: depth))
  }

  // MARK: Tables

  private func table(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> String {
    if state.describesItself(index) { return indented(tostring(index), depth) }
    guard let identity = lua_topointer(state.pointer, index) else { return "{}" }
    if open.contains(identity) { return paint(.type, "<cycle>") }
    if depth >= maximumDepth { return "{…}" }
    open.insert(identity)
    defer { open.remove(identity) }
    if let rows = RecordTable(state, index, self) {
      return indented((depth > 0 ? "\n" : "") + rows.text(width: lineWidth - 2 * depth - 2), depth > 0 ? depth + 1 : 0)
    }
    let items = items(index, depth, &open), rest = named(index, depth, &open) + unloaded(index)
    if !items.isShort || items.parts.isEmpty { return layout(items.parts + rest, depth) }
    let flat = flat(items.parts + rest, depth)
    return flat ?? layout(rows(of: items.parts, depth) + rest, depth)
  }

  /// The sequence 1...n, and whether numbers and short strings are all that is in it.
  private func items(
    _ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>
  ) -> (parts: [String], isShort: Bool) {
    let pointer = state.pointer, count = Int(lua_rawlen(pointer, index))
    let isShort = count > 0 && (1...count).prefix(maximumItems * Self.shortItems).allSatisfy { isShortItem(index, $0) }
    let most = maximumItems * (isShort ? Self.shortItems : 1)
    var parts: [String] = []
    for position in 0..<min(count, most) {
      lua_rawgeti(pointer, index, lua_Integer(position + 1))
      parts.append(text(lua_gettop(pointer), depth + 1, &open))
      clua_pop(pointer, 1)
    }
    return (count > most ? parts + ["… \(count - most) more"] : parts, isShort)
  }

  private func isShortItem(_ table: Int32, _ position: Int) -> Bool {
    let pointer = state.pointer
    lua_rawgeti(pointer, table, lua_Integer(position))
    defer { clua_pop(pointer, 1) }
    switch lua_type(pointer, -1) {
    case LUA_TNUMBER, LUA_TBOOLEAN: return true
    case LUA_TSTRING: return lua_rawlen(pointer, -1) <= 20
    default: return false
    }
  }

  /// Items side by side in columns, as many as a line takes.
  private func rows(of parts: [String], _ depth: Int) -> [String] {
    let widths = parts.map { Terminal.columns($0) + 2 }, width = widths.max() ?? 2
    let perRow = max(1, (lineWidth - 2 * (depth + 1)) / width)
    return stride(from: 0, to: parts.count, by: perRow).map { start in
      let row = parts[start..<min(start + perRow, parts.count)]
      return row.map { String(repeating: " ", count: width - 2 - Terminal.columns($0)) + $0 }.joined(separator: ", ")
    }
  }

  /// All other keys, sorted.
  private func named(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> [String] {
    let pointer = state.pointer, count = lua_Integer(lua_rawlen(pointer, index))
    var parts: [(order: LuaKey, text: String)] = []
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      let value = lua_gettop(pointer), frame = LuaFrame(pointer), key = LuaKey(frame, value - 1)
      if case .integer(let position) = key, position >= 1, position <= Int(count) {
        clua_pop(pointer, 1)
        continue
      }
      let name =
        if case .string(let name) = key { isName(name) ? name : "[\(quoted(name))]" } else {
          "[" + text(value - 1, depth + 1, &open) + "]"
        }
      let text = text(value, depth + 1, &open)
      let equals = text.hasPrefix("\n") ? " =" : " = "
      parts.append((key ?? .string("~" + name), paint(.key, name) + equals + text))
      clua_pop(pointer, 1)
    }
    let sorted = parts.sorted { $0.order < $1.order }.map(\.text)
    return sorted.count > maximumItems
      ? sorted.prefix(maximumItems) + ["… \(sorted.count - maximumItems) more"] : sorted
  }

  /// Members of the library that are not loaded yet, by name alone.
  private func unloaded(_ index: Int32) -> [String] {
    let pointer = state.pointer, top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    guard luaL_getmetafield(pointer, index, "__scripts") == LUA_TTABLE else { return [] }
    return state.stringKeys(top + 1).filter { name in
      LuaFrame(pointer).write(name)
      defer { clua_pop(pointer, 1) }
      return lua_rawget(pointer, index) == LUA_TNIL
    }.map { paint(.key, $0) + " = " + paint(.type, "…") }
  }

  /// One line if it fits, else one line an item.
  private func layout(_ parts: [String], _ depth: Int) -> String {
    if let flat = flat(parts, depth) { return flat }
    let indent = String(repeating: "  ", count: depth + 1)
    return "{\n" + parts.map { indent + $0 }.joined(separator: ",\n") + "\n" + indent.dropLast(2) + "}"
  }

  private func flat(_ parts: [String], _ depth: Int) -> String? {
    if parts.isEmpty { return "{}" }
    let flat = "{ " + parts.joined(separator: ", ") + " }"
    return Terminal.columns(flat) + 2 * depth <= lineWidth - 8 && !flat.contains("\n") ? flat : nil
  }

  private func tostring(_ index: Int32) -> String {
    do throws(LuaFailure) {
      return try LuaFrame(state.pointer).text(index)
    } catch { return "<error in tostring: \(error.message)>" }
  }

  private func isName(_ text: String) -> Bool {
    !luaKeywords.contains(text) && text.utf8.first.map { $0 < 48 || $0 > 57 } == true
      && text.utf8.allSatisfy(isNameByte)
  }
}

extension LuaState {
  /// Whether a table is shown as its `__tostring` says, and not field by field.
  func describesItself(_ index: Int32) -> Bool {
    func has(_ field: String) -> Bool {
      if luaL_getmetafield(pointer, index, field) == LUA_TNIL { return false }
      clua_pop(pointer, 1)
      return true
    }
    return has("__tostring") && !has(LuaFrame.recordMark)
  }
}

extension Inspector {
  /// Colors for a terminal.
  static func terminalPaint(_ style: Style, _ text: String) -> String {
    let code =
      switch style {
      case .number: 36
      case .string: 32
      case .keyword: 35
      case .key: 33
      case .type: 34
      }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }

  /// Lets values be colored as on a terminal.
  public mutating func useColors() { paint = Self.terminalPaint }
}

/// A string as Lua would read it.
func quoted(_ text: String) -> String {
  let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t", "\r": "\\r"]
  return "\"" + text.map { escapes[$0] ?? String($0) }.joined() + "\""
}

/// Whether a byte may stand in a Lua name.
func isNameByte(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "_") || (byte | 32 >= UInt8(ascii: "a") && byte | 32 <= UInt8(ascii: "z"))
    || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
}

let luaKeywords = [
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
]
