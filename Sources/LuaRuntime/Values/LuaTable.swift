import CLua

/// A Lua table held by Swift.
///
/// Access is raw: no metamethod runs, so nothing can raise. Lua's order of keys changes from run to run; everything
/// here that walks a table does so in a sorted order.
public struct LuaTable: LuaReadable, LuaWritable, Sendable {
  public static var luaType: String { "table" }

  let reference: LuaReference

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LuaTable {
    guard matches(frame, index) else { throw frame.typeFailure(index, expected: "table") }
    lua_pushvalue(frame.pointer, index)
    return LuaTable(reference: LuaReference(popping: frame.pointer))
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .table }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    reference.push(frame.pointer)
    return 1
  }

  /// The length of the sequence 1...n.
  public var count: Int {
    get throws(LuaError) {
      try withTable { pointer throws(LuaError) in Int(lua_rawlen(pointer, -1)) }
    }
  }

  /// Reads a field. A missing one is nil for an optional type, else an error that names the field.
  public func get<Value: LuaReadable>(_ name: String, as type: Value.Type = Value.self) throws(LuaError) -> Value {
    try withTable { pointer throws(LuaError) in
      LuaFrame(pointer).write(name)
      lua_rawget(pointer, -2)
      return try LuaTable.value(pointer, "field '\(name)'", as: name)
    }
  }

  /// Reads an element of the sequence, from 1.
  public func get<Value: LuaReadable>(_ position: Int, as type: Value.Type = Value.self) throws(LuaError) -> Value {
    try withTable { pointer throws(LuaError) in
      lua_rawgeti(pointer, -1, lua_Integer(position))
      return try LuaTable.value(pointer, "element \(position)", as: "element \(position)")
    }
  }

  /// Reads the whole sequence.
  public func array<Element: LuaReadable>(of type: Element.Type = Element.self) throws(LuaError) -> [Element] {
    try withTable { pointer throws(LuaError) in
      do throws(LuaFailure) {
        return try LuaFrame(pointer).sequence(lua_gettop(pointer))
      } catch { throw LuaError(.result, error.message) }
    }
  }

  public func set(_ name: String, _ value: some LuaWritable) throws(LuaError) {
    try withTable { pointer throws(LuaError) in
      LuaFrame(pointer).write(name)
      LuaFrame(pointer).writeOne(value)
      lua_rawset(pointer, -3)
    }
  }

  public func set(_ position: Int, _ value: some LuaWritable) throws(LuaError) {
    try withTable { pointer throws(LuaError) in
      LuaFrame(pointer).writeOne(value)
      lua_rawseti(pointer, -2, lua_Integer(position))
    }
  }

  /// All keys and values: numbers first in their order, then strings in theirs.
  ///
  /// - Throws: If there is a key of another type, or one whose bytes are no UTF-8.
  public func entries() throws(LuaError) -> [(key: LuaKey, value: LuaValue)] {
    try withTable { pointer throws(LuaError) in
      var entries: [(key: LuaKey, value: LuaValue)] = []
      let table = lua_gettop(pointer)
      lua_pushnil(pointer)
      while lua_next(pointer, table) != 0 {
        let frame = LuaFrame(pointer)
        guard let key = LuaKey(frame, table + 1) else {
          let got = frame.kind(table + 1) == .string ? "\"\(frame.shownString(table + 1))\"" : frame.typeName(table + 1)
          throw LuaError(.result, "a key is a number or a string in UTF-8, got \(got)")
        }
        entries.append((key, LuaValue(frame, table + 2)))
        clua_pop(pointer, 1)
      }
      return entries.sorted { $0.key < $1.key }
    }
  }

  private func withTable<Result>(_ body: (OpaquePointer) throws(LuaError) -> Result) throws(LuaError) -> Result {
    let pointer = try reference.state().pointer
    lua_checkstack(pointer, 16)
    let top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    reference.push(pointer)
    return try body(pointer)
  }

  /// Works on the stack of the table's state.
  func state<Result>(_ body: (borrowing LuaFrame) throws(LuaFailure) -> Result) throws -> Result {
    try body(LuaFrame(try reference.state().pointer))
  }

  private static func value<Value: LuaReadable>(
    _ pointer: OpaquePointer, _ name: String, as given: String
  ) throws(LuaError) -> Value {
    do throws(LuaFailure) {
      var value = try Value.read(LuaFrame(pointer), lua_gettop(pointer))
      value.wasGiven(as: given)
      return value
    } catch { throw LuaError(.result, error.about(name).message) }
  }
}

/// A key of a table, in the order in which Swift walks it.
public enum LuaKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  case integer(Int)
  case number(Double)
  case string(String)

  init?(_ frame: borrowing LuaFrame, _ index: Int32) {
    switch frame.kind(index) {
    case .string:
      guard let text = frame.validString(index) else { return nil }
      self = .string(text)
    case .number:
      self =
        lua_isinteger(frame.pointer, index) != 0
        ? .integer(Int(lua_tointegerx(frame.pointer, index, nil))) : .number(lua_tonumberx(frame.pointer, index, nil))
    default: return nil
    }
  }

  private var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string: nil
    }
  }

  public static func < (left: LuaKey, right: LuaKey) -> Bool {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): a < b
    case (.string(let a), .string(let b)): a < b
    case (.string, _): false
    case (_, .string): true
    default: left.number! < right.number!
    }
  }

  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value
    }
  }
}
