import CLua

/// A value on its way from one state into another. Plain data are copied; whoever reads says what objects and functions
/// become.
public indirect enum CrossingValue {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  /// A string, of any bytes.
  case bytes([UInt8])
  case table(CrossingTable)
  /// What an object or a function became.
  case other(any LuaWritable)
}

/// A table on its way; the same object wherever the table stands twice.
public final class CrossingTable {
  /// Keys and values, in no order.
  public var entries: [(key: CrossingValue, value: CrossingValue)] = []

  /// Makes an empty table.
  public init() {}

  /// The value of a field; nil where there is none.
  public subscript(name: String) -> CrossingValue? {
    get { position(of: name).map { entries[$0].value } }
    set {
      let old = position(of: name)
      switch (newValue, old) {
      case (let value?, let old?): entries[old].value = value
      case (let value?, nil): entries.append((.bytes(Array(name.utf8)), value))
      case (nil, let old?): entries.remove(at: old)
      case (nil, nil): break
      }
    }
  }

  private func position(of name: String) -> Int? {
    entries.firstIndex { entry in
      if case .bytes(let bytes) = entry.key { bytes.elementsEqual(name.utf8) } else { false }
    }
  }
}

/// Reads values that leave a state.
public final class CrossingReader {
  private let object: (any LuaObject) throws -> any LuaWritable
  private let function: (LuaFunction) throws -> any LuaWritable
  private var tables: [UnsafeRawPointer: CrossingTable] = [:]
  private var open: Set<UnsafeRawPointer> = []
  private var count = 0

  private static let deepest: Int32 = 100, most = 1 << 20

  /// - Parameters:
  ///   - object: What an object of the host becomes.
  ///   - function: What a function becomes.
  public init(
    object: @escaping (any LuaObject) throws -> any LuaWritable,
    function: @escaping (LuaFunction) throws -> any LuaWritable
  ) {
    self.object = object
    self.function = function
  }

  /// Reads the value at a stack index.
  public func value(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> CrossingValue {
    count += 1
    if count > Self.most { throw LuaFailure("more than \(Self.most) values in one call") }
    switch frame.kind(index) {
    case .none, .nil: return .nil
    case .boolean: return .boolean(lua_toboolean(frame.pointer, index) != 0)
    case .number:
      let isInteger = lua_isinteger(frame.pointer, index) != 0
      return isInteger
        ? .integer(Int(lua_tointegerx(frame.pointer, index, nil)))
        : .number(lua_tonumberx(frame.pointer, index, nil))
    case .string: return .bytes(Array(frame.rawBytes(index)))
    case .table: return .table(try table(frame, lua_absindex(frame.pointer, index)))
    case .function, .userdata: return .other(try special(frame, index))
    case .thread: throw LuaFailure("a coroutine cannot leave its state; return what it gives")
    }
  }

  /// Reads a value that Swift holds.
  public func value(_ held: LuaValue) throws -> CrossingValue {
    switch held {
    case .nil: return .nil
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .string(let value): return .bytes(Array(value.utf8))
    case .table(let value): return try self.value(at: value.reference)
    case .function(let value): return .other(try function(value))
    case .other(let value): return try self.value(at: value.reference)
    }
  }

  private func value(at reference: LuaReference) throws -> CrossingValue {
    let pointer = try reference.state().pointer
    guard lua_checkstack(pointer, 8) != 0 else { throw LuaFailure("stack overflow") }
    let top = lua_gettop(pointer)
    defer { lua_settop(pointer, top) }
    reference.push(pointer)
    return try value(LuaFrame(pointer), top + 1)
  }

  private func special(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> any LuaWritable {
    do {
      if frame.kind(index) == .function { return try function(LuaFunction.read(frame, index)) }
      guard let object = frame.anyObject(index) as? any LuaObject else { throw LuaFailure("a closed object cannot leave its state") }
      return try self.object(object)
    } catch { throw LuaFailure(wrapping: error) }
  }

  private func table(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> CrossingTable {
    let pointer = frame.pointer, address = lua_topointer(pointer, index)!
    if open.contains(address) { throw LuaFailure("a table holds itself") }
    if let known = tables[address] { return known }
    guard open.count < Int(Self.deepest), lua_checkstack(pointer, 8) != 0 else {
      throw LuaFailure("tables are nested deeper than \(Self.deepest)")
    }
    open.insert(address)
    let table = CrossingTable()
    lua_pushnil(pointer)
    while lua_next(pointer, index) != 0 {
      let top = lua_gettop(pointer)
      guard [.boolean, .number, .string].contains(frame.kind(top - 1)) else {
        throw LuaFailure("a key is a \(frame.typeName(top - 1)); numbers, strings and booleans can leave their state")
      }
      table.entries.append((try value(frame, top - 1), try value(frame, top)))
      clua_pop(pointer, 1)
    }
    open.remove(address)
    tables[address] = table
    return table
  }
}

extension CrossingValue: LuaWritable {
  /// Any type.
  public static var luaType: String { "any" }

  /// Pushes the value into another state.
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    var written: [ObjectIdentifier: LuaReference] = [:]
    write(frame, &written)
    return 1
  }

  private func write(_ frame: borrowing LuaFrame, _ written: inout [ObjectIdentifier: LuaReference]) {
    let pointer = frame.pointer
    switch self {
    case .nil: frame.writeNil()
    case .boolean(let value): frame.write(value)
    case .integer(let value): frame.write(value)
    case .number(let value): frame.write(value)
    case .bytes(let bytes): frame.write(rawBytes: bytes)
    case .other(let value): frame.writeOne(value)
    case .table(let table):
      if let known = written[ObjectIdentifier(table)] { return known.push(pointer) }
      lua_checkstack(pointer, 8)
      lua_createtable(pointer, 0, Int32(clamping: table.entries.count))
      for entry in table.entries {
        entry.key.write(frame, &written)
        entry.value.write(frame, &written)
        lua_rawset(pointer, -3)
      }
      lua_pushvalue(pointer, -1)
      written[ObjectIdentifier(table)] = LuaReference(popping: pointer)
    }
  }
}

extension LuaFunction {
  /// Calls the function with values from another state, and reads all that it returns.
  public func results(of arguments: [CrossingValue], _ reader: CrossingReader) throws(LuaError) -> [CrossingValue] {
    let state = try reference.state(), pointer = state.pointer, bottom = lua_gettop(pointer)
    guard lua_checkstack(pointer, Int32(clamping: arguments.count + 24)) != 0 else {
      throw LuaError(.runtime, "too many arguments")
    }
    defer { lua_settop(pointer, bottom) }
    reference.push(pointer)
    for argument in arguments { LuaFrame(pointer).writeOne(argument) }
    try state.call(arguments: Int32(arguments.count), results: LUA_MULTRET)
    let top = lua_gettop(pointer)
    do throws(LuaFailure) {
      var results: [CrossingValue] = []
      for index in stride(from: bottom + 1, through: top, by: 1) {
        results.append(try reader.value(LuaFrame(pointer), index))
      }
      return results
    } catch { throw LuaError(.result, error.message) }
  }
}

extension LuaFrame {
  func write(rawBytes bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.bindMemory(to: CChar.self).baseAddress
      _ = start.map { lua_pushlstring(pointer, $0, buffer.count) } ?? lua_pushstring(pointer, "")
    }
  }
}
