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
    let forgotten = maker(index, of: expected).map { " \($0), which was not called; write \($0) { … }" } ?? ""
    return .argument(index, "\(expected) expected, got \(shown(index, expected))\(forgotten)")
  }

  /// The type of a value; of a number where a whole one is needed, the number, with the way to a whole one.
  private func shown(_ index: Int32, _ expected: String) -> String {
    guard kind(index) == .number, expected.contains("integer"), !expected.contains("number"), !isInteger(index) else {
      return typeName(index)
    }
    return "\(lua_tonumberx(pointer, index, nil)); a // b divides to a whole number"
  }

  /// The path of a documented function that makes what is expected, where a script gave the function itself.
  func maker(_ index: Int32, of type: String) -> String? {
    guard let binding = clua_binding_at(pointer, index) else { return nil }
    let documented = Unmanaged<Binding>.fromOpaque(binding).takeUnretainedValue()
    let alternatives = type.split(separator: " or ").flatMap { $0.split(separator: "|") }
    return alternatives.contains { $0 == documented.documentation.returnType } ? documented.fullName : nil
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
    if let text = validString(index) { return text }
    throw .argument(index, "text in UTF-8 expected, got the bytes \"\(shownString(index))\"")
  }

  /// A string that is known to be one; nil if its bytes are no UTF-8, which a Swift string would lose.
  func validString(_ index: Int32) -> String? { String(validating: bytes(index), as: UTF8.self) }

  /// A string that is known to be one, for a reader: bytes that are no UTF-8 as Lua writes them, `\xE9`.
  func shownString(_ index: Int32) -> String {
    if let text = validString(index) { return text }
    return bytes(index).reduce(into: "") { text, byte in
      text += byte < 0x80 ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
    }
  }

  /// The bytes of a string, as long as it lies there.
  func rawBytes(_ index: Int32) -> UnsafeRawBufferPointer { bytes(index) }

  /// The beginning of a string for a reader, and how many bytes were left out.
  func shownString(_ index: Int32, most: Int) -> (text: String, rest: Int) {
    let all = bytes(index)
    if all.count <= most { return (shownString(index), 0) }
    var end = most
    while end > 0, all[end] & 0xC0 == 0x80 { end -= 1 }  // not in the middle of a character
    lua_pushlstring(pointer, all.baseAddress?.assumingMemoryBound(to: CChar.self), end)
    defer { clua_pop(pointer, 1) }
    return (shownString(lua_gettop(pointer)), all.count - end)
  }

  private func bytes(_ index: Int32) -> UnsafeRawBufferPointer {
    var length = 0
    let start = lua_tolstring(pointer, index, &length)
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length)
  }

  /// What `tostring` gives; runs `__tostring` protected.
  public func text(_ index: Int32) throws(LuaFailure) -> String {
    let status = clua_tostring(pointer, index)
    if status != LUA_OK { throw .rethrow(state.takeError(status, on: pointer)) }
    defer { clua_pop(pointer, 1) }
    return shownString(-1)
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
