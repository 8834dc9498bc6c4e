import Kernels
public import Tensors

/// Rows that are made of all rows.
extension UpdateMatrix {
  /// Columns of a block: its rows stay in the second-level cache while they are added up, divided and looked at.
  private static let mixedColumns = 4096

  /// Replaces each row by a weighted sum of all rows: the product of `shares`, `[n, n]`, with them.
  ///
  /// - Throws: ``TensorError`` or ``FederationError``.
  public func mixed(_ shares: Tensor) throws -> UpdateMatrix {
    let rule = "mixed"
    guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
    guard shares.shape == [count, count], shares.elementType == .float32 else {
      throw TensorError.shape(
        op: rule, got: shares.shape,
        expected: "float32 [\(count), \(count)] is needed, a share for each pair of updates")
    }
    let result = try Tensor.uninitialized([count, dimension], op: rule)
    let overflown = try write(shares, dividedBy: 1, to: result)
    let rows = try with(result)
    if overflown.isEmpty { rows.noteFinite() }
    return rows
  }

  /// Writes weighted sums of all rows, divided by a number, to the rows of `target`, and returns which of these are not
  /// finite. Blocks of columns are written at the same time where the thread owns several workers.
  func write(_ shares: Tensor, dividedBy divisor: Float, to target: Tensor) throws -> [Int] {
    let shares = shares.detach().contiguous(), m = shares.shape[0], n = count, d = dimension
    let (factors, out) = (Places(shares.floatPointer), Places(target.floatPointer))
    let blocks = ColumnBlocks.count(d, width: Self.mixedColumns)
    let isFinite = Scratch<Bool>(blocks * m, initial: true)
    try withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      try ColumnBlocks.forEach(d, width: Self.mixedColumns) { block, columns in
        if Interrupt.isRequested { return }
        let workspace = Scratch<Float>(Kernels.matrix.gemmWorkspace(m, columns.count, n))
        Kernels.matrix.gemm(
          m, columns.count, n, factors.base, n, 1, rows.base + columns.lowerBound, rows.stride, 1,
          out.base + columns.lowerBound, d, false, workspace.base)
        for row in 0..<m {
          let part = out.base + row * d + columns.lowerBound
          if divisor != 1 { Kernels.elementwise.binaryScalar(.divide, part, divisor, part, columns.count) }
          isFinite.base[block * m + row] = Kernels.reduction.isFinite(part, columns.count)
        }
      }
    }
    withExtendedLifetime((shares, target)) {}
    return (0..<m).filter { row in (0..<blocks).contains { !isFinite.base[$0 * m + row] } }
  }
}
