/// A named parameter of a typed binding. Its type comes from the closure.
public struct Parameter<Value: LuaReadable>: Sendable {
  @usableFromInline let reader: ParameterReader<Value>
  let document: ParameterDocument

  /// A parameter that must be given, unless its type is optional or an options table.
  public init(_ name: String, _ sentence: String, check: Check<Value>? = nil) {
    reader = ParameterReader(fallback: nil, check: check)
    document = ParameterDocument(
      name, Value.luaType, sentence, allowed: check?.allowed, options: Value.optionDocuments)
  }

  /// A parameter with a default for a missing argument or nil.
  public init(_ name: String, _ sentence: String, default value: Value, check: Check<Value>? = nil)
  where Value: Sendable {
    reader = ParameterReader(fallback: { value }, check: check)
    document = ParameterDocument(
      name, Value.luaType, sentence, fallback: luaText(value), allowed: check?.allowed, options: Value.optionDocuments)
  }
}

extension Parameter where Value == LuaCaller {
  /// Gives the body the calling state; takes no argument and stands in no documentation.
  public static var caller: Parameter { Parameter("", "") }
}

/// The part of a parameter that a call needs: no strings, so nothing is retained for each call.
@usableFromInline
struct ParameterReader<Value: LuaReadable>: Sendable {
  @usableFromInline let fallback: (@Sendable () -> Value)?
  @usableFromInline let check: Check<Value>?

  init(fallback: (@Sendable () -> Value)?, check: Check<Value>?) {
    self.fallback = fallback
    self.check = check
  }

  @inlinable @inline(__always)
  func read(_ frame: borrowing LuaFrame, _ position: inout Int32) throws(LuaFailure) -> Value {
    let index = position
    position += Value.slots
    if let fallback, frame.isNil(index) { return fallback() }
    let value = try Value.read(frame, index)
    if let check, !check.accepts(value) { throw LuaFailure.refused(index, check.refusal(value)) }
    return value
  }
}

extension LuaFailure {
  @usableFromInline
  static func refused(_ index: Int32, _ message: String) -> LuaFailure { LuaFailure(.value(index), message) }
}
