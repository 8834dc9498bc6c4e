/// A named parameter of a typed binding. Its type comes from the closure.
public struct Parameter<Value: LuaReadable>: Sendable {
  /// What a call needs beyond the type; nil where that is nothing.
  let reader: ParameterReader<Value>?
  let document: ParameterDocument

  /// A parameter that must be given, unless its type is optional or an options table.
  public init(_ name: String, _ sentence: String, check: Check<Value>? = nil) {
    reader = check.map { ParameterReader(fallback: nil, check: $0) }
    document = ParameterDocument(
      name, Value.luaType, sentence, allowed: check?.allowed ?? allowedWords(Value.self),
      options: Value.optionDocuments)
  }

  /// A parameter with a default for a missing argument or nil.
  public init(_ name: String, _ sentence: String, default value: Value, check: Check<Value>? = nil)
  where Value: Sendable {
    reader = ParameterReader(fallback: { value }, check: check)
    document = ParameterDocument(
      name, Value.luaType, sentence, fallback: luaText(value), allowed: check?.allowed ?? allowedWords(Value.self),
      options: Value.optionDocuments)
  }
}

extension Parameter where Value: LuaOptions {
  /// A table of options whose defaults are those of `value`: functions that share their options differ in them.
  public init(_ name: String, _ sentence: String, defaults value: @escaping @autoclosure @Sendable () -> Value) {
    reader = ParameterReader { (frame: borrowing LuaFrame, index: Int32) throws(LuaFailure) in
      try value().reading(frame, index)
    }
    document = ParameterDocument(name, Value.luaType, sentence, options: value().documents)
  }
}

extension Parameter where Value == LuaCaller {
  /// Gives the body the calling state; takes no argument and stands in no documentation.
  public static var caller: Parameter { Parameter("", "") }
}

/// The part of a parameter that a call needs if it has a default or a condition.
@usableFromInline
final class ParameterReader<Value: LuaReadable>: Sendable {
  typealias Read = @Sendable (borrowing LuaFrame, Int32) throws(LuaFailure) -> Value

  private let fallback: (@Sendable () -> Value)?
  private let check: Check<Value>?
  /// In place of all else.
  private let own: Read?

  init(fallback: (@Sendable () -> Value)?, check: Check<Value>?) {
    self.fallback = fallback
    self.check = check
    own = nil
  }

  init(_ read: @escaping Read) {
    fallback = nil
    check = nil
    own = read
  }

  @usableFromInline
  func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Value {
    if let own { return try own(frame, index) }
    if let fallback, frame.isNil(index) { return fallback() }
    let value = try Value.read(frame, index)
    if let check, !check.accepts(value) { throw LuaFailure.refused(index, check.refusal(value)) }
    return value
  }
}

/// The readers of a binding's parameters, in their order.
///
/// One object for all of them, and none at all for plain parameters: what a closure captures is copied at each call.
@usableFromInline
final class ParameterReaders: Sendable {
  /// The reader of each parameter, a `ParameterReader` of its type; nil for a plain one.
  private let all: [(any AnyObject & Sendable)?]

  private init(_ all: [(any AnyObject & Sendable)?]) { self.all = all }

  /// Collects what parameters need; nil if all of them are plain.
  @usableFromInline
  static func of<each Value: LuaReadable>(_ parameters: repeat Parameter<each Value>) -> ParameterReaders? {
    var all: [(any AnyObject & Sendable)?] = []
    repeat all.append((each parameters).reader)
    return all.contains { $0 != nil } ? ParameterReaders(all) : nil
  }

  @usableFromInline
  func read<Value: LuaReadable>(
    _ type: Value.Type, at position: Int, _ frame: borrowing LuaFrame, _ index: Int32
  ) throws(LuaFailure) -> Value {
    guard let reader = all[position] else { return try Value.read(frame, index) }
    return try unsafeDowncast(reader, to: ParameterReader<Value>.self).read(frame, index)
  }
}

/// Reads the arguments of one call from the first to the last.
@usableFromInline
struct ArgumentCursor {
  @usableFromInline var position = 0
  @usableFromInline var index: Int32

  @inlinable
  init(startingAt index: Int32) { self.index = index }

  @inlinable @inline(__always)
  mutating func next<Value: LuaReadable>(
    _ type: Value.Type, _ readers: ParameterReaders?, _ frame: borrowing LuaFrame
  ) throws(LuaFailure) -> Value {
    let (position, index) = (position, index)
    self.position += 1
    self.index += Value.slots
    guard let readers else { return try Value.read(frame, index) }
    return try readers.read(type, at: position, frame, index)
  }
}

extension LuaFailure {
  @usableFromInline
  static func refused(_ index: Int32, _ message: String) -> LuaFailure { LuaFailure(.value(index), message) }
}
