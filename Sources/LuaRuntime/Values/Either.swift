/// A parameter or option of one of two types. The first that matches is read.
public enum Either<First, Second> {
  case first(First)
  case second(Second)
}

extension Either: Sendable where First: Sendable, Second: Sendable {}

extension Either: LuaTyped where First: LuaTyped, Second: LuaTyped {
  public static var luaType: String { "\(First.luaType)|\(Second.luaType)" }
}

extension Either: LuaReadable where First: LuaReadable, Second: LuaReadable {
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Either {
    if First.matches(frame, index) {
      if Second.isVariadic { try frame.expectLast(index) }
      return .first(try First.read(frame, index))
    }
    if Second.matches(frame, index) { return .second(try Second.read(frame, index)) }
    throw frame.alternativesFailure(index, luaType)
  }
  @inlinable public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    First.matches(frame, index) || Second.matches(frame, index)
  }
  public static var optionDocuments: [OptionDocument] { First.optionDocuments + Second.optionDocuments }
  public static var allowedNames: [String] { First.allowedNames + Second.allowedNames }
  public mutating func wasGiven(as name: String) {
    switch self {
    case .first(var value):
      value.wasGiven(as: name)
      self = .first(value)
    case .second(var value):
      value.wasGiven(as: name)
      self = .second(value)
    }
  }
}

extension Either: LuaWritable where First: LuaWritable, Second: LuaWritable {
  @inlinable public func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .first(let value): value.write(frame)
    case .second(let value): value.write(frame)
    }
  }
}

extension LuaFrame {
  /// Refuses arguments after one that stands for all of them: `fed.zeros({ 2, 3 }, 4)`.
  public func expectLast(_ index: Int32) throws(LuaFailure) {
    if count > index, !isNil(count) {
      throw LuaFailure("nothing may follow a table that stands for all arguments, got \(count - index) more")
    }
  }

  /// `Tensor or number expected, got nil`
  @usableFromInline
  func alternativesFailure(_ index: Int32, _ type: String) -> LuaFailure {
    typeFailure(index, expected: type.split(separator: "|").joined(separator: " or "))
  }
}
