import KernelTypes

enum Matrix: MatrixKernels {
  /// Rows of `a` that stay in the second-level cache while the panels of `b` pass by.
  private static var rowBlock: Int { 168 }

  /// Columns of `b` packed at a time.
  private static var columnBlock: Int { 1024 }

  /// Below this many rows packing `b` costs more than it saves.
  private static var fewRows: Int { 32 }

  static func gemmWorkspace(_ m: Int, _ n: Int, _ k: Int) -> Int {
    let depth = depthBlock(k)
    let columns = (min(n, columnBlock) + panelWidth - 1) / panelWidth * panelWidth
    return alignmentSlack + indexFloats(depth) + depth * columns + rowBlock * (depth + 16) + scratchTile
  }

  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: Input, _ aRowStride: Int, _ aColumnStride: Int, _ b: Input,
    _ bRowStride: Int, _ bColumnStride: Int, _ c: Output, _ cRowStride: Int, _ accumulate: Bool, _ workspace: Output
  ) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      if !accumulate { for i in 0..<m { setAll(c + i &* cRowStride, n, 0) } }
      return
    }
    let workspace = aligned(workspace)
    let step = depthBlock(k)
    var depthStart = 0
    while depthStart < k {
      let depth = min(step, k - depthStart)
      var column = 0
      while column < n {
        let columns = min(columnBlock, n - column)
        multiplyBlock(
          m, columns, depth, a + depthStart &* aColumnStride, aRowStride, aColumnStride,
          b + (depthStart &* bRowStride &+ column &* bColumnStride), bRowStride, bColumnStride, c + column, cRowStride,
          accumulate || depthStart > 0, workspace)
        column &+= columns
      }
      depthStart &+= depth
    }
  }

  static func transpose(_ x: Input, _ rows: Int, _ columns: Int, _ y: Output) {
    transposeMatrix(x, columns, rows, columns, y, rows)
  }

  /// Splits the depth into equal parts of at most 512, by the depth alone: so a row of the product has the same bits
  /// whatever rows are computed beside it.
  private static func depthBlock(_ k: Int) -> Int {
    let parts = (k + 511) / 512
    return parts <= 1 ? k : (k + parts - 1) / parts
  }

  private static func indexFloats(_ depth: Int) -> Int { floatsForIndices(max(depth, rowBlock) + 1) }

  /// Multiplies one block of depth and columns, for all rows.
  private static func multiplyBlock(
    _ m: Int, _ n: Int, _ depth: Int, _ a: Input, _ aRowStride: Int, _ aColumnStride: Int, _ b: Input,
    _ bRowStride: Int, _ bColumnStride: Int, _ c: Output, _ cRowStride: Int, _ accumulate: Bool, _ workspace: Output
  ) {
    let indices = UnsafeMutableRawPointer(workspace).assumingMemoryBound(to: Int.self)
    let panels = workspace + indexFloats(depth)
    let rows = panels + depth * ((n + panelWidth - 1) / panelWidth * panelWidth)
    let scratch = rows + rowBlock * (depth + 16)
    // Whole panels of few rows are read where they lie.
    let inPlace = bColumnStride == 1 && m <= fewRows ? n & ~(panelWidth - 1) : 0
    packPanels(
      b + inPlace &* bColumnStride, bRowStride, bColumnStride, depth, n - inPlace, panels + inPlace &* depth)
    @inline(__always) func panel(_ column: Int) -> (Input, Int) {
      column < inPlace ? (b + column, bRowStride) : (Input(panels + column &* depth), panelWidth)
    }
    if aRowStride == 1 && aColumnStride != 1 {
      multiplyTransposed(m, n, depth, a, aColumnStride, indices, panel, c, cRowStride, accumulate, scratch)
    } else {
      multiplyPlain(
        m, n, depth, a, aRowStride, aColumnStride, indices, panel, c, cRowStride, accumulate, rows, scratch)
    }
  }

  /// Multiplies where the rows of `a` lie one float apart.
  @inline(__always)
  private static func multiplyTransposed(
    _ m: Int, _ n: Int, _ depth: Int, _ a: Input, _ aColumnStride: Int, _ indices: UnsafeMutablePointer<Int>,
    _ panel: (Int) -> (Input, Int), _ c: Output, _ cRowStride: Int, _ accumulate: Bool, _ scratch: Output
  ) {
    for k in 0..<depth { indices[k] = k &* aColumnStride }
    var column = 0
    while column < n {
      let (b, bStride) = panel(column)
      multiplyColumns(
        m, min(panelWidth, n - column), (a, UnsafePointer(indices), depth, b, bStride), accumulate, c + column,
        cRowStride, scratch)
      column &+= panelWidth
    }
  }

  /// Multiplies where the columns of `a` lie one float apart, or copies `a` so that they do.
  @inline(__always)
  private static func multiplyPlain(
    _ m: Int, _ n: Int, _ depth: Int, _ a: Input, _ aRowStride: Int, _ aColumnStride: Int,
    _ indices: UnsafeMutablePointer<Int>, _ panel: (Int) -> (Input, Int), _ c: Output, _ cRowStride: Int,
    _ accumulate: Bool, _ rows: Output, _ scratch: Output
  ) {
    // Rows a multiple of 2 KiB apart would share few sets of the first-level cache.
    let copies = aColumnStride != 1 || (aRowStride & 511 == 0 && n > 2 * panelWidth)
    let stride = copies ? depth + 16 : aRowStride
    indices[rowBlock] = 0
    for i in 0..<min(m, rowBlock) { indices[i] = i &* stride }
    var row = 0
    while row < m {
      let count = min(rowBlock, m - row)
      var block = a + row &* aRowStride
      if copies {
        copyRows(block, aRowStride, aColumnStride, count, depth, rows, stride)
        block = Input(rows)
      }
      var column = 0
      while column < n {
        let (b, bStride) = panel(column)
        let target = c + (row &* cRowStride &+ column)
        multiplyRows(
          count, min(panelWidth, n - column), (block, UnsafePointer(indices + rowBlock), 1, depth, b, bStride),
          UnsafePointer(indices), (accumulate ? Input(target) : nil, cRowStride), target, cRowStride, scratch)
        column &+= panelWidth
      }
      row &+= count
    }
  }

  private static func copyRows(
    _ a: Input, _ rowStride: Int, _ columnStride: Int, _ rows: Int, _ depth: Int, _ y: Output, _ yStride: Int
  ) {
    for i in 0..<rows {
      let from = a + i &* rowStride
      let to = y + i &* yStride
      if columnStride == 1 {
        copy(from, to, depth)
      } else {
        for k in 0..<depth { to[k] = from[k &* columnStride] }
      }
    }
  }
}
