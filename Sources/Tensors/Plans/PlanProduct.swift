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

  var flops: Int { 2 * rows * columns * inner }

  /// Rows of a run: each run packs the second matrix anew, so one thread takes as many as interrupts can wait for, and
  /// several take what keeps all of them busy.
  private func rowsPerRun(threads: Int) -> Int {
    let products = 1 << (threads > 1 ? 27 : 29)
    return Swift.min(rows, Swift.max(96, (products / Swift.max(columns * inner, 1) + 95) / 96 * 96))
  }

  /// Adds the step that writes `a b` to `c[rows, columns]`, and then lets `finish` work on the result.
  func add(
    to builder: PlanBuilder, _ name: String, _ a: Matrix, _ b: Matrix, _ c: PlanSlot, reading others: [PlanSlot] = [],
    writing results: [PlanSlot] = [], finish: ((PlanMemory) -> PlanAction)? = nil
  ) {
    let length = rowsPerRun(threads: builder.threads)
    let size = (Kernels.matrix.gemmWorkspace(length, columns, inner) + 15) / 16 * 16
    let workers = Swift.max(1, Swift.min(builder.threads, (rows + length - 1) / Swift.max(length, 1)))
    let workspace = builder.buffer(size * workers)
    builder.step(name, reads: [a.slot, b.slot] + others, writes: [c, workspace] + results, flops: flops) { memory in
      let product = action(
        memory[a.slot], (a.rowStride, a.columnStride), memory[b.slot], (b.rowStride, b.columnStride), memory[c],
        memory[workspace], size, length, workers)
      guard let finish = finish?(memory) else { return product }
      return { run in
        product(run)
        finish(run)
      }
    }
  }

  private func action(
    _ a: Output, _ aStrides: (row: Int, column: Int), _ b: Output, _ bStrides: (row: Int, column: Int), _ c: Output,
    _ workspace: Output, _ size: Int, _ length: Int, _ workers: Int
  ) -> PlanAction {
    let (rows, columns, inner) = (rows, columns, inner)
    let runs = (rows + length - 1) / Swift.max(length, 1)
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
