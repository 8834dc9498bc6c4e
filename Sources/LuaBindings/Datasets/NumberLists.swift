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

/// Yes or no for each item: booleans in a table, or numbers, 0 for no and 1 for yes.
struct Flags: LuaReadable, Sendable {
  static var luaType: String { "boolean[]|number[]|Tensor" }

  let values: [Bool]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Flags {
    if !Tensor.matches(frame, index), [Bool].matches(frame, index) {
      return Flags(values: try [Bool].read(frame, index))
    }
    var values: [Bool] = []
    for (position, value) in try RealNumbers.read(frame, index).values.enumerated() {
      guard value == 0 || value == 1 else {
        let shown = Int(exactly: value).map(String.init) ?? "\(value)"
        throw LuaFailure("element \(position + 1) is \(shown); 0 for no and 1 for yes, or booleans, are needed")
      }
      values.append(value == 1)
    }
    return Flags(values: values)
  }
}
