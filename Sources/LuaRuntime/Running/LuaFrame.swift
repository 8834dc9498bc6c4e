import CLua

/// The kinds of Lua values, with what Lua calls them.
public enum LuaKind: String, Sendable {
  case none = "no value"
  case `nil`, boolean, number, string, table, function, userdata, thread
}

/// One activation of a native function: its arguments on Lua's stack, from 1.
///
/// It is borrowed by the body of a binding, so it cannot outlive the call.
public struct LuaFrame: ~Copyable {
  @usableFromInline let pointer: OpaquePointer

  @usableFromInline
  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  /// The number of arguments, or the highest index in use.
  public var count: Int32 { lua_gettop(pointer) }

  /// The state that called.
  public var state: LuaState { LuaState.of(pointer) }

  public func isNil(_ index: Int32) -> Bool { lua_type(pointer, index) <= LUA_TNIL }

  public func kind(_ index: Int32) -> LuaKind {
    switch lua_type(pointer, index) {
    case LUA_TNIL: .nil
    case LUA_TBOOLEAN: .boolean
    case LUA_TNUMBER: .number
    case LUA_TSTRING: .string
    case LUA_TTABLE: .table
    case LUA_TFUNCTION: .function
    case LUA_TUSERDATA, LUA_TLIGHTUSERDATA: .userdata
    case LUA_TTHREAD: .thread
    default: .none
    }
  }

  /// What a message calls the value: its class if it is an object of the host, else its kind.
  public func typeName(_ index: Int32) -> String {
    if let known = objectClass(index) { return known.name }
    return kind(index).rawValue
  }

  /// `Tensor expected, got nil`
  public func typeFailure(_ index: Int32, expected: String) -> LuaFailure {
    .argument(index, "\(expected) expected, got \(typeName(index))")
  }

  // MARK: reading

  public func number(_ index: Int32) throws(LuaFailure) -> Double {
    var isNumber: Int32 = 0
    let value = lua_tonumberx(pointer, index, &isNumber)
    if isNumber == 0 || lua_type(pointer, index) != LUA_TNUMBER { throw typeFailure(index, expected: "number") }
    return value
  }

  public func integer(_ index: Int32) throws(LuaFailure) -> Int {
    var isInteger: Int32 = 0
    let value = lua_tointegerx(pointer, index, &isInteger)
    guard lua_type(pointer, index) == LUA_TNUMBER else { throw typeFailure(index, expected: "integer") }
    if isInteger == 0 { throw .argument(index, "integer expected, got \(lua_tonumberx(pointer, index, nil))") }
    return Int(value)
  }

  /// Whether the value is a number without a fraction.
  func isInteger(_ index: Int32) -> Bool {
    var isInteger: Int32 = 0
    lua_tointegerx(pointer, index, &isInteger)
    return isInteger != 0 && lua_type(pointer, index) == LUA_TNUMBER
  }

  public func boolean(_ index: Int32) throws(LuaFailure) -> Bool {
    guard lua_type(pointer, index) == LUA_TBOOLEAN else { throw typeFailure(index, expected: "boolean") }
    return lua_toboolean(pointer, index) != 0
  }

  public func string(_ index: Int32) throws(LuaFailure) -> String {
    guard lua_type(pointer, index) == LUA_TSTRING else { throw typeFailure(index, expected: "string") }
    return rawString(index)
  }

  /// The bytes of a string that is known to be one.
  func rawString(_ index: Int32) -> String {
    var length = 0
    guard let bytes = lua_tolstring(pointer, index, &length) else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  /// What `tostring` gives; runs `__tostring` protected.
  public func text(_ index: Int32) throws(LuaFailure) -> String {
    let status = clua_tostring(pointer, index)
    if status != LUA_OK { throw .rethrow(state.takeError(status, on: pointer)) }
    defer { clua_pop(pointer, 1) }
    return rawString(-1)
  }

  // MARK: writing

  @discardableResult
  public func write(_ value: Double) -> Int32 {
    lua_pushnumber(pointer, value)
    return 1
  }

  @discardableResult
  public func write(_ value: Int) -> Int32 {
    lua_pushinteger(pointer, lua_Integer(value))
    return 1
  }

  @discardableResult
  public func write(_ value: Bool) -> Int32 {
    lua_pushboolean(pointer, value ? 1 : 0)
    return 1
  }

  @discardableResult
  public func write(_ value: String) -> Int32 {
    var value = value
    value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        _ = text.baseAddress.map { lua_pushlstring(pointer, $0, text.count) } ?? lua_pushstring(pointer, "")
      }
    }
    return 1
  }

  @discardableResult
  public func writeNil() -> Int32 {
    lua_pushnil(pointer)
    return 1
  }
}
