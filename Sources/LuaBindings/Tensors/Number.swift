public import LuaRuntime
import Tensors

/// A number of Lua, also as the whole number that it may be: beyond 2^53 a float would round it.
public struct Number: LuaReadable, Sendable {
  public static var luaType: String { "number" }

  public let float: Double
  /// The number, if it has no fraction.
  public let integer: Int?

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Number {
    Number(
      float: try frame.number(index), integer: Int.matches(frame, index) ? try frame.integer(index) : nil)
  }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .number }

  /// The number as a tensor without axes that goes with one of whole numbers.
  func whole() throws -> Tensor {
    guard let integer else {
      throw LuaFailure("\(float) is no whole number, and the tensor is int64; convert it with to('float32') first")
    }
    return Trace.outside { Tensor(labels: [integer], shape: []) }
  }
}

/// A tensor or a number, on either side of an operator.
typealias TensorOrNumber = Either<Tensor, Number>

extension Either where First == Tensor, Second == Number {
  var tensor: Tensor? { if case .first(let tensor) = self { tensor } else { nil } }

  /// The tensor itself, or a number as one without axes.
  func tensor(_ type: ElementType) throws -> Tensor {
    switch self {
    case .first(let tensor): tensor
    case .second(let number):
      type == .int64 ? try number.whole() : try Trace.outside { try Tensor.full([], number.float, type) }
    }
  }
}

/// A table of whole numbers: from 1 to n, and nothing else.
struct IntegerList: LuaReadable, Sendable {
  static var luaType: String { "integer[]" }

  let values: [Int]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> IntegerList {
    IntegerList(values: try [Int].read(frame, index))
  }

  static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { [Int].matches(frame, index) }
}
