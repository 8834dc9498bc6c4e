import CLua

/// One option of a function that a script defines: `{ default, "Sentence.", at_least = 1 }`, or `{ "Sentence.", type =
/// "integer" }` for one that must be given. At the key 1 of the options it tells of the elements of the array part.
struct ScriptOption: Sendable {
  let name: String
  let sentence: String
  let type: ScriptType
  let isRequired: Bool
  let fallback: LuaValue
  private let fallbackText: String?
  private let bounds: Bounds

  /// What a value must be beyond its type.
  private struct Bounds: LuaOptions {
    var above: Double?
    var atLeast: Double?
    var below: Double?
    var atMost: Double?
    var oneOf: [String]?
    var type: String?

    static let fields = Fields<Bounds> { field in
      field.option("above", \.above, "The value is larger than this.")
      field.option("at_least", \.atLeast, "The value is this or larger.")
      field.option("below", \.below, "The value is smaller than this.")
      field.option("at_most", \.atMost, "The value is this or smaller.")
      field.option("one_of", \.oneOf, "The strings that are allowed.")
      field.option("type", \.type, "Its type: that of the default without it.")
    }

    /// Completes "must be"; nil if every value of the type is allowed.
    var allowed: String? {
      if let oneOf { return words(allowing: oneOf) }
      if let atLeast, let atMost { return "from \(luaText(atLeast)) to \(luaText(atMost))" }
      let limits: [(String, Double?)] = [
        ("above", above), ("at least", atLeast), ("below", below), ("at most", atMost),
      ]
      let words = limits.compactMap { name, limit in limit.map { "\(name) \(luaText($0))" } }
      return words.isEmpty ? nil : words.joined(separator: " and ")
    }

    func accept(_ number: Double) -> Bool {
      (above.map { number > $0 } ?? true) && (atLeast.map { number >= $0 } ?? true)
        && (below.map { number < $0 } ?? true) && (atMost.map { number <= $0 } ?? true)
    }
  }

  /// Reads the declaration at the top of the stack.
  init(_ name: String, _ frame: borrowing LuaFrame, classes: [String]) throws(LuaFailure) {
    let pointer = frame.pointer, index = lua_gettop(pointer)
    guard frame.kind(index) == .table else {
      throw LuaFailure("a table such as { 1, \"What it is.\" } expected, got \(frame.typeName(index))")
    }
    lua_checkstack(pointer, 16)
    defer { lua_settop(pointer, index) }
    bounds = try Self.bounds(frame, index)
    lua_rawgeti(pointer, index, 1)
    isRequired = lua_rawgeti(pointer, index, 2) == LUA_TNIL
    guard frame.kind(isRequired ? -2 : -1) == .string else {
      throw LuaFailure("a sentence is missing: { default, \"Sentence.\" }, or { \"Sentence.\", type = … } without one")
    }
    sentence = try frame.string(isRequired ? -2 : -1)
    self.name = name
    fallback = isRequired ? .nil : LuaValue(frame, index + 1)
    fallbackText = if case .nil = fallback { nil } else { try Self.text(of: frame, index + 1) }
    if let type = bounds.type {
      self.type = try ScriptType(type, classes: classes)
    } else if fallbackText == nil {
      throw LuaFailure("without a default there must be a type, such as type = \"integer\"")
    } else {
      self.type = ScriptType(of: frame, index + 1)
    }
    if fallbackText != nil { try expect(frame, index + 1) }
  }

  var document: OptionDocument {
    OptionDocument(
      name: name, type: type.text + (isRequired || fallbackText != nil ? "" : "?"), sentence: sentence,
      fallback: fallbackText, allowed: bounds.allowed, isRequired: isRequired)
  }

  /// Refuses a value of another type, or one that is not allowed.
  func expect(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) {
    do throws(LuaFailure) { try type.expect(frame, index) } catch { throw error.about("option '\(name)'") }
    guard let allowed = bounds.allowed, !isAllowed(frame, index) else { return }
    throw LuaFailure("option '\(name)' = \(try Self.text(of: frame, index)) is not allowed; it must be \(allowed)")
  }

  private func isAllowed(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    switch frame.kind(index) {
    case .number: bounds.accept(lua_tonumberx(frame.pointer, index, nil))
    case .string: bounds.oneOf?.contains(frame.shownString(index)) ?? true
    default: true
    }
  }

  /// A number, string or boolean as a script writes it.
  private static func text(of frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> String {
    switch frame.kind(index) {
    case .string: "\"\(frame.shownString(index))\""
    case .number where lua_isinteger(frame.pointer, index) == 0: luaText(lua_tonumberx(frame.pointer, index, nil))
    case .number, .boolean: try frame.text(index)
    default: throw LuaFailure("a default is a number, a string, a boolean or nil, got \(frame.typeName(index))")
    }
  }

  /// The named fields of a declaration, read from a copy without its positions.
  private static func bounds(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Bounds {
    let pointer = frame.pointer
    lua_createtable(pointer, 0, 4)
    let copy = lua_gettop(pointer)
    defer { lua_settop(pointer, copy - 1) }
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      let isPosition = lua_isinteger(pointer, -2) != 0 && 1...2 ~= lua_tointegerx(pointer, -2, nil)
      if isPosition {
        clua_pop(pointer, 1)
      } else {
        lua_pushvalue(pointer, -2)
        clua_insert(pointer, -2)
        lua_rawset(pointer, copy)
      }
    }
    return try Bounds.read(frame, copy)
  }
}

/// The options of a function that a script defines, in the order of their names.
struct ScriptOptions: Sendable {
  private let all: [ScriptOption]
  private let names: OptionNames
  /// What the array part of the table means: what stands at the key 1 of a declaration.
  private let items: ScriptOption?

  init(_ table: LuaTable?, classes: [String]) throws {
    var all: [ScriptOption] = [], names = OptionNames(), items: ScriptOption?
    for (key, value) in try table?.entries() ?? [] {
      let name: String
      switch key {
      case .string(let text): name = text
      case .integer(1): name = "[1], [2], …"
      default: throw LuaFailure("options: an option has a name, or the key 1 for the array part, got the key \(key)")
      }
      let option = try table!.state { (frame: borrowing LuaFrame) throws(LuaFailure) -> ScriptOption in
        let top = frame.count
        defer { lua_settop(frame.pointer, top) }
        _ = value.write(frame)
        do throws(LuaFailure) {
          return try ScriptOption(name, frame, classes: classes)
        } catch { throw error.about("option '\(name)'") }
      }
      if case .integer = key {
        items = option
        names.hasItems = true
        continue
      }
      names.add(name, type: option.type.text, isRequired: option.isRequired)
      all.append(option)
    }
    self.all = all
    self.names = names
    self.items = items
  }

  var documents: [OptionDocument] { (all + (items.map { [$0] } ?? [])).map(\.document) }

  /// Pushes a table with what the table at an index gives, checked, and the defaults of what it leaves out.
  func push(_ frame: borrowing LuaFrame, from index: Int32) throws(LuaFailure) {
    let pointer = frame.pointer
    lua_checkstack(pointer, 16)
    lua_createtable(pointer, 0, Int32(all.count))
    let table = lua_gettop(pointer)
    for option in all {
      frame.write(option.name)
      frame.writeOne(option.fallback)
      lua_rawset(pointer, table)
    }
    try names.read(frame, index) {
      (frame: borrowing LuaFrame, position: Int, value: Int32) throws(LuaFailure) in
      let option = all[position]
      try option.expect(frame, value)
      frame.write(option.name)
      if option.type.isInteger { frame.write(try frame.integer(value)) } else { lua_pushvalue(pointer, value) }
      lua_rawset(pointer, table)
    }
    if let items, !frame.isNil(index) { try copy(items, frame, index, to: table) }
  }

  /// Copies the array part, each element checked.
  private func copy(
    _ items: ScriptOption, _ frame: borrowing LuaFrame, _ index: Int32, to table: Int32
  ) throws(LuaFailure) {
    for position in 0..<frame.itemCount(index) {
      let top = frame.pushItem(index, position + 1)
      do throws(LuaFailure) { try items.type.expect(frame, top) } catch { throw error.about("element \(position + 1)") }
      lua_rawseti(frame.pointer, table, lua_Integer(position + 1))
    }
  }
}
