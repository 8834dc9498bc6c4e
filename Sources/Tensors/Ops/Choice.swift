/// Elements of one tensor where a third one is not 0, of another elsewhere; all stretch to one shape.
struct Choice {
  private let condition: Tensor
  private let first: Tensor
  private let second: Tensor
  private let result: Tensor

  /// A single number stays one, so that nothing is written out for it; all others come into one memory order.
  init(_ condition: Tensor, _ first: Tensor, _ second: Tensor, _ shape: Shape) throws {
    let whole = [condition, first, second].first { $0.shape == shape && $0.isDense }
    let strides = whole?.strides ?? shape.rowMajorStrides
    func prepared(_ operand: Tensor) throws -> Tensor {
      if operand.count == 1 && shape.elementCount != 1 { return operand }
      return try operand.stretched(to: shape, op: "where").laidOut(strides)
    }
    self.condition = try prepared(condition)
    self.first = try prepared(first)
    self.second = try prepared(second)
    result = try Tensor.uninitialized(shape, first.elementType, strides: strides, op: "where")
  }

  func run() throws -> Tensor {
    try Profiler.measure("where", bytes: 4 * result.byteCount) {
      switch (condition.elementType, result.elementType) {
      case (.float32, .float32): try walk(condition.floatPointer, \.floatPointer)
      case (.float64, .float32): try walk(condition.doublePointer, \.floatPointer)
      case (.float32, _): try walk(condition.floatPointer, \.doublePointer)
      default: try walk(condition.doublePointer, \.doublePointer)
      }
    }
    return result
  }

  private func walk<Flag: BinaryFloatingPoint, Element>(
    _ flags: UnsafeMutablePointer<Flag>, _ memory: (Tensor) -> UnsafeMutablePointer<Element>
  ) throws {
    let (a, b, y) = (memory(first), memory(second), memory(result))
    if condition.count == 1 && result.count != 1 {
      return try copy(flags[0] != 0 ? first : second, flags[0] != 0 ? a : b, y)
    }
    let (isOne, isOther) = (first.count == 1, second.count == 1)
    try Interrupt.forEachRun(of: result.count) { run in
      // One loop for each case, so that each becomes vector instructions.
      switch (isOne, isOther) {
      case (false, false): for i in run { y[i] = flags[i] != 0 ? a[i] : b[i] }
      case (true, false):
        let value = a[0]
        for i in run { y[i] = flags[i] != 0 ? value : b[i] }
      case (false, true):
        let value = b[0]
        for i in run { y[i] = flags[i] != 0 ? a[i] : value }
      case (true, true):
        let (value, other) = (a[0], b[0])
        for i in run { y[i] = flags[i] != 0 ? value : other }
      }
    }
  }

  private func copy<Element>(
    _ source: Tensor, _ values: UnsafeMutablePointer<Element>, _ y: UnsafeMutablePointer<Element>
  ) throws {
    try Interrupt.forEachRun(of: result.count) { run in
      if source.count == 1 {
        (y + run.lowerBound).update(repeating: values[0], count: run.count)
      } else {
        (y + run.lowerBound).update(from: values + run.lowerBound, count: run.count)
      }
    }
  }
}
