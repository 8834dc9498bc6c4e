import Glibc

/// Sums and products along an axis, element by element, and products over axes.
extension Tensor {
  /// Returns the sums of each element and all before it along an axis, accumulated in float64.
  ///
  /// - Throws: ``TensorError``, also for a sum of int64 that is out of range.
  public func cumulativeSum(axis: Int) throws -> Tensor {
    let axis = try self.axis(axis, op: "cumsum")
    let y = try runningSums(axis, isReversed: false)
    return Tape.record(
      "cumsum", [self], saving: [], y, plan: CumulativeSumPlanOperation.note(self, along: axis, y)
    ) { g, _ in [try g.runningSums(axis, isReversed: true)] }
  }

  private func runningSums(_ axis: Int, isReversed: Bool) throws -> Tensor {
    let rows = AxisRows(self, axes: [axis]), result = try rows.uninitialized(op: "cumsum")
    try Profiler.measure("cumsum", flops: count, bytes: 2 * byteCount) {
      switch elementType {
      case .float32:
        let (x, y) = (rows.source.floatPointer, result.floatPointer)
        try Self.walk(rows, 0.0, isReversed) { sum, i in
          sum += Double(x[i])
          y[i] = Float(sum)
        }
      case .float64:
        let (x, y) = (rows.source.doublePointer, result.doublePointer)
        try Self.walk(rows, 0.0, isReversed) { sum, i in
          sum += x[i]
          y[i] = sum
        }
      case .int64:
        let (x, y) = (rows.source.int64Pointer, result.int64Pointer)
        try Self.walk(rows, Int64(0), isReversed) { sum, i in
          sum = try Int64.checked("cumsum", sum, "+", x[i], sum.addingReportingOverflow)
          y[i] = sum
        }
      case .uint8: throw Self.noBytes("cumsum")
      }
    }
    return result
  }

  static func noBytes(_ op: String) -> TensorError {
    .elementType(op: op, got: .uint8, expected: "convert with to('int64') or to('float32') first")
  }

  /// Walks each row from one end, with a value that starts anew for each.
  private static func walk<Value>(
    _ rows: AxisRows, _ start: Value, _ isReversed: Bool, _ step: (inout Value, _ index: Int) throws -> Void
  ) throws {
    let width = rows.width
    for row in 0..<rows.count {
      var value = start
      try Interrupt.forEachRun(of: width) { run in
        for j in run { try step(&value, row * width + (isReversed ? width - 1 - j : j)) }
      }
    }
  }

  /// Multiplies over axes; all of them by default. Products are formed in float64; over nothing they are 1.
  ///
  /// - Throws: ``TensorError``, also for a product of int64 that is out of range.
  public func product(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    let rows = AxisRows(self, axes: try resolved(axes, op: "prod"))
    let y = try Tensor.uninitialized(keepAxes ? rows.kept : rows.dropped, elementType, op: "prod")
    try Profiler.measure("prod", flops: count, bytes: byteCount) { try Self.writeProducts(rows, y) }
    let wide = rows.source
    return Tape.record(
      "prod", [self], saving: [wide], y, plan: RowPlanOperation.note(.product, self, over: rows.axes, y)
    ) { g, _ in
      let gx = try rows.uninitialized(op: "prod")
      try Profiler.measure("prod", flops: 3 * wide.count, bytes: 2 * wide.byteCount) {
        try Self.writeProductGradients(rows, g.contiguousCopyIfNeeded(), gx)
      }
      return [gx]
    }
  }

  private static func writeProducts(_ rows: AxisRows, _ y: Tensor) throws {
    let (x, width) = (rows.source, rows.width)
    for row in 0..<rows.count {
      switch x.elementType {
      case .float32, .float64:
        var product = 1.0
        try Interrupt.forEachRun(of: width) { run in
          for j in run { product *= x.element(offset: x.offset + row * width + j) }
        }
        y.write(product, at: row)
      case .int64:
        var product: Int64 = 1
        try Interrupt.forEachRun(of: width) { run in
          for j in run {
            let factor = x.int64Pointer[row * width + j]
            product = try Int64.checked("prod", product, "*", factor, product.multipliedReportingOverflow)
          }
        }
        y.int64Pointer[row] = product
      case .uint8: throw noBytes("prod")
      }
    }
  }

  /// The product of all others of the row, times what comes in: without a division, since an element may be 0.
  private static func writeProductGradients(_ rows: AxisRows, _ g: Tensor, _ gx: Tensor) throws {
    let (x, width) = (rows.source, rows.width)
    var before = [Double](repeating: 1, count: width)
    try rows.forEachRow { row in
      let start = row * width
      var product = 1.0
      for j in 0..<width {
        before[j] = product
        product *= x.element(offset: x.offset + start + j)
      }
      product = g.element(offset: g.offset + row)
      for j in (0..<width).reversed() {
        gx.write(before[j] * product, at: start + j)
        product *= x.element(offset: x.offset + start + j)
      }
    }
  }

  /// Returns the standard deviation over axes; all of them by default. Its gradient is 0 where it is 0 itself.
  ///
  /// - Parameter isUnbiased: Whether to divide by one less than the number of values.
  /// - Throws: ``TensorError``.
  public func standardDeviation(
    axes: [Int]? = nil, keepAxes: Bool = false, isUnbiased: Bool = false
  ) throws -> Tensor {
    try expectFloat("std")
    let rows = try resolved(axes, op: "std")
    let divisor = Double(rows.reduce(1) { $0 * shape[$1] } - (isUnbiased ? 1 : 0))
    let (x, kept) = (detach(), shape.indices.map { rows.contains($0) ? 1 : shape[$0] })
    let y = try Trace.hiding {
      try Tape.withoutRecording { try x.variance(axes: axes, keepAxes: true, isUnbiased: isUnbiased).sqrt() }
    }
    let (result, deviation) = (keepAxes ? y : y.viewed(dropping(rows)), y.detach())
    return Tape.record(
      "std", [self], saving: [x, deviation], result,
      plan: RowPlanOperation.note(.deviation(isUnbiased: isUnbiased), self, over: rows, y)
    ) { g, _ in
      let slope = try x.sub(x.steadyMean(axes: axes)).div(deviation.mul(divisor))
      let isSpread = try deviation.gt(0).stretched(to: x.shape)
      return [try isSpread.choose(slope, Tensor.full([], 0, x.elementType)).mul(g.viewed(kept))]
    }
  }

  /// Returns the square root of the sum of squares over axes. The gradient of a row of zeros is 0.
  ///
  /// - Throws: ``TensorError``.
  public func norm(axes: [Int]?, keepAxes: Bool = false) throws -> Tensor {
    try expectFloat("norm")
    let rows = try resolved(axes, op: "norm"), x = detach()
    let kept = shape.indices.map { rows.contains($0) ? 1 : shape[$0] }
    let y = try Trace.hiding {
      try Tape.withoutRecording { try x.square().sum(axes: axes, keepAxes: true).sqrt() }
    }
    let lengths = y.detach()
    return Tape.record(
      "norm", [self], saving: [x, lengths], keepAxes ? y : y.viewed(dropping(rows)),
      plan: RowPlanOperation.note(.norm, self, over: rows, y)
    ) { g, _ in
      let slope = try x.div(lengths)
      let isLong = try lengths.ne(0).stretched(to: x.shape)
      return [try isLong.choose(slope, Tensor.full([], 0, x.elementType)).mul(g.viewed(kept))]
    }
  }

  /// Tells where any element over axes is not 0: 1 there and 0 elsewhere; all axes by default.
  ///
  /// - Throws: ``TensorError``.
  public func any(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    try marks("any", axes, keepAxes) { $0 != 0 }
  }

  /// Tells where all elements over axes are not 0: 1 there and 0 elsewhere; all axes by default.
  ///
  /// - Throws: ``TensorError``.
  public func all(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    try marks("all", axes, keepAxes) { $0 == 0 }.subtracted(from: 1)
  }

  /// 1 for each row with an element for which a condition holds.
  private func marks(
    _ op: String, _ axes: [Int]?, _ keepAxes: Bool, _ condition: (Double) -> Bool
  ) throws -> Tensor {
    let rows = AxisRows(self, axes: try resolved(axes, op: op)), x = rows.source
    let y = try Tensor.uninitialized(keepAxes ? rows.kept : rows.dropped, op: op)
    try Profiler.measure(op, bytes: byteCount) {
      for row in 0..<rows.count {
        var isMarked = false
        try Interrupt.forEachRun(of: rows.width) { run in
          for j in run where !isMarked { isMarked = condition(x.element(offset: x.offset + row * rows.width + j)) }
        }
        y.floatPointer[row] = isMarked ? 1 : 0
      }
    }
    let function = op == "any" ? RowPlanOperation.Function.anyNonzero : .anyZero
    return Trace.constant(op, y, RowPlanOperation.note(function, detach(), over: rows.axes, y))
  }
}
