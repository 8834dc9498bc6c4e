public import LuaRuntime
import Tensors

/// Whole numbers as arguments or in a table: `x:reshape(2, 3)` and `x:reshape { 2, 3 }`. Only the last parameter can be one.
public struct Integers: LuaReadable, Sendable {
  public static var luaType: String { "integer..." }

  public let values: [Int]

  public init(_ values: [Int]) { self.values = values }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Integers {
    guard frame.kind(index) == .table else { return Integers(try Varargs<Int>.read(frame, index).values) }
    try frame.expectLast(index)
    return Integers(try IntegerList.read(frame, index).values)
  }
}

/// Sizes and type of a new tensor: `fed.zeros { 2, 3, type = "float64" }`.
struct NewTensor: LuaOptions {
  var sizes: [Int] = []
  var type = ElementType.float32

  static let fields = Fields<NewTensor> { field in
    field.items("sizes", \.sizes, "Sizes of the axes.")
    field.option("type", \.type, "Kind of number: float32, float64, int64 or uint8.")
  }
}

/// A new tensor by options, or by its sizes alone: `fed.zeros(2, 3)`.
typealias NewTensorArgument = Either<NewTensor, Varargs<Int>>

extension Either where First == NewTensor, Second == Varargs<Int> {
  var options: NewTensor {
    switch self {
    case .first(let options): options
    case .second(let sizes): NewTensor(sizes: sizes.values)
    }
  }
}

/// A random tensor by options, or by its sizes alone: `fed.randn(2, 3)`.
typealias RandomTensorArgument = Either<RandomTensor, Varargs<Int>>

extension Either where First == RandomTensor, Second == Varargs<Int> {
  var options: RandomTensor {
    switch self {
    case .first(let options): options
    case .second(let sizes): RandomTensor(sizes: sizes.values)
    }
  }
}

/// Sizes and source of a random tensor: `fed.randn { 2, 3, seed = 1 }`.
struct RandomTensor: LuaOptions {
  var sizes: [Int] = []
  var type: ElementType?
  var seed: UInt64?
  var stream: Stream?
  var like: Tensor?
  var low = 0.0
  var high = 1.0

  static let fields = Fields<RandomTensor> { field in
    field.items("sizes", \.sizes, "Sizes of the axes.")
    field.option("like", \.like, "A tensor whose sizes and type are taken; no sizes stand beside it.")
    field.option("type", \.type, "float32 or float64; float32 by default, or that of the tensor in like.")
    field.option("seed", \.seed, "The same seed gives the same numbers.")
    field.option("stream", \.stream, "Stream to draw from, which moves on; without it and a seed, that of the script.")
    field.option("low", \.low, "Smallest value of uniform numbers; the mean of normal ones must be added by hand.")
    field.option("high", \.high, "Bound that uniform numbers stay below.")
  }
}

extension RandomTensor {
  /// Sizes and type, by themselves or those of another tensor.
  func layout() throws -> (sizes: [Int], type: ElementType) {
    guard let like else { return (sizes, type ?? .float32) }
    guard sizes.isEmpty else {
      throw LuaFailure("sizes stand beside like, which has those of shape \(like.shape); one of them is needed")
    }
    return (like.shape, type ?? (like.elementType.isFloat ? like.elementType : .float32))
  }
}

extension LuaCaller {
  /// Refuses a new tensor that does not fit, before its memory is touched.
  func willAllocate(_ shape: [Int], _ type: ElementType) throws {
    var bytes = type.byteCount
    for size in shape where size > 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      // The compute core names a shape that no memory could hold.
      if overflow || product > Tensor.byteLimit { return }
      bytes = product
    }
    try willAllocate(bytes)
  }
}
