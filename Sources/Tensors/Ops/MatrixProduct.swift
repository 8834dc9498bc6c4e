/// Products of matrices, of batches of matrices, and of vectors.
extension Tensor {
  /// Returns the matrix product.
  ///
  /// The last two axes are the matrices; axes before them are a batch and stretch as in arithmetic. A vector on the
  /// left is a row, on the right a column, and its axis is missing in the result.
  ///
  /// - Parameter other: `[…, k, n]` for `[…, m, k]` here.
  /// - Returns: `[…, m, n]`.
  /// - Throws: ``TensorError/shapes(op:_:_:hint:)``.
  public func matmul(_ other: Tensor) throws -> Tensor {
    try Self.expectAlike("matmul", self, other)
    try expectInnerSizes(other)
    if rank == 1 {
      let product = try unsqueeze(0).matmul(other)
      return try product.squeeze(other.rank == 1 ? 0 : -2)
    }
    if other.rank == 1 { return try matmul(other.unsqueeze(1)).squeeze(-1) }
    return other.rank == 2 ? try matmulByOne(other) : try matmulByMany(other)
  }

  private func expectInnerSizes(_ other: Tensor) throws {
    guard rank > 0, other.rank > 0 else {
      throw TensorError.shapes(op: "matmul", shape, other.shape, hint: "each side needs at least one axis")
    }
    let inner = shape[rank - 1], otherInner = other.shape[Swift.max(other.rank - 2, 0)]
    guard inner == otherInner else {
      throw TensorError.shapes(
        op: "matmul", shape, other.shape, hint: "inner sizes \(inner) and \(otherInner) differ")
    }
    guard Shape.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2))) != nil else {
      throw TensorError.shapes(
        op: "matmul", shape, other.shape, hint: "axes before the last two must be equal or 1")
    }
  }

  /// `[…, m, k]` by one `[k, n]`: a single product of all rows.
  private func matmulByOne(_ other: Tensor) throws -> Tensor {
    let (a, b) = (collapsed(), other.detach())
    let (inputShape, n) = (shape, other.shape[1])
    let y = try Tensor.uninitialized(Array(shape.dropLast()) + [n], elementType, op: "matmul")
    try MatrixView(y, rows: a.shape[0], columns: n, rowStride: n).assignInParallel(MatrixView(a), MatrixView(b))
    return Tape.record(
      "matmul", [self, other], saving: [a, b], y, plan: MatrixProductPlanOperation.note(self, byOne: other, y)
    ) { g, needs in
      let gradient = g.collapsed()
      return [
        needs[0] ? try Self.product(gradient, b.swapped).reshaped(inputShape) : nil,
        needs[1] ? try Self.productAs(b, a, gradient) : nil,
      ]
    }
  }

  /// All rows as one matrix, unseen by the tape.
  func collapsed() -> Tensor {
    let columns = shape[rank - 1]
    let rows = shape.dropLast().reduce(1, *)
    if rank == 2 { return detach() }
    let x = contiguousCopyIfNeeded()
    return x.reinterpreted([rows, columns], strides: [columns, 1])
  }

  private func reshaped(_ shape: Shape) -> Tensor { reinterpreted(shape, strides: shape.rowMajorStrides) }

  /// Product of two matrices, row-major, unseen by the tape.
  static func product(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let y = try uninitialized([a.shape[0], b.shape[1]], a.elementType, op: "matmul")
    try MatrixView(y).assignInParallel(MatrixView(a), MatrixView(b))
    return y
  }

  /// Gradient `aᵀ g` of the right factor `b`, laid out as `b` is, so that it adds to it element by element.
  static func productAs(_ b: Tensor, _ a: Tensor, _ g: Tensor) throws -> Tensor {
    let isColumnMajor = b.strides[0] == 1 && b.strides[1] != 1
    return isColumnMajor ? try product(g.swapped, a).swapped : try product(a.swapped, g)
  }

  /// Batches on both sides.
  private func matmulByMany(_ other: Tensor) throws -> Tensor {
    let (a, b) = (detach(), other.detach())
    let y = try Self.batchedProduct(a, b)
    return Tape.record(
      "matmul", [self, other], saving: [a, b], y,
      plan: MatrixProductPlanOperation.note(self, other, batch: Array(y.shape.dropLast(2)), y)
    ) { g, needs in
      [
        needs[0] ? try Self.batchedProduct(g, b.swapped).summed(to: a.shape) : nil,
        needs[1] ? try Self.batchedProduct(a.swapped, g).summed(to: b.shape) : nil,
      ]
    }
  }

  /// Products of stretched batches, unseen by the tape.
  private static func batchedProduct(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let batch = Shape.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))) ?? []
    let m = a.shape[a.rank - 2], n = b.shape[b.rank - 1]
    let y = try uninitialized(batch + [m, n], a.elementType, op: "matmul")
    for factor in [a, b] { try expectFits("matmul", batch + factor.shape.suffix(2), a.elementType) }
    let left = a.stretched(to: batch + a.shape.suffix(2)), right = b.stretched(to: batch + b.shape.suffix(2))
    Profiler.measure("matmul", flops: 2 * y.count * a.shape[a.rank - 1], bytes: 2 * y.byteCount) {
      Parallel.forEach(batch.elementCount) { index in
        guard !Interrupt.isRequested else { return }
        let matrix = MatrixView(y, offset: index * m * n, rows: m, columns: n, rowStride: n)
        matrix.assign(
          MatrixView(left, offset: left.batchOffset(index, batch)),
          MatrixView(right, offset: right.batchOffset(index, batch)))
      }
    }
    try Interrupt.check()
    return y
  }

  /// Distance from the first element to the `index`-th matrix of a batch.
  private func batchOffset(_ index: Int, _ batch: Shape) -> Int {
    var rest = index, offset = 0
    for axis in batch.indices.reversed() {
      offset += rest % batch[axis] * strides[axis]
      rest /= batch[axis]
    }
    return offset
  }
}
