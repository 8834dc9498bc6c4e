import CLua

/// Any Lua value, for code that decides by itself what it accepts.
public enum LuaValue: LuaReadable, LuaWritable, Sendable {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case table(LuaTable)
  case function(LuaFunction)
  /// An object of the host, a coroutine, foreign userdata, or a string whose bytes are no UTF-8.
  case other(LuaHandle)

  public static var luaType: String { "any" }

  init(_ frame: borrowing LuaFrame, _ index: Int32) {
    switch frame.kind(index) {
    case .none, .nil: self = .nil
    case .boolean: self = .boolean(lua_toboolean(frame.pointer, index) != 0)
    case .number:
      self =
        lua_isinteger(frame.pointer, index) != 0
        ? .integer(Int(lua_tointegerx(frame.pointer, index, nil))) : .number(lua_tonumberx(frame.pointer, index, nil))
    case .string:
      self =
        frame.validString(index).map(LuaValue.string)
        ?? .other(LuaHandle(reference: LuaValue.reference(frame, index)))
    case .table: self = .table(LuaTable(reference: LuaValue.reference(frame, index)))
    case .function: self = .function(LuaFunction(reference: LuaValue.reference(frame, index)))
    case .userdata, .thread: self = .other(LuaHandle(reference: LuaValue.reference(frame, index)))
    }
  }

  private static func reference(_ frame: borrowing LuaFrame, _ index: Int32) -> LuaReference {
    lua_checkstack(frame.pointer, 4)
    lua_pushvalue(frame.pointer, index)
    return LuaReference(popping: frame.pointer)
  }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LuaValue {
    LuaValue(frame, index)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { true }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .nil: frame.writeNil()
    case .boolean(let value): frame.write(value)
    case .integer(let value): frame.write(value)
    case .number(let value): frame.write(value)
    case .string(let value): frame.write(value)
    case .table(let value): value.write(frame)
    case .function(let value): value.write(frame)
    case .other(let value): value.write(frame)
    }
  }

  /// Reads the value as another type, for example `value.as(Tensor.self)`; nil if it is of a different one.
  public func `as`<Value: LuaReadable>(_ type: Value.Type) -> Value? {
    switch self {
    case .table(let table): table.reference.read()
    case .function(let function): function.reference.read()
    case .other(let handle): handle.reference.read()
    case .boolean(let value): value as? Value
    case .integer(let value): value as? Value ?? Double(value) as? Value
    case .number(let value): value as? Value ?? Int(exactly: value) as? Value
    case .string(let value): value as? Value
    case .nil: nil
    }
  }

  /// Whether it is nil.
  public var isNil: Bool {
    if case .nil = self { return true }
    return false
  }

  /// What a message calls the value.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .table: "table"
    case .function: "function"
    case .other(let handle): handle.typeName
    }
  }
}

/// A Lua value that Swift only passes on.
public struct LuaHandle: LuaWritable, Sendable {
  public static var luaType: String { "any" }

  let reference: LuaReference

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    reference.push(frame.pointer)
    return 1
  }

  var typeName: String {
    guard let pointer = try? reference.state().pointer else { return "userdata" }
    reference.push(pointer)
    defer { clua_pop(pointer, 1) }
    return LuaFrame(pointer).typeName(-1)
  }
}

extension LuaReference {
  fileprivate func read<Value: LuaReadable>() -> Value? {
    guard let pointer = try? state().pointer else { return nil }
    lua_checkstack(pointer, 16)
    push(pointer)
    defer { clua_pop(pointer, 1) }
    return try? Value.read(LuaFrame(pointer), lua_gettop(pointer))
  }
}
