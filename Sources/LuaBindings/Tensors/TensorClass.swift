import LuaRuntime
import Tensors

/// Everything a script can do with a tensor. The groups stand in files of their own.
let tensorClass = ClassBindings(
  Tensor.self, "Numbers in rows and columns, or with more axes, that can remember how they were computed."
) { type in
  type.addTensorProperties()
  type.addTensorIndexing()
  type.addTensorArithmetic()
  type.addTensorComparisons()
  type.addRefusedOperators()
  type.addTensorFunctions()
  type.addTensorReductions()
  type.addTensorSpread()
  type.addTensorOrder()
  type.addTensorSelection()
  type.addTensorRearranging()
  type.addTensorViews()
  type.addTensorProducts()
  type.addTensorImages()
  type.addTensorNormalizations()
  type.addTensorLosses()
  type.addTensorWriting()
  type.addTensorGradients()
}

/// Tensors, and the functions that make them.
let tensorBindings = BindingModule(
  "fed", "Tensors: numbers in rows and columns, with gradients.",
  classes: [tensorClass, gradientsClass, streamClass]
) { module in
  module.addTensorMaking()
  module.addStreams()
  module.addTensorFiles()
  module.addRecording()
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorProperties() {
    property("shape", "Sizes along each axis, as a table.", get: { (x: Tensor) in x.shape })
    property("type", "Kind of number: float32, float64, int64 or uint8.", get: { (x: Tensor) in x.elementType })
    property("rank", "Number of axes.", get: { (x: Tensor) in x.rank })
    property("count", "Number of elements.", get: { (x: Tensor) in x.count })
    property(
      "is_contiguous", "Whether memory is in the order of the axes without gaps.",
      get: { (x: Tensor) in x.isContiguous })
    length("Returns the size of the first axis.") { (x: Tensor) in
      guard let size = x.shape.first else { throw LuaFailure("a tensor without axes has no length") }
      return size
    }
    description { (x: Tensor) in TensorText(x).text }
    closable("Ends the script's hold on the tensor; its memory is freed when nothing else looks into it.") { _ in }
    method(
      "item", "Returns the only element as a number: of whole numbers an integer, exactly.", returns: "The number.",
      example: Example(
        "print(fed.tensor { 1, 2, 3.5 }:sum():item(), fed.labels { 7 }:item())", prints: "6.5\t7")
    ) { (x: Tensor) in
      let float = try x.item()
      return x.elementType.isFloat ? Either<Int, Double>.second(float) : .first(x.integer(at: x.offset))
    }
    method(
      "to_table", "Returns the elements in tables, one a row.",
      returns: "A table, or a number for a tensor without axes.",
      example: Example("print(fed.tensor { {1, 2}, {3, 4} }:to_table()[2][1])", prints: "3.0")
    ) { (x: Tensor) in
      guard x.count <= 1_000_000 else {
        throw LuaFailure("\(x.count) elements are too many for tables; at most 1000000 are allowed")
      }
      return x.nested()
    }
    method(
      "to", "Converts to another kind of number; fractions are cut off.", Parameter("type", "The kind."),
      returns: "The tensor, itself if it is of that kind.",
      example: Example("print(fed.tensor { 1.5, -2.5 }:to('int64'))", prints: "Tensor [2] int64\n   1  -2")
    ) { (x: Tensor, type: ElementType) in x.to(type) }
  }
}

/// Numbers in tables, on the way to Lua.
private enum NestedResult: LuaWritable {
  case integer(Int)
  case number(Double)
  case list([NestedResult])

  static var luaType: String { "table|number" }

  func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch self {
    case .integer(let value): frame.write(value)
    case .number(let value): frame.write(value)
    case .list(let list): list.write(frame)
    }
  }
}

extension Tensor {
  fileprivate func nested() -> some LuaWritable {
    if elementType.isFloat {
      var values = values.makeIterator()
      return NestedResult(shape[...]) { .number(values.next() ?? 0) }
    }
    var values = integers.makeIterator()
    return NestedResult(shape[...]) { .integer(values.next() ?? 0) }
  }
}

extension NestedResult {
  fileprivate init(_ shape: ArraySlice<Int>, _ next: () -> NestedResult) {
    guard let size = shape.first else {
      self = next()
      return
    }
    self = .list((0..<size).map { _ in NestedResult(shape.dropFirst(), next) })
  }
}
