import Kernels

extension Tensor {
  /// Adds up over axes; all of them by default. Sums of int64 are exact, or an error.
  ///
  /// - Parameters:
  ///   - axes: Axes to add over, negative from the end; nil means all.
  ///   - keepAxes: Whether they stay with size 1.
  /// - Complexity: one pass; order of the sums depends on shape and memory order alone.
  public func sum(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    if elementType == .int64 { return try wholeSum(axes: axes, keepAxes: keepAxes) }
    try expectFloat("sum")
    let reduced = try resolved(axes, op: "sum")
    let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
    let y = try total(over: reduced, kept)
    let source = shape
    return Tape.record(
      "sum", [self], saving: [], keepAxes ? y : y.viewed(dropping(reduced)),
      plan: SumPlanOperation.note(self, over: reduced, y)
    ) { g, _ in [g.viewed(kept).stretched(to: source)] }
  }

  /// Averages over axes; all of them by default. An empty tensor has the mean NaN.
  public func mean(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    try expectFloat("mean")
    let divisor = Double(try resolved(axes, op: "mean").reduce(1) { $0 * shape[$1] })
    return try sum(axes: axes, keepAxes: keepAxes).div(divisor)
  }

  /// Averages over axes so that the mean of equal elements is that element: what a first mean misses is added to it.
  func steadyMean(axes: [Int]?, keepAxes: Bool = true) throws -> Tensor {
    let rough = try detach().mean(axes: axes, keepAxes: true)
    let mean = try rough.add(sub(rough).mean(axes: axes, keepAxes: true))
    return keepAxes ? mean : try mean.reshape(dropping(resolved(axes, op: "mean")))
  }

  /// Averages the squared distance from the mean; with `isUnbiased`, divides by one less than the number of values.
  public func variance(axes: [Int]? = nil, keepAxes: Bool = false, isUnbiased: Bool = false) throws -> Tensor {
    try expectFloat("variance")
    let reduced = try resolved(axes, op: "variance"), count = Double(reduced.reduce(1) { $0 * shape[$1] })
    let note = { RowPlanOperation.note(.variance(isUnbiased: isUnbiased), self, over: reduced, $0) }
    return try Trace.whole("variance", note) {
      let squares = try sub(steadyMean(axes: axes)).square().sum(axes: axes, keepAxes: keepAxes)
      return try squares.div(isUnbiased ? count - 1 : count)
    }
  }

  /// Returns the square root of the sum of squares. The gradient at the zero vector is 0.
  public func norm() throws -> Tensor {
    try expectFloat("norm")
    let x = detach()
    let length = try Trace.hiding { try Tape.withoutRecording { try x.square().sum().sqrt() } }
    let value = length.element(offset: length.offset)
    return Tape.record(
      "norm", [self], saving: [x], length, plan: RowPlanOperation.note(.norm, self, over: Array(shape.indices), length)
    ) { g, _ in
      [value == 0 ? x.zerosLike() : try x.mul(g).div(value)]
    }
  }

  /// Multiplies two vectors of one length and adds up.
  public func dot(_ other: Tensor) throws -> Tensor {
    guard rank == 1, shape == other.shape else {
      throw TensorError.shapes(op: "dot", shape, other.shape, hint: "two vectors of one length are needed")
    }
    return try mul(other).sum()
  }

  private func total(over axes: [Int], _ kept: Shape) throws -> Tensor {
    let y = try Tensor.uninitialized(kept, elementType, op: "sum")
    let rest = shape.indices.filter { !axes.contains($0) }
    let width = axes.reduce(1) { $0 * shape[$1] }
    let outerFirst = memoryOrder.filter(axes.contains) + rest
    // Sums down the columns where the reduced axes are outermost in memory, along the rows else.
    if elementType == .float32, axes.count < rank, y.count > 1, isDense, isWalked(in: outerFirst) {
      try Profiler.measure("sum", flops: count, bytes: byteCount) { try addColumns(width, y) }
      return y
    }
    let rows = laidOut(shape.strides(inMemoryOrder: rest + (isDense ? memoryOrder.filter(axes.contains) : axes)))
    try Profiler.measure("sum", flops: count, bytes: byteCount) { try rows.addRows(width, y) }
    return y
  }

  private func addColumns(_ rows: Int, _ y: Tensor) throws {
    if rows == 0 { y.write(repeating: 0) }
    // Runs of a multiple of the kernel's own blocks of 256 rows change no bit.
    let length = Swift.max(1, Interrupt.runLength / y.count / 256) * 256
    try Interrupt.forEachRun(of: rows, size: length) { run in
      Kernels.reduction.columnSums(
        floatPointer + run.lowerBound * y.count, y.floatPointer, run.count, y.count, run.lowerBound > 0)
    }
  }

  private func addRows(_ width: Int, _ y: Tensor) throws {
    if elementType == .float64 {
      for i in 0..<y.count {
        var sum = 0.0
        try Interrupt.forEachRun(of: width) { for j in $0 { sum += doublePointer[i * width + j] } }
        y.doublePointer[i] = sum
      }
    } else if width < Self.longestRow {
      try Interrupt.forEachRun(of: y.count, size: Swift.max(1, Interrupt.runLength / Swift.max(width, 1))) { run in
        Kernels.reduction.rowSums(
          floatPointer + run.lowerBound * width, y.floatPointer + run.lowerBound, run.count, width)
      }
    } else {
      for i in 0..<y.count {
        var sum = 0.0
        try Interrupt.forEachRun(of: width, size: Self.longestRow) {
          sum += Kernels.reduction.sum(floatPointer + i * width + $0.lowerBound, $0.count)
        }
        y.floatPointer[i] = Float(sum)
      }
    }
  }

  /// Elements that are added up without a look at ``Interrupt``; the sums of such parts are added in float64.
  private static let longestRow = 1 << 24

  /// Whether memory is walked with the axes in this order, the last one fastest.
  private func isWalked(in order: [Int]) -> Bool { Self.agree(shape, strides, shape.strides(inMemoryOrder: order)) }

  func resolved(_ axes: [Int]?, op: String) throws -> [Int] {
    guard let axes else { return Array(shape.indices) }
    let all = try axes.map { try axis($0, op: op) }
    return Array(Set(all)).sorted()
  }

  func dropping(_ axes: [Int]) -> Shape { shape.indices.filter { !axes.contains($0) }.map { shape[$0] } }
}
