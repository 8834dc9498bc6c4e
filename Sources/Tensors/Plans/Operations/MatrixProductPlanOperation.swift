import Kernels

/// Products of matrices: inputs a `[…, m, k]` and b `[…, k, n]`, stretched to one batch; output `[…, m, n]`.
struct MatrixProductPlanOperation: PlanOperation, Equatable {
  let name = "matmul"
  let batch: Shape
  let rows: Int
  let columns: Int
  let inner: Int

  /// Notes a product of batches.
  static func note(_ a: Tensor, _ b: Tensor, batch: Shape, _ y: Tensor) -> PlanNote {
    let (m, k, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1], b.shape[b.rank - 1])
    let factors = [(a, [m, k]), (b, [k, n])].map { factor, sizes -> (tensor: Tensor, strides: [Int]?) in
      let stretched = factor.notedStretched(to: batch + sizes)
      return (stretched, stretched.hasReadableMatrices ? nil : stretched.shape.rowMajorStrides)
    }
    return PlanNote(Self(batch: batch, rows: m, columns: n, inner: k), factors, y)
  }

  /// Notes a product of all rows of `a` with one matrix.
  static func note(_ a: Tensor, byOne b: Tensor, _ y: Tensor) -> PlanNote {
    let (k, n) = (b.shape[0], b.shape[1])
    let readable = b.hasReadableMatrices ? nil : Optional(b.shape.rowMajorStrides)
    let left = a.rank == 2 && a.hasReadableMatrices ? nil : Optional(a.shape.rowMajorStrides)
    return PlanNote(
      Self(batch: [], rows: a.count / Swift.max(k, 1), columns: n, inner: k), [(a, left), (b, readable)], y)
  }

  func flops(_ node: PlanNode) -> Int { 2 * batch.elementCount * rows * columns * inner }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (a, b) = (left(node), right(node))
    let y = BatchedMatrix(batch: batch, rows: rows, columns: columns)
    addProduct(
      a, builder[node.inputs[0]], b, builder[node.inputs[1]], to: y, builder[node.output], flops: flops(node), builder)
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (a, b) = (left(node), right(node)), g = BatchedMatrix(batch: batch, rows: rows, columns: columns)
    builder.contribute(to: node.inputs[0]) { ga in
      let result = left(node, strides: node.inputs[0].denseStrides)
      addProduct(
        g, gy, b.transposed, builder[node.inputs[1]], to: result, ga, flops: flops(node), builder)
    }
    builder.contribute(to: node.inputs[1]) { gb in
      let result = right(node, strides: node.inputs[1].denseStrides)
      addProduct(
        a.transposed, builder[node.inputs[0]], g, gy, to: result, gb, flops: flops(node), builder)
    }
  }

  private func left(_ node: PlanNode, strides: [Int]? = nil) -> BatchedMatrix {
    // Without a batch its rows may stand along several axes, side by side.
    let input = node.inputs[0], strides = strides ?? input.strides
    if batch.isEmpty, input.shape.count > 2 { return BatchedMatrix(batch: [], rows: rows, columns: inner) }
    return BatchedMatrix(batch: batch, rows: rows, columns: inner, strides: strides)
  }

  private func right(_ node: PlanNode, strides: [Int]? = nil) -> BatchedMatrix {
    BatchedMatrix(batch: batch, rows: inner, columns: columns, strides: strides ?? node.inputs[1].strides)
  }

  /// Adds the step that writes the products to memory without gaps, whose rows or columns lie side by side.
  private func addProduct(
    _ a: BatchedMatrix, _ aSlot: PlanSlot, _ b: BatchedMatrix, _ bSlot: PlanSlot, to y: BatchedMatrix,
    _ ySlot: PlanSlot, flops: Int, _ builder: PlanBuilder
  ) {
    // The kernel writes rows: a result that lies by columns is the transposed product of the transposed factors.
    guard y.hasRows else {
      return addProduct(b.transposed, bSlot, a.transposed, aSlot, to: y.transposed, ySlot, flops: flops, builder)
    }
    let offsets = [a, b, y].map(\.offsets), count = offsets[0].count
    if count == 1 {
      return PlanProduct(rows: y.rows, columns: y.columns, inner: a.columns).add(
        to: builder, name, a.matrix(aSlot), b.matrix(bSlot), ySlot)
    }
    let size = (Kernels.matrix.gemmWorkspace(y.rows, y.columns, a.columns) + 15) / 16 * 16
    let workers = Swift.max(1, Swift.min(builder.threads, count)), workspace = builder.buffer(size * workers)
    builder.step(name, reads: [aSlot, bSlot], writes: [ySlot, workspace], flops: flops) { memory in
      nonisolated(unsafe) let (left, right, result) = (memory[aSlot], memory[bSlot], memory[ySlot])
      nonisolated(unsafe) let space = memory[workspace]
      return { _ in
        Parallel.forEach(count, workers: workers) { index, worker in
          guard !Interrupt.isRequested else { return }
          Kernels.matrix.gemm(
            y.rows, y.columns, a.columns, left + offsets[0][index], a.rowStride, a.columnStride,
            right + offsets[1][index], b.rowStride, b.columnStride, result + offsets[2][index], y.rowStride, false,
            space + worker * size)
        }
      }
    }
  }
}

/// Matrices of one size at regular distances in memory.
private struct BatchedMatrix: Sendable {
  let batch: Shape
  let batchStrides: [Int]
  let rows: Int
  let columns: Int
  let rowStride: Int
  let columnStride: Int

  /// - Parameter strides: Of `batch + [rows, columns]`; without gaps in that order if nil.
  init(batch: Shape, rows: Int, columns: Int, strides: [Int]? = nil) {
    let strides = strides ?? (batch + [rows, columns]).rowMajorStrides
    self.init(
      batch: batch, batchStrides: strides.dropLast(2), rows: rows, columns: columns,
      rowStride: strides[batch.count], columnStride: strides[batch.count + 1])
  }

  private init(batch: Shape, batchStrides: [Int], rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
    (self.batch, self.batchStrides) = (batch, batchStrides)
    (self.rows, self.columns, self.rowStride, self.columnStride) = (rows, columns, rowStride, columnStride)
  }

  var transposed: BatchedMatrix {
    BatchedMatrix(
      batch: batch, batchStrides: batchStrides, rows: columns, columns: rows, rowStride: columnStride,
      columnStride: rowStride)
  }

  /// Whether the elements of a row lie side by side.
  var hasRows: Bool { columnStride == 1 || columns == 1 }

  /// First element of each matrix.
  var offsets: [Int] {
    zip(batch, batchStrides).reduce([0]) { starts, axis in
      starts.flatMap { start in (0..<axis.0).map { start + $0 * axis.1 } }
    }
  }

  func matrix(_ slot: PlanSlot) -> PlanProduct.Matrix {
    PlanProduct.Matrix(slot: slot.advanced(by: offsets[0]), rowStride: rowStride, columnStride: columnStride)
  }
}

extension Tensor {
  /// Whether each matrix of the last two axes lies by rows or by columns, and repeats nothing.
  fileprivate var hasReadableMatrices: Bool {
    let last = [rank - 2, rank - 1].filter { shape[$0] > 1 }
    return last.allSatisfy { strides[$0] > 0 } && (last.isEmpty || last.contains { strides[$0] == 1 })
  }
}
