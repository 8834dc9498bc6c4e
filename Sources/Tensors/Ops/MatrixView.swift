import Kernels

/// A matrix somewhere in the memory of a tensor.
struct MatrixView: Sendable {
  let tensor: Tensor
  /// First element, in elements from the first of the tensor.
  var offset = 0
  var rows: Int
  var columns: Int
  var rowStride: Int
  var columnStride: Int

  init(_ tensor: Tensor, offset: Int = 0, rows: Int, columns: Int, rowStride: Int, columnStride: Int = 1) {
    self.tensor = tensor
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// The last two axes of a tensor.
  init(_ tensor: Tensor, offset: Int = 0) {
    let last = tensor.rank - 1
    self.init(
      tensor, offset: offset, rows: tensor.shape[last - 1], columns: tensor.shape[last],
      rowStride: tensor.strides[last - 1], columnStride: tensor.strides[last])
  }

  var transposed: MatrixView {
    MatrixView(tensor, offset: offset, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }

  /// A run of rows.
  func rows(_ range: Range<Int>) -> MatrixView {
    MatrixView(
      tensor, offset: offset + range.lowerBound * rowStride, rows: range.count, columns: columns, rowStride: rowStride,
      columnStride: columnStride)
  }

  var floats: UnsafeMutablePointer<Float> { tensor.floatPointer + offset }
  var doubles: UnsafeMutablePointer<Double> { tensor.doublePointer + offset }

  /// Writes the product of `a` and `b`, or adds it, unseen by the tape. The rows of this matrix are contiguous.
  func assign(_ a: MatrixView, _ b: MatrixView, accumulate: Bool = false) {
    if tensor.elementType == .float64 { return assignDoubles(a, b, accumulate) }
    guard rows > 0, columns > 0 else { return }
    if a.columns == 0 {
      if !accumulate { for row in 0..<rows { Kernels.elementwise.fill(0, floats + row * rowStride, columns) } }
      return
    }
    let workspace = Workspace(floats: Kernels.matrix.gemmWorkspace(rows, columns, a.columns))
    Kernels.matrix.gemm(
      rows, columns, a.columns, a.floats, a.rowStride, a.columnStride, b.floats, b.rowStride, b.columnStride, floats,
      rowStride, accumulate, workspace.pointer)
  }

  /// As ``assign(_:_:accumulate:)``, with the rows spread over the caller's threads.
  ///
  /// A row's sums do not depend on which rows are computed with it.
  func assignInParallel(_ a: MatrixView, _ b: MatrixView) throws {
    try Profiler.measure("matmul", flops: 2 * rows * columns * a.columns, bytes: trafficOfProduct(a)) {
      try assignChunks(a, b)
    }
  }

  /// Bytes of both factors and the product.
  private func trafficOfProduct(_ a: MatrixView) -> Int {
    (rows * a.columns + a.columns * columns + rows * columns) * tensor.elementType.byteCount
  }

  private func assignChunks(_ a: MatrixView, _ b: MatrixView) throws {
    let rowsPerChunk = Swift.max(96, (Self.chunkWork / Swift.max(columns * a.columns, 1) + 95) / 96 * 96)
    let chunks = (rows + rowsPerChunk - 1) / rowsPerChunk
    guard chunks > 1 else {
      assign(a, b)
      return try Interrupt.check()
    }
    Parallel.forEach(chunks) { chunk in
      guard !Interrupt.isRequested else { return }
      let range = chunk * rowsPerChunk..<Swift.min((chunk + 1) * rowsPerChunk, rows)
      rows(range).assign(a.rows(range), b)
    }
    try Interrupt.check()
  }

  /// Multiplications in one chunk: a few milliseconds, so that packing the second matrix anew hardly counts.
  private static let chunkWork = 1 << 27

  /// The oracle: one sum after the other.
  private func assignDoubles(_ a: MatrixView, _ b: MatrixView, _ accumulate: Bool) {
    let (x, y, z) = (a.doubles, b.doubles, doubles)
    for i in 0..<rows where !Interrupt.isRequested {
      for j in 0..<columns {
        var sum = accumulate ? z[i * rowStride + j * columnStride] : 0
        for k in 0..<a.columns {
          sum += x[i * a.rowStride + k * a.columnStride] * y[k * b.rowStride + j * b.columnStride]
        }
        z[i * rowStride + j * columnStride] = sum
      }
    }
  }
}
