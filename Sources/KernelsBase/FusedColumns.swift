import KernelTypes

// Matrices `[rows, n]` with a vector of one number a column. Lanes go down the columns, so that what belongs to a
// column stays in registers; rows narrower than the lanes are joined, sixteen to one row of sixteen times the width.

/// A column of lanes: its first float, how many lanes count, the distance and number of its rows, and its channel.
typealias LaneColumn = (start: Int, left: Int, stride: Int, count: Int, channel: Int)

/// Calls `f` for each column of lanes of a matrix `[rows, n]`.
///
/// For whole lanes `left` is a constant, so that the code for the rest stays out of the loop.
@inline(__always)
func forEachColumn(_ rows: Int, _ n: Int, _ f: (LaneColumn) -> Void) {
  let joined = n < laneCount ? rows / laneCount : 0
  var start = 0
  var width = n < laneCount ? laneCount &* n : n
  var count = n < laneCount ? joined : rows
  for _ in 0..<2 {
    if count > 0 {
      var i = 0
      while i &+ laneCount <= width {
        f((start &+ i, laneCount, width, count, n < laneCount ? i % n : i))
        i &+= laneCount
      }
      if i < width { f((start &+ i, width &- i, width, count, n < laneCount ? i % n : i)) }
    }
    // The second part: what is left of narrow rows, as one row.
    start = joined &* laneCount &* n
    width = n < laneCount ? rows % laneCount &* n : 0
    count = 1
  }
}

/// Calls `f` with first row and number of rows of blocks that stay in the first-level cache.
@inline(__always)
func forEachRowBlock(_ rows: Int, _ n: Int, _ f: (_ first: Int, _ count: Int) -> Void) {
  let size = max(laneCount, 4096 / max(1, n) & ~15)
  var first = 0
  while first < rows {
    f(first, min(size, rows - first))
    first &+= size
  }
}

/// Loads what belongs to a column from `p[n]`.
@inline(__always)
func spread(_ p: Input, _ column: LaneColumn, _ n: Int) -> Lanes {
  if n >= laneCount { return read(p, column.channel, column.left) }
  var lanes = Lanes(repeating: 0)
  withUnsafeMutableBytes(of: &lanes) { bytes in
    repeatFew(p, column.channel, n, bytes.baseAddress!.assumingMemoryBound(to: Float.self))
  }
  return lanes
}

/// Adds a column's lanes to `p[n]`.
@inline(__always)
func addSpread(_ lanes: Lanes, _ p: Output, _ column: LaneColumn, _ n: Int) {
  if n >= laneCount {
    write(read(p, column.channel, column.left) + lanes, p, column.channel, column.left)
  } else {
    withUnsafeBytes(of: lanes) { bytes in
      addFew(bytes.baseAddress!.assumingMemoryBound(to: Float.self), p, column.channel, n, column.left)
    }
  }
}

/// Writes sixteen floats: `p[n]` over and over, from `channel` on.
@inline(never)
private func repeatFew(_ p: Input, _ channel: Int, _ n: Int, _ lanes: Output) {
  var at = channel
  for lane in 0..<laneCount {
    lanes[lane] = p[at]
    at = at &+ 1 == n ? 0 : at &+ 1
  }
}

@inline(never)
private func addFew(_ lanes: Input, _ p: Output, _ channel: Int, _ n: Int, _ count: Int) {
  var at = channel
  for lane in 0..<count {
    p[at] += lanes[lane]
    at = at &+ 1 == n ? 0 : at &+ 1
  }
}
