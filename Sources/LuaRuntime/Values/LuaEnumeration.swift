/// An enumeration that scripts write as a string: the raw value of one of its cases.
///
/// `extension ResizeFilter: LuaEnumeration {}` is all that a type needs. Help lists the cases, and any other string is
/// refused with them.
public protocol LuaEnumeration: LuaReadable, LuaWritable, RawRepresentable, CaseIterable where RawValue == String {}

extension LuaEnumeration {
  public static var luaType: String { "string" }

  public static var allowedNames: [String] { allCases.map(\.rawValue) }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self {
    let name = try frame.string(index)
    if let value = Self(rawValue: name) { return value }
    throw .refused(index, "= \(luaText(name)) is not allowed; it must be \(words(allowing: allowedNames))")
  }

  /// Any string: one that names no case is to be refused with the cases, not with another type.
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .string }

  public func write(_ frame: borrowing LuaFrame) -> Int32 { frame.write(rawValue) }
}

/// `one of "auto", "direct"`, which completes "must be".
func words(allowing names: [String]) -> String { "one of " + names.map { "\"\($0)\"" }.joined(separator: ", ") }
