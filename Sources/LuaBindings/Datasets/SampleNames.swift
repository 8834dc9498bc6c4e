import LuaRuntime
import Tensors

/// A name for each sample, such as its patient or its hospital: texts, or whole numbers in a table or a tensor.
struct SampleNames: LuaReadable, Sendable {
  static var luaType: String { "string[]|integer[]|Tensor" }

  let values: [String]

  static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> SampleNames {
    if Tensor.matches(frame, index) || [Int].matches(frame, index) {
      return SampleNames(values: try WholeNumbers.read(frame, index).values.map(String.init))
    }
    return SampleNames(values: try [String].read(frame, index))
  }
}
