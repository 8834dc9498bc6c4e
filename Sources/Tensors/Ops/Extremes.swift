/// Largest and smallest values, and where they are.
extension Tensor {
  /// Returns the largest element along an axis, or of all; the first of equal ones takes the gradient.
  public func max(axis: Int? = nil, keepAxis: Bool = false) throws -> Tensor {
    try extreme("max", axis, keepAxis) { $0 > $1 }
  }

  /// Returns the smallest element along an axis, or of all; the first of equal ones takes the gradient.
  public func min(axis: Int? = nil, keepAxis: Bool = false) throws -> Tensor {
    try extreme("min", axis, keepAxis) { $0 < $1 }
  }

  /// Returns the position of the largest element along an axis, from 0, as int64. NaN counts as largest.
  public func argmax(axis: Int = -1) throws -> Tensor {
    try positions("argmax", axis) { $0 > $1 }
  }

  /// Returns the position of the smallest element along an axis, from 0, as int64. NaN counts as smallest.
  public func argmin(axis: Int = -1) throws -> Tensor {
    try positions("argmin", axis) { $0 < $1 }
  }

  /// Returns the middle of all elements by size, the mean of the middle two for an even number.
  ///
  /// - Throws: ``TensorError/shape(op:got:expected:)`` for an empty tensor.
  public func median() throws -> Tensor {
    try expectFloat("median")
    let sorted = try expectFilled("median").values.sorted { $0 < $1 || $1.isNaN && !$0.isNaN }
    let (half, isOdd) = sorted.count.quotientAndRemainder(dividingBy: 2) as (Int, Int)
    let value = sorted.last!.isNaN ? .nan : isOdd == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    return try Tensor.full([], value, elementType)
  }

  private func extreme(
    _ op: String, _ axis: Int?, _ keepAxis: Bool, isBetter: (Double, Double) -> Bool
  ) throws -> Tensor {
    try expectFloat(op)
    guard let axis else {
      let all = try viewedFlat(op)
      return try all.extreme(op, 0, false, isBetter: isBetter)
    }
    let resolved = try self.axis(axis, op: op)
    let positions = try positions(op, resolved, isBetter: isBetter)
    var kept = shape
    kept[resolved] = 1
    let picked = try gatherAlong(axis: resolved, positions.viewed(kept))
    return keepAxis ? picked : try picked.reshape(dropping([resolved]))
  }

  private func positions(_ op: String, _ axis: Int, isBetter: (Double, Double) -> Bool) throws -> Tensor {
    let axis = try self.axis(axis, op: op)
    _ = try expectFilled(op)
    let others = shape.indices.filter { $0 != axis }
    let rows = laidOut(shape.strides(inMemoryOrder: others + [axis])), width = shape[axis]
    let result = try Tensor.uninitialized(others.map { shape[$0] }, .int64, op: op)
    for i in 0..<result.count {
      let start = rows.offset + i * width
      var best = 0, value = rows.element(offset: start)
      for j in 1..<Swift.max(width, 1) where !value.isNaN {
        let candidate = rows.element(offset: start + j)
        if candidate.isNaN || isBetter(candidate, value) { (best, value) = (j, candidate) }
      }
      result.int64Pointer[i] = Int64(best)
    }
    return result
  }

  private func viewedFlat(_ op: String) throws -> Tensor { try expectFilled(op).reshape([count]) }

  private func expectFilled(_ op: String) throws -> Tensor {
    guard count > 0 else { throw TensorError.shape(op: op, got: shape, expected: "at least one element is needed") }
    return self
  }
}
