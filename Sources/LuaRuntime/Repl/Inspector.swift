import CLua

/// Writes Lua values as a person would want to read them.
///
/// Access is raw, so no script code runs but `__tostring`, which runs protected. Keys are sorted.
struct Inspector {
  /// What a piece of text shows, for colors.
  enum Style: Sendable { case number, string, keyword, key, type }

  let state: LuaState
  var maximumDepth = 4
  var maximumItems = 50
  var lineWidth = 72
  var paint: (Style, String) -> String = { $1 }

  /// Describes the value at a stack index. A string stands bare at the top and quoted inside a table.
  func text(_ index: Int32) -> String {
    var open: Set<UnsafeRawPointer> = []
    return text(lua_absindex(state.pointer, index), 0, &open)
  }

  private func text(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> String {
    let pointer = state.pointer, frame = LuaFrame(pointer)
    guard lua_checkstack(pointer, 16) != 0 else { return "…" }
    switch frame.kind(index) {
    case .none, .nil: return paint(.keyword, "nil")
    case .boolean: return paint(.keyword, lua_toboolean(pointer, index) != 0 ? "true" : "false")
    case .number: return paint(.number, tostring(index))
    case .string: return depth == 0 ? frame.shownString(index) : paint(.string, quoted(frame.shownString(index)))
    case .function: return paint(.type, "function" + (state.binding(at: index).map { " " + $0.signature } ?? ""))
    case .table: return table(index, depth, &open)
    case .userdata, .thread:
      return tostring(index).replacing("\n", with: "\n" + String(repeating: "  ", count: depth))
    }
  }

  private func table(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> String {
    if hasDescription(index) { return tostring(index) }
    guard let identity = lua_topointer(state.pointer, index) else { return "{}" }
    if open.contains(identity) { return paint(.type, "<cycle>") }
    if depth >= maximumDepth { return "{…}" }
    open.insert(identity)
    defer { open.remove(identity) }
    return layout(items(index, depth, &open) + named(index, depth, &open) + unloaded(index), depth)
  }

  /// The sequence 1...n.
  private func items(_ index: Int32, _ depth: Int, _ open: inout Set<UnsafeRawPointer>) -> [String] {
    let pointer = state.pointer, count = Int(lua_rawlen(pointer, index))
    var parts: [String] = []
    for position in 0..<min(count, maximumItems) {
      lua_rawgeti(pointer, index, lua_Integer(position + 1))
      parts.append(text(lua_gettop(pointer), depth + 1, &open))
      clua_pop(pointer, 1)
    }
    return count > maximumItems ? parts + ["… \(count - maximumItems) more"] : parts
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
      parts.append((key ?? .string("~" + name), paint(.key, name) + " = " + text(value, depth + 1, &open)))
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
    if parts.isEmpty { return "{}" }
    let flat = "{ " + parts.joined(separator: ", ") + " }"
    if visibleWidth(flat) + 2 * depth <= lineWidth && !flat.contains("\n") { return flat }
    let indent = String(repeating: "  ", count: depth + 1)
    return "{\n" + parts.map { indent + $0 }.joined(separator: ",\n") + "\n" + indent.dropLast(2) + "}"
  }

  private func visibleWidth(_ text: String) -> Int {
    var isEscape = false, width = 0
    for character in text.unicodeScalars {
      if character == "\u{1b}" { isEscape = true } else if isEscape { isEscape = character != "m" } else { width += 1 }
    }
    return width
  }

  private func hasDescription(_ index: Int32) -> Bool {
    if luaL_getmetafield(state.pointer, index, "__tostring") == LUA_TNIL { return false }
    clua_pop(state.pointer, 1)
    return true
  }

  private func tostring(_ index: Int32) -> String {
    do throws(LuaFailure) {
      return try LuaFrame(state.pointer).text(index)
    } catch { return "<error in tostring: \(error.message)>" }
  }

  private func quoted(_ text: String) -> String {
    let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t", "\r": "\\r"]
    return "\"" + text.map { escapes[$0] ?? String($0) }.joined() + "\""
  }

  private func isName(_ text: String) -> Bool {
    !luaKeywords.contains(text) && text.utf8.first.map { $0 < 48 || $0 > 57 } == true
      && text.utf8.allSatisfy(isNameByte)
  }
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
