import CLua

/// No result at all. A body that returns nothing ends in `return Nothing()`.
public struct Nothing: LuaWritable, Sendable {
  public static var luaType: String { "" }
  @inlinable public static var scalarKind: ScalarKind? { .nothing }
  public init() {}
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { 0 }
}

/// Several results: `local a, b = f()`.
public struct Results<each Value: LuaWritable>: LuaWritable {
  public static var luaType: String {
    var types: [String] = []
    repeat types.append((each Value).luaType)
    return types.joined(separator: ", ")
  }

  /// Whether one of the values does.
  public static var keepsOrigins: Bool {
    var keepsOrigins = false
    repeat keepsOrigins = keepsOrigins || (each Value).keepsOrigins
    return keepsOrigins
  }

  @usableFromInline let values: (repeat each Value)

  @inlinable
  public init(_ values: repeat each Value) { self.values = (repeat each values) }

  @inlinable
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    var count: Int32 = 0
    repeat (count += (each values).write(frame))
    return count
  }
}

/// The value, or `nil, message` where there is none and nobody made a mistake: `assert` works on it.
public enum Fallible<Value: LuaWritable>: LuaWritable {
  case value(Value)
  case failure(String)

  public static var luaType: String { "\(Value.luaType)?, string?" }

  /// As the value does.
  public static var keepsOrigins: Bool { Value.keepsOrigins }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .value(let value): return value.write(frame)
    case .failure(let message):
      frame.state.lostFailure = message
      frame.writeNil()
      return 1 + frame.write(message)
    }
  }
}

/// A table with named fields of different types, as a result: `["accuracy": 0.9, "flagged": [3, 4]]`.
public struct LuaRecord: LuaWritable, ExpressibleByDictionaryLiteral {
  public static var luaType: String { "table" }

  private var fields: [(name: String, value: any LuaWritable)]

  public init(dictionaryLiteral fields: (String, any LuaWritable)...) { self.fields = fields }

  public init(_ fields: [(String, any LuaWritable)]) { self.fields = fields }

  public mutating func add(_ name: String, _ value: any LuaWritable) { fields.append((name, value)) }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    lua_checkstack(frame.pointer, 8)
    lua_createtable(frame.pointer, 0, Int32(fields.count))
    for field in fields {
      frame.write(field.name)
      frame.writeOne(field.value)
      lua_rawset(frame.pointer, -3)
    }
    return 1
  }
}

/// A table with whole numbers as keys that need not be a sequence: values by client id.
public struct LuaSparseTable<Value: LuaWritable>: LuaWritable {
  public static var luaType: String { "table" }

  private let values: [Int: Value]

  public init(_ values: [Int: Value]) { self.values = values }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    lua_checkstack(frame.pointer, 8)
    lua_createtable(frame.pointer, 0, Int32(values.count))
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      frame.writeOne(value)
      lua_rawseti(frame.pointer, -2, lua_Integer(key))
    }
    return 1
  }
}

/// All remaining arguments, as the last parameter of a binding: `fed.zeros(2, 3)`.
public struct Varargs<Element: LuaReadable>: LuaReadable {
  public static var luaType: String { "\(Element.luaType)..." }
  @inlinable public static var isVariadic: Bool { true }

  public let values: [Element]

  public init(_ values: [Element]) { self.values = values }

  /// Whether the first of them matches: any other is blamed where it stands.
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { Element.matches(frame, index) }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Varargs {
    var values: [Element] = []
    let count = frame.count
    if index <= count { for position in index...count { values.append(try Element.read(frame, position)) } }
    return Varargs(values)
  }
}

extension Varargs: Sendable where Element: Sendable {}

/// Any number of results, of one type.
public struct VariadicResults<Element: LuaWritable>: LuaWritable {
  public static var luaType: String { "\(Element.luaType)..." }

  let values: [Element]

  public init(_ values: [Element]) { self.values = values }

  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    lua_checkstack(frame.pointer, Int32(values.count) + 8)
    for value in values { frame.writeOne(value) }
    return Int32(values.count)
  }
}
