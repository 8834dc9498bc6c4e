import KernelTypes

/// What a column tile multiplies: `sum over p < depth of x[offsets[p] + row] * y[p * yStride + column]`.
typealias ColumnOperands = (
  x: Input, offsets: UnsafePointer<Int>, depth: Int, y: Input, yStride: Int
)

@inline(__always)
private func columnTile(
  _ rows: Int, _ wide: Bool, _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  var low = startValues(rows, start.rows, start.stride, 0)
  var high = wide ? startValues(rows, start.rows, start.stride, laneCount) : low
  var y = z.y
  let x = z.x + row
  var p = 0
  while p < z.depth {
    let q = x + z.offsets[p]
    addProducts(rows, &low, &high, wide, y, fourteen { i in q + i }, 0)
    y += z.yStride
    p &+= 1
  }
  storeTile(rows, low, high, wide, c, cStride)
}

/// Writes a tile of `rows` (one of the heights of ``tileHeight(_:)``) by 32 or 16 columns.
@inline(__always)
private func writeColumnTile(
  _ rows: Int, _ wide: Bool, _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  #if WIDE_REGISTERS
    if wide {
      wideColumnTile(rows, z, row, start, c, cStride)
    } else {
      narrowColumnTile(rows, z, row, start, c, cStride)
    }
  #else
    narrowColumnTile(rows, z, row, start, c, cStride)
    guard wide else { return }
    let right = (z.x, z.offsets, z.depth, z.y + laneCount, z.yStride)
    narrowColumnTile(rows, right, row, (start.rows.map { $0 + laneCount }, start.stride), c + laneCount, cStride)
  #endif
}

// One function for each height and width: the compiler inlines only so much into one function.

#if WIDE_REGISTERS
  @inline(never)
  private func columnTile14x32(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(14, true, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile8x32(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(8, true, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile4x32(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(4, true, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile2x32(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(2, true, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile1x32(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(1, true, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile14x16(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(14, false, z, row, start, c, cStride)
  }

  @inline(never)
  private func columnTile8x16(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(8, false, z, row, start, c, cStride)
  }
#else
  @inline(never)
  private func columnTile6x16(
    _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    columnTile(6, false, z, row, start, c, cStride)
  }
#endif

@inline(never)
private func columnTile4x16(
  _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  columnTile(4, false, z, row, start, c, cStride)
}

@inline(never)
private func columnTile2x16(
  _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  columnTile(2, false, z, row, start, c, cStride)
}

@inline(never)
private func columnTile1x16(
  _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  columnTile(1, false, z, row, start, c, cStride)
}

#if WIDE_REGISTERS
  private func wideColumnTile(
    _ rows: Int, _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    switch rows {
    case 14: columnTile14x32(z, row, start, c, cStride)
    case 8: columnTile8x32(z, row, start, c, cStride)
    case 4: columnTile4x32(z, row, start, c, cStride)
    case 2: columnTile2x32(z, row, start, c, cStride)
    default: columnTile1x32(z, row, start, c, cStride)
    }
  }
#endif

private func narrowColumnTile(
  _ rows: Int, _ z: ColumnOperands, _ row: Int, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  switch rows {
  #if WIDE_REGISTERS
    case 14: columnTile14x16(z, row, start, c, cStride)
    case 8: columnTile8x16(z, row, start, c, cStride)
  #else
    case 6: columnTile6x16(z, row, start, c, cStride)
  #endif
  case 4: columnTile4x16(z, row, start, c, cStride)
  case 2: columnTile2x16(z, row, start, c, cStride)
  default: columnTile1x16(z, row, start, c, cStride)
  }
}

/// Writes, or adds if `accumulate`, `rows` by `columns` results, `columns` at most 32, tile after tile.
///
/// `y` must be readable to the next multiple of 16 columns. `scratch` holds ``scratchTile`` floats.
func multiplyColumns(
  _ rows: Int, _ columns: Int, _ z: ColumnOperands, _ accumulate: Bool, _ c: Output, _ cStride: Int, _ scratch: Output
) {
  let wide = columns > laneCount
  let isWhole = columns == laneCount || columns == panelWidth
  var row = 0
  while row < rows {
    let height = tileHeight(rows - row)
    let target = c + row &* cStride
    #if WIDE_REGISTERS
      if isMiddleTile(height, columns) {
        writeMiddleColumnTile(z, row, (accumulate ? Input(target) : nil, cStride), target, cStride)
        row &+= height
        continue
      }
    #endif
    if isWhole {
      writeColumnTile(height, wide, z, row, (accumulate ? Input(target) : nil, cStride), target, cStride)
    } else {
      if accumulate { copyTile(height, columns, target, cStride, scratch, panelWidth) }
      writeColumnTile(height, wide, z, row, (accumulate ? Input(scratch) : nil, panelWidth), scratch, panelWidth)
      copyTile(height, columns, scratch, panelWidth, target, cStride)
    }
    row &+= height
  }
}
