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
    if First.matches(frame, index) { return .first(try First.read(frame, index)) }
    if Second.matches(frame, index) { return .second(try Second.read(frame, index)) }
    throw frame.alternativesFailure(index, luaType)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    First.matches(frame, index) || Second.matches(frame, index)
  }
  public static var optionDocuments: [OptionDocument] { First.optionDocuments + Second.optionDocuments }
}

extension Either: LuaWritable where First: LuaWritable, Second: LuaWritable {
  public func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .first(let value): value.write(frame)
    case .second(let value): value.write(frame)
    }
  }
}

/// A parameter or option of one of three types, such as a number, a Lua function or a schedule object.
public enum Either3<First, Second, Third> {
  case first(First)
  case second(Second)
  case third(Third)
}

extension Either3: Sendable where First: Sendable, Second: Sendable, Third: Sendable {}

extension Either3: LuaTyped where First: LuaTyped, Second: LuaTyped, Third: LuaTyped {
  public static var luaType: String { "\(First.luaType)|\(Second.luaType)|\(Third.luaType)" }
}

extension Either3: LuaReadable where First: LuaReadable, Second: LuaReadable, Third: LuaReadable {
  @inlinable public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Either3 {
    if First.matches(frame, index) { return .first(try First.read(frame, index)) }
    if Second.matches(frame, index) { return .second(try Second.read(frame, index)) }
    if Third.matches(frame, index) { return .third(try Third.read(frame, index)) }
    throw frame.alternativesFailure(index, luaType)
  }
  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool {
    First.matches(frame, index) || Second.matches(frame, index) || Third.matches(frame, index)
  }
  public static var optionDocuments: [OptionDocument] {
    First.optionDocuments + Second.optionDocuments + Third.optionDocuments
  }
}

extension LuaFrame {
  /// `Tensor or number expected, got nil`
  @usableFromInline
  func alternativesFailure(_ index: Int32, _ type: String) -> LuaFailure {
    typeFailure(index, expected: type.split(separator: "|").joined(separator: " or "))
  }
}
