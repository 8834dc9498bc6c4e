import KernelTypes

/// Sixteen vectors of sixteen: a block of a matrix.
private typealias Block = (
  Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes
)

/// Writes the transpose of a block of 16 rows by 16 columns.
@inline(__always)
func transposeBlock(_ x: Input, _ xStride: Int, _ y: Output, _ yStride: Int) {
  @inline(__always) func row(_ i: Int) -> Lanes { load(x, i &* xStride) }
  var b = (
    row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7), row(8), row(9), row(10), row(11), row(12),
    row(13), row(14), row(15)
  )
  b = shuffle(shuffle(shuffle(shuffle(b))))
  @inline(__always) func put(_ i: Int, _ v: Lanes) { store(v, y, i &* yStride) }
  put(0, b.0)
  put(1, b.1)
  put(2, b.2)
  put(3, b.3)
  put(4, b.4)
  put(5, b.5)
  put(6, b.6)
  put(7, b.7)
  put(8, b.8)
  put(9, b.9)
  put(10, b.10)
  put(11, b.11)
  put(12, b.12)
  put(13, b.13)
  put(14, b.14)
  put(15, b.15)
}

/// One perfect shuffle of the block's 256 elements; four of them swap rows and columns.
@inline(__always)
private func shuffle(_ b: Block) -> Block {
  let p0 = interleave(b.0, b.8)
  let p1 = interleave(b.1, b.9)
  let p2 = interleave(b.2, b.10)
  let p3 = interleave(b.3, b.11)
  let p4 = interleave(b.4, b.12)
  let p5 = interleave(b.5, b.13)
  let p6 = interleave(b.6, b.14)
  let p7 = interleave(b.7, b.15)
  return (
    p0.0, p0.1, p1.0, p1.1, p2.0, p2.1, p3.0, p3.1, p4.0, p4.1, p5.0, p5.1, p6.0, p6.1, p7.0, p7.1
  )
}

@inline(__always)
private func interleave(_ a: Lanes, _ b: Lanes) -> (Lanes, Lanes) {
  var low = a
  low.evenHalf = a.lowHalf
  low.oddHalf = b.lowHalf
  var high = a
  high.evenHalf = a.highHalf
  high.oddHalf = b.highHalf
  return (low, high)
}

/// Writes the transpose of `rows` by `columns` elements, rows `xStride` apart, to rows `yStride` apart.
func transposeMatrix(_ x: Input, _ xStride: Int, _ rows: Int, _ columns: Int, _ y: Output, _ yStride: Int) {
  let wholeRows = rows & ~15
  let wholeColumns = columns & ~15
  var i = 0
  while i < wholeRows {
    var j = 0
    while j < wholeColumns {
      transposeBlock(x + (i &* xStride &+ j), xStride, y + (j &* yStride &+ i), yStride)
      j &+= 16
    }
    i &+= 16
  }
  for i in 0..<wholeRows {
    for j in wholeColumns..<columns { y[j &* yStride &+ i] = x[i &* xStride &+ j] }
  }
  for i in wholeRows..<rows {
    for j in 0..<columns { y[j &* yStride &+ i] = x[i &* xStride &+ j] }
  }
}
