/// A condition on a value of the right type, with the words that documentation and messages use for it.
public struct Check<Value>: Sendable {
  /// Completes "must be …": `at least 1`.
  public let allowed: String
  @usableFromInline let accepts: @Sendable (Value) -> Bool

  public init(_ allowed: String, _ accepts: @escaping @Sendable (Value) -> Bool) {
    self.allowed = allowed
    self.accepts = accepts
  }

  @usableFromInline
  func refusal(_ value: Value) -> String { "= \(luaText(value)) is not allowed; it must be \(allowed)" }
}

extension Check where Value: Comparable & Sendable {
  public static func atLeast(_ bound: Value) -> Check { Check("at least \(luaText(bound))") { $0 >= bound } }

  public static func above(_ bound: Value) -> Check { Check("above \(luaText(bound))") { $0 > bound } }

  public static func within(_ range: ClosedRange<Value>) -> Check {
    Check("from \(luaText(range.lowerBound)) to \(luaText(range.upperBound))") { range.contains($0) }
  }
}

extension Check where Value == String {
  public static func oneOf(_ names: [String]) -> Check { Check(words(allowing: names)) { names.contains($0) } }
}

extension Check {
  /// A condition on a value that may be left out.
  public static func ifGiven<Given: Sendable>(_ check: Check<Given>) -> Check where Value == Given? {
    Check(check.allowed) { $0.map(check.accepts) ?? true }
  }
}

/// A type whose values tell how Lua would write them, where help names a default.
public protocol LuaDefault {
  /// The value as a script would write it.
  var luaText: String { get }
}

/// A default or a refused value as Lua would write it.
@usableFromInline
func luaText(_ value: Any) -> String {
  let mirror = Mirror(reflecting: value)
  if mirror.displayStyle == .optional { return mirror.children.first.map { luaText($0.value) } ?? "nil" }
  switch value {
  case let text as String: return "\"\(text)\""
  case let number as Double: return luaText(number)
  case let number as Float: return luaText(Double(number))
  case let list as [Any]: return list.isEmpty ? "{}" : "{ " + list.map(luaText).joined(separator: ", ") + " }"
  case let value as any LuaDefault: return value.luaText
  case let value as any LuaEnumeration: return "\"\(value.rawValue)\""
  case is any LuaOptions: return "{}"
  default: break
  }
  if mirror.displayStyle == .struct, !(value is any CustomStringConvertible), mirror.children.count == 1,
    let only = mirror.children.first
  {
    return luaText(only.value)  // around a value that can be read in several ways
  }
  if mirror.displayStyle == .enum, let payload = mirror.children.first { return luaText(payload.value) }
  return "\(value)"
}

private func luaText(_ number: Double) -> String {
  if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return "\(whole)" }
  return number.isInfinite ? (number > 0 ? "inf" : "-inf") : "\(number)"
}
