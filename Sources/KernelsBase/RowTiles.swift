import KernelTypes

/// What a row tile multiplies: `sum over taps t and k < depth of a[offsets[row] + taps[t] + k] * b[t * depth + k]`.
///
/// A plain matrix has one tap, 0. `bStride` is the distance between rows of `b`.
typealias RowOperands = (
  a: Input, taps: UnsafePointer<Int>, tapCount: Int, depth: Int, b: Input, bStride: Int
)

/// Where a tile's sums start: at rows `stride` apart, each at least as wide as the tile, or at zero.
typealias TileStart = (rows: Input?, stride: Int)

@inline(__always)
private func rowTile(
  _ rows: Int, _ wide: Bool, _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output,
  _ cStride: Int
) {
  var low = startValues(rows, start.rows, start.stride, 0)
  var high = wide ? startValues(rows, start.rows, start.stride, laneCount) : low
  var b = x.b
  for t in 0..<x.tapCount {
    let tap = x.a + x.taps[t]
    let pointers = fourteen { i in i < rows ? tap + offsets[i] : tap }
    var k = 0
    while k < x.depth {
      addProducts(rows, &low, &high, wide, b, pointers, k)
      b += x.bStride
      k &+= 1
    }
  }
  storeTile(rows, low, high, wide, c, cStride)
}

/// Writes a tile of `rows` (one of the heights of ``tileHeight(_:)``) by 32 or 16 columns.
@inline(__always)
private func writeRowTile(
  _ rows: Int, _ wide: Bool, _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output,
  _ cStride: Int
) {
  #if WIDE_REGISTERS
    if wide {
      wideRowTile(rows, x, offsets, start, c, cStride)
    } else {
      narrowRowTile(rows, x, offsets, start, c, cStride)
    }
  #else
    narrowRowTile(rows, x, offsets, start, c, cStride)
    guard wide else { return }
    let right = (x.a, x.taps, x.tapCount, x.depth, x.b + laneCount, x.bStride)
    narrowRowTile(rows, right, offsets, (start.rows.map { $0 + laneCount }, start.stride), c + laneCount, cStride)
  #endif
}

// One function for each height and width: the compiler inlines only so much into one function.

#if WIDE_REGISTERS
  @inline(never)
  private func rowTile14x32(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(14, true, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile8x32(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(8, true, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile4x32(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(4, true, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile2x32(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(2, true, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile1x32(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(1, true, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile14x16(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(14, false, x, offsets, start, c, cStride)
  }

  @inline(never)
  private func rowTile8x16(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(8, false, x, offsets, start, c, cStride)
  }
#else
  @inline(never)
  private func rowTile6x16(
    _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    rowTile(6, false, x, offsets, start, c, cStride)
  }
#endif

@inline(never)
private func rowTile4x16(
  _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  rowTile(4, false, x, offsets, start, c, cStride)
}

@inline(never)
private func rowTile2x16(
  _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  rowTile(2, false, x, offsets, start, c, cStride)
}

@inline(never)
private func rowTile1x16(
  _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  rowTile(1, false, x, offsets, start, c, cStride)
}

#if WIDE_REGISTERS
  private func wideRowTile(
    _ rows: Int, _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
  ) {
    switch rows {
    case 14: rowTile14x32(x, offsets, start, c, cStride)
    case 8: rowTile8x32(x, offsets, start, c, cStride)
    case 4: rowTile4x32(x, offsets, start, c, cStride)
    case 2: rowTile2x32(x, offsets, start, c, cStride)
    default: rowTile1x32(x, offsets, start, c, cStride)
    }
  }
#endif

private func narrowRowTile(
  _ rows: Int, _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output, _ cStride: Int
) {
  switch rows {
  #if WIDE_REGISTERS
    case 14: rowTile14x16(x, offsets, start, c, cStride)
    case 8: rowTile8x16(x, offsets, start, c, cStride)
  #else
    case 6: rowTile6x16(x, offsets, start, c, cStride)
  #endif
  case 4: rowTile4x16(x, offsets, start, c, cStride)
  case 2: rowTile2x16(x, offsets, start, c, cStride)
  default: rowTile1x16(x, offsets, start, c, cStride)
  }
}

/// Writes `rows` by `columns` results, `columns` at most 32, tile after tile.
///
/// `b` must be readable to the next multiple of 16 columns, and so must `start` where given, unless `start` is `c`
/// itself. `scratch` holds ``scratchTile`` floats.
func multiplyRows(
  _ rows: Int, _ columns: Int, _ x: RowOperands, _ offsets: UnsafePointer<Int>, _ start: TileStart, _ c: Output,
  _ cStride: Int, _ scratch: Output
) {
  let wide = columns > laneCount
  let isWhole = columns == laneCount || columns == panelWidth
  var row = 0
  while row < rows {
    let height = tileHeight(rows - row)
    let target = c + row &* cStride
    let from: TileStart = (start.rows.map { $0 + row &* start.stride }, start.stride)
    #if WIDE_REGISTERS
      if isMiddleTile(height, columns) {
        writeMiddleRowTile(x, offsets + row, from, target, cStride)
        row &+= height
        continue
      }
    #endif
    if isWhole {
      writeRowTile(height, wide, x, offsets + row, from, target, cStride)
    } else {
      if let rows = from.rows { copyTile(height, columns, rows, from.stride, scratch, panelWidth) }
      let start: TileStart = from.rows == nil ? (nil, 0) : (Input(scratch), panelWidth)
      writeRowTile(height, wide, x, offsets + row, start, scratch, panelWidth)
      copyTile(height, columns, scratch, panelWidth, target, cStride)
    }
    row &+= height
  }
}

/// Copies a block of fewer than 32 columns.
@inline(never)
func copyTile(_ rows: Int, _ columns: Int, _ x: Input, _ xStride: Int, _ y: Output, _ yStride: Int) {
  for row in 0..<rows {
    copy(x + row &* xStride, y + row &* yStride, columns)
  }
}
