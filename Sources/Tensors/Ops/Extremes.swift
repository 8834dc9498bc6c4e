import Kernels

/// Largest and smallest values, and where they are. NaN counts as both.
extension Tensor {
  /// Returns the largest element along an axis, or of all; the first of equal ones takes the gradient.
  public func max(axis: Int? = nil, keepAxis: Bool = false) throws -> Tensor {
    try max(axes: axis.map { [$0] }, keepAxes: keepAxis)
  }

  /// Returns the smallest element along an axis, or of all; the first of equal ones takes the gradient.
  public func min(axis: Int? = nil, keepAxis: Bool = false) throws -> Tensor {
    try min(axes: axis.map { [$0] }, keepAxes: keepAxis)
  }

  /// Returns the largest element over axes; all of them by default. The first of equal ones takes the gradient.
  ///
  /// - Throws: ``TensorError/shape(op:got:expected:)`` where there is no element to choose.
  public func max(axes: [Int]?, keepAxes: Bool = false) throws -> Tensor {
    try extreme("max", axes, keepAxes, .maximum)
  }

  /// Returns the smallest element over axes; all of them by default. The first of equal ones takes the gradient.
  ///
  /// - Throws: ``TensorError/shape(op:got:expected:)`` where there is no element to choose.
  public func min(axes: [Int]?, keepAxes: Bool = false) throws -> Tensor {
    try extreme("min", axes, keepAxes, .minimum)
  }

  /// Returns the position of the largest element along an axis, from 0, as int64. NaN counts as largest.
  public func argmax(axis: Int = -1) throws -> Tensor { try positions("argmax", axis, isLargest: true) }

  /// Returns the position of the smallest element along an axis, from 0, as int64. NaN counts as smallest.
  public func argmin(axis: Int = -1) throws -> Tensor { try positions("argmin", axis, isLargest: false) }

  private func extreme(
    _ op: String, _ axes: [Int]?, _ keepAxes: Bool, _ operation: BinaryOperation
  ) throws -> Tensor {
    let reduced = try resolved(axes, op: op)
    _ = try expectFilled(op)
    let extremes = Extremes(self, reduced, operation)
    let y = try extremes.values(op)
    let result = keepAxes ? y : y.reinterpreted(extremes.dropped, strides: extremes.dropped.rowMajorStrides)
    let found = y.detach()
    return Tape.record(
      op, [self], saving: [detach(), found], result,
      plan: ExtremePlanOperation.note(self, over: reduced, isMaximum: op == "max", y)
    ) { g, _ in
      [try extremes.gradient(g.viewed(extremes.kept), of: found, op)]
    }
  }

  private func positions(_ op: String, _ axis: Int, isLargest: Bool) throws -> Tensor {
    let rows = try rows(along: axis, op: op)
    _ = try expectFilled(op)
    let result = try Tensor.uninitialized(rows.dropped, .int64, op: op)
    switch elementType {
    case .float32: try Self.writePositions(Float.self, rows, isLargest, result)
    case .float64: try Self.writePositions(Double.self, rows, isLargest, result)
    case .int64: try Self.writePositions(Int64.self, rows, isLargest, result)
    case .uint8: try Self.writePositions(UInt8.self, rows, isLargest, result)
    }
    return Trace.constant(
      op, result, ExtremePlacePlanOperation.note(self, along: rows.axes[0], isMaximum: isLargest, result))
  }

  private static func writePositions<Element: TensorElement>(
    _ type: Element.Type, _ rows: AxisRows, _ isLargest: Bool, _ result: Tensor
  ) throws {
    let elements = Element.pointer(rows.source), width = rows.width
    try Profiler.measure("positions", bytes: rows.source.byteCount) {
      for row in 0..<rows.count {
        let x = elements + row * width
        var best = 0
        try Interrupt.forEachRun(of: width) { run in
          for j in run where !x[best].isNotANumber {
            if x[j].isNotANumber || (isLargest ? x[j] > x[best] : x[j] < x[best]) { best = j }
          }
        }
        result.int64Pointer[row] = Int64(best)
      }
    }
  }

  func expectFilled(_ op: String) throws -> Tensor {
    guard count > 0 else { throw TensorError.shape(op: op, got: shape, expected: "at least one element is needed") }
    return self
  }
}

/// The largest or smallest elements over some axes of a tensor that is not empty.
private struct Extremes {
  private let tensor: Tensor
  private let operation: BinaryOperation
  private let axes: [Int]
  /// Whether the axes are outermost in memory: then whole rows are compared with each other.
  private let isOuter: Bool
  let kept: Shape
  let dropped: Shape

  init(_ tensor: Tensor, _ axes: [Int], _ operation: BinaryOperation) {
    self.tensor = tensor.detach()
    self.operation = operation
    self.axes = axes
    let rest = tensor.shape.indices.filter { !axes.contains($0) }
    kept = tensor.shape.indices.map { axes.contains($0) ? 1 : tensor.shape[$0] }
    dropped = rest.map { tensor.shape[$0] }
    isOuter =
      tensor.elementType == .float32 && kept.elementCount > 1
      && Tensor.agree(tensor.shape, tensor.strides, tensor.shape.strides(inMemoryOrder: axes + rest))
  }

  /// The extremes, of the kept shape and row-major.
  func values(_ op: String) throws -> Tensor {
    let y = try Tensor.uninitialized(kept, tensor.elementType, op: op)
    if isOuter {
      try Profiler.measure(op, flops: tensor.count, bytes: tensor.byteCount) { try compareRows(y) }
      return y
    }
    let rows = AxisRows(tensor, axes: axes)
    try Profiler.measure(op, flops: tensor.count, bytes: tensor.byteCount) {
      switch tensor.elementType {
      case .float32: try writeFloats(rows, y)
      case .float64: try write(Double.self, rows, y)
      case .int64: try write(Int64.self, rows, y)
      case .uint8: try write(UInt8.self, rows, y)
      }
    }
    return y
  }

  /// Some thousand columns at a time, whose extremes stay in the cache.
  private func compareRows(_ y: Tensor) throws {
    let (n, x) = (y.count, tensor.floatPointer), rows = tensor.count / y.count
    for first in stride(from: 0, to: n, by: 4096) {
      let count = Swift.min(4096, n - first)
      let best = y.floatPointer + first
      best.update(from: x + first, count: count)
      try Interrupt.forEachRun(of: rows, size: Swift.max(1, Interrupt.runLength / count)) { run in
        for row in run where row > 0 {
          Kernels.elementwise.binary(operation, best, x + (row * n + first), best, count)
        }
      }
    }
  }

  private func writeFloats(_ rows: AxisRows, _ y: Tensor) throws {
    let (x, width, result) = (rows.source.floatPointer, rows.width, y.floatPointer)
    let isLargest = operation == .maximum
    try rows.forEachRow { row in
      let elements = x + row * width
      result[row] =
        isLargest ? Kernels.reduction.maximum(elements, width) : Kernels.reduction.minimum(elements, width)
    }
  }

  private func write<Element: TensorElement>(_ type: Element.Type, _ rows: AxisRows, _ y: Tensor) throws {
    let (elements, width, result) = (Element.pointer(rows.source), rows.width, Element.pointer(y))
    let isLargest = operation == .maximum
    try rows.forEachRow { row in
      let x = elements + row * width
      var best = x[0]
      for j in 1..<Swift.max(width, 1) where !best.isNotANumber {
        if x[j].isNotANumber || (isLargest ? x[j] > best : x[j] < best) { best = x[j] }
      }
      result[row] = best
    }
  }

  /// The gradient of the tensor: what comes in goes to the first element that equals the extreme.
  func gradient(_ g: Tensor, of y: Tensor, _ op: String) throws -> Tensor {
    let rows = AxisRows(tensor, axes: axes)
    let gx = try rows.uninitialized(op: op)
    gx.write(repeating: 0)
    if tensor.elementType == .float32 {
      try scatter(Float.self, rows, g, y, gx)
    } else {
      try scatter(Double.self, rows, g, y, gx)
    }
    return gx
  }

  private func scatter<Element: TensorElement>(
    _ type: Element.Type, _ rows: AxisRows, _ g: Tensor, _ y: Tensor, _ gx: Tensor
  ) throws {
    let (elements, width) = (Element.pointer(rows.source), rows.width)
    let (gradients, extremes, result) = (Element.pointer(g), Element.pointer(y), Element.pointer(gx))
    try Profiler.measure("extreme", bytes: rows.source.byteCount) {
      try rows.forEachRow { row in
        let (x, extreme) = (elements + row * width, extremes[row])
        var place = 0
        while place < width - 1 && x[place] != extreme && !x[place].isNotANumber { place += 1 }
        result[row * width + place] = gradients[row]
      }
    }
  }
}
