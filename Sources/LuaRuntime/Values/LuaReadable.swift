/// A type with a name in Lua: what documentation and messages call it.
public protocol LuaTyped: SendableMetatype {
  /// `number`, `Tensor`, `string[]`, `integer|string`; in the notation of LuaCATS.
  static var luaType: String { get }
  /// The form in which C hands over a value of this type; nil if Swift must read it from the stack.
  static var scalarKind: ScalarKind? { get }
}

extension LuaTyped {
  @inlinable public static var scalarKind: ScalarKind? { nil }
}

/// A Swift type that can be read from a Lua value.
public protocol LuaReadable: LuaTyped {
  /// Reads the value at a stack index, or blames it.
  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self
  /// Tells the value by which name it was given: that of an option. A function remembers it for messages.
  mutating func wasGiven(as name: String)
  /// Whether the value is of this type, cheaply: an `Either` asks before it reads.
  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool
  /// How many stack slots a parameter of this type takes: 0 for ``LuaCaller``.
  static var slots: Int32 { get }
  /// Whether it takes all arguments that remain.
  static var isVariadic: Bool { get }
  /// The options that a table of this type accepts; empty for any other type.
  static var optionDocuments: [OptionDocument] { get }
  /// The strings that values of this type are written as; empty if there is no list of them.
  static var allowedNames: [String] { get }
}

extension LuaReadable {
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    do throws(LuaFailure) {
      _ = try read(frame, index)
      return true
    } catch {
      return false
    }
  }
  @inlinable public static var slots: Int32 { 1 }
  public mutating func wasGiven(as name: String) {}
  @inlinable public static var isVariadic: Bool { false }
  public static var optionDocuments: [OptionDocument] { [] }
  public static var allowedNames: [String] { [] }
}

/// A Swift type that can become one or more Lua values.
public protocol LuaWritable: LuaTyped {
  /// Whether it is, or holds, objects of which a state remembers by which call they were made.
  static var keepsOrigins: Bool { get }
  /// Pushes the value and returns how many Lua values that were.
  func write(_ frame: borrowing LuaFrame) -> Int32
}

extension LuaWritable {
  /// Whether it holds objects with an origin; most values do not.
  public static var keepsOrigins: Bool { false }
}

extension Double: LuaReadable, LuaWritable {
  public static var luaType: String { "number" }
  @inlinable public static var scalarKind: ScalarKind? { .double }
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Double {
    try frame.number(index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .number }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(self) }
}

extension Float: LuaReadable, LuaWritable {
  public static var luaType: String { "number" }
  @inlinable public static var scalarKind: ScalarKind? { .float }
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Float {
    Float(try frame.number(index))
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .number }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(Double(self)) }
}

extension Int: LuaReadable, LuaWritable {
  public static var luaType: String { "integer" }
  @inlinable public static var scalarKind: ScalarKind? { .integer }
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Int {
    try frame.integer(index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.isInteger(index) }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(self) }
}

extension UInt64: LuaReadable, LuaWritable {
  public static var luaType: String { "integer" }
  @inlinable public static var scalarKind: ScalarKind? { .integer }
  /// Takes the bits of an integer: a seed may be negative.
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> UInt64 {
    UInt64(bitPattern: Int64(try frame.integer(index)))
  }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(Int(bitPattern: UInt(self))) }
}

extension Bool: LuaReadable, LuaWritable {
  public static var luaType: String { "boolean" }
  @inlinable public static var scalarKind: ScalarKind? { .boolean }
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Bool {
    try frame.boolean(index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .boolean }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(self) }
}

extension String: LuaReadable, LuaWritable {
  public static var luaType: String { "string" }
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> String {
    try frame.string(index)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .string }
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(self) }
}
