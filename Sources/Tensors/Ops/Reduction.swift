import Kernels

extension Tensor {
  /// Adds up over axes; all of them by default.
  ///
  /// - Parameters:
  ///   - axes: Axes to add over, negative from the end; nil means all.
  ///   - keepAxes: Whether they stay with size 1.
  /// - Complexity: one pass; order of the sums depends on shape and memory order alone.
  public func sum(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    try expectFloat("sum")
    let reduced = try resolved(axes, op: "sum")
    let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
    let y = try total(over: reduced, kept)
    let source = shape
    let result = Tape.record("sum", [self], saving: [], keepAxes ? y : y.viewed(dropping(reduced))) { g, _ in
      [g.viewed(kept).stretched(to: source)]
    }
    return result
  }

  /// Averages over axes; all of them by default. An empty tensor has the mean NaN.
  public func mean(axes: [Int]? = nil, keepAxes: Bool = false) throws -> Tensor {
    try expectFloat("mean")
    let divisor = Double(try resolved(axes, op: "mean").reduce(1) { $0 * shape[$1] })
    return try sum(axes: axes, keepAxes: keepAxes).div(divisor)
  }

  /// Averages the squared distance from the mean; with `isUnbiased`, divides by one less than the number of values.
  public func variance(axes: [Int]? = nil, keepAxes: Bool = false, isUnbiased: Bool = false) throws -> Tensor {
    try expectFloat("variance")
    let count = Double(try resolved(axes, op: "variance").reduce(1) { $0 * shape[$1] })
    let squares = try sub(mean(axes: axes, keepAxes: true)).square().sum(axes: axes, keepAxes: keepAxes)
    return try squares.div(isUnbiased ? count - 1 : count)
  }

  /// Returns the square root of the sum of squares. The gradient at the zero vector is 0.
  public func norm() throws -> Tensor {
    try expectFloat("norm")
    let x = detach()
    let length = try Tape.withoutRecording { try x.square().sum().sqrt() }
    let value = try length.item()
    return Tape.record("norm", [self], saving: [x], length) { g, _ in
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
      Kernels.reduction.columnSums(floatPointer, y.floatPointer, width, y.count, false)
      return y
    }
    let rows = laidOut(shape.strides(inMemoryOrder: rest + (isDense ? memoryOrder.filter(axes.contains) : axes)))
    if elementType == .float64 {
      for i in 0..<y.count {
        y.doublePointer[i] = (0..<width).reduce(0) { $0 + rows.doublePointer[i * width + $1] }
      }
    } else if y.count == 1 {
      y.floatPointer[0] = Float(Kernels.reduction.sum(rows.floatPointer, width))
    } else {
      Kernels.reduction.rowSums(rows.floatPointer, y.floatPointer, y.count, width)
    }
    return y
  }

  /// Whether memory is walked with the axes in this order, the last one fastest.
  private func isWalked(in order: [Int]) -> Bool { Self.agree(shape, strides, shape.strides(inMemoryOrder: order)) }

  func resolved(_ axes: [Int]?, op: String) throws -> [Int] {
    guard let axes else { return Array(shape.indices) }
    let all = try axes.map { try axis($0, op: op) }
    return Array(Set(all)).sorted()
  }

  func dropping(_ axes: [Int]) -> Shape { shape.indices.filter { !axes.contains($0) }.map { shape[$0] } }
}
