import Kernels

/// A product of two matrices in the memory of a plan, cut into runs of rows.
///
/// A row's sums do not depend on which rows are computed with it, so neither the cut nor the threads change a bit.
struct PlanProduct: Sendable {
  /// A matrix by its strides.
  struct Matrix: Sendable {
    let slot: PlanSlot
    let rowStride: Int
    let columnStride: Int
  }

  let rows: Int
  let columns: Int
  let inner: Int
  private let rowsPerRun: Int
  private let workspaceCount: Int

  init(rows: Int, columns: Int, inner: Int) {
    (self.rows, self.columns, self.inner) = (rows, columns, inner)
    // A few milliseconds a run, so that packing the second matrix anew hardly counts.
    rowsPerRun = Swift.min(rows, Swift.max(96, ((1 << 27) / Swift.max(columns * inner, 1) + 95) / 96 * 96))
    workspaceCount = (Kernels.matrix.gemmWorkspace(rowsPerRun, columns, inner) + 15) / 16 * 16
  }

  var flops: Int { 2 * rows * columns * inner }

  /// Adds the step that writes `a b` to `c[rows, columns]`, and then lets `finish` work on the result.
  func add(
    to builder: PlanBuilder, _ name: String, _ a: Matrix, _ b: Matrix, _ c: PlanSlot, reading others: [PlanSlot] = [],
    writing results: [PlanSlot] = [], finish: ((PlanMemory) -> PlanAction)? = nil
  ) {
    let workers = Swift.max(1, Swift.min(builder.threads, (rows + rowsPerRun - 1) / rowsPerRun))
    let workspace = builder.buffer(workspaceCount * workers)
    builder.step(name, reads: [a.slot, b.slot] + others, writes: [c, workspace] + results, flops: flops) { memory in
      let product = action(
        memory[a.slot], (a.rowStride, a.columnStride), memory[b.slot], (b.rowStride, b.columnStride), memory[c],
        memory[workspace], workers)
      guard let finish = finish?(memory) else { return product }
      return { run in
        product(run)
        finish(run)
      }
    }
  }

  private func action(
    _ a: Output, _ aStrides: (row: Int, column: Int), _ b: Output, _ bStrides: (row: Int, column: Int), _ c: Output,
    _ workspace: Output, _ workers: Int
  ) -> PlanAction {
    let (rows, columns, inner, length, size) = (rows, columns, inner, rowsPerRun, workspaceCount)
    let runs = (rows + length - 1) / length
    nonisolated(unsafe) let (a, b, c, workspace) = (a, b, c, workspace)
    if runs == 1 {
      return { _ in
        Kernels.matrix.gemm(
          rows, columns, inner, a, aStrides.row, aStrides.column, b, bStrides.row, bStrides.column, c, columns, false,
          workspace)
      }
    }
    return { _ in
      Parallel.forEach(runs, workers: workers) { index, worker in
        guard !Interrupt.isRequested else { return }
        let first = index * length
        Kernels.matrix.gemm(
          Swift.min(length, rows - first), columns, inner, a + first * aStrides.row, aStrides.row, aStrides.column, b,
          bStrides.row, bStrides.column, c + first * columns, columns, false, workspace + worker * size)
      }
    }
  }
}
