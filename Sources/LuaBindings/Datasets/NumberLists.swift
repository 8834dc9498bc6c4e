import LuaRuntime
import Tensors

/// Whole numbers in a table or a tensor: labels, predictions.
struct WholeNumbers: LuaReadable, Sendable {
  static var luaType: String { "integer[]|Tensor" }

  let values: [Int]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> WholeNumbers {
    guard Tensor.matches(frame, index) else { return WholeNumbers(values: try [Int].read(frame, index)) }
    var values: [Int] = []
    for (position, value) in try Tensor.read(frame, index).values.enumerated() {
      guard let number = Int(exactly: value) else {
        throw LuaFailure("element \(position + 1) is \(value); whole numbers are needed")
      }
      values.append(number)
    }
    return WholeNumbers(values: values)
  }
}

/// Numbers in a table or a tensor: scores.
struct RealNumbers: LuaReadable, Sendable {
  static var luaType: String { "number[]|Tensor" }

  let values: [Double]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> RealNumbers {
    RealNumbers(
      values: Tensor.matches(frame, index) ? try Tensor.read(frame, index).values : try [Double].read(frame, index))
  }
}

/// Yes or no for each item: booleans in a table, or numbers of which 0 means no.
struct Flags: LuaReadable, Sendable {
  static var luaType: String { "boolean[]|number[]|Tensor" }

  let values: [Bool]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Flags {
    if !Tensor.matches(frame, index), [Bool].matches(frame, index) {
      return Flags(values: try [Bool].read(frame, index))
    }
    return Flags(values: try RealNumbers.read(frame, index).values.map { $0 != 0 })
  }
}
