import KernelTypes

// Matrices `[rows, n]` with a vector of one number a column. Lanes go down the columns, so that what belongs to a
// column stays in registers; rows that don't fill whole lanes are joined, up to sixteen to one.

/// A column of lanes: its first float, how many lanes count, the distance and number of its rows, the channel of its
/// first lane, and how many rows of the matrix come before those of that lane.
typealias LaneColumn = (start: Int, left: Int, stride: Int, count: Int, channel: Int, before: Int)

/// Calls `f` for each column of lanes of a matrix `[rows, n]`. Joined rows that are left over come last, as one row.
///
/// For whole lanes `left` is a constant, so that the code for the rest stays out of the loop.
@inline(__always)
func forEachColumn(_ rows: Int, _ n: Int, _ f: (LaneColumn) -> Void) {
  let count = rows / joinedRows(n)
  let width = joinedRows(n) &* n
  var i = 0
  var channel = 0
  var before = 0
  while count > 0 && i < width {
    f((i, laneCount, width, count, channel, before))
    i &+= laneCount
    channel &+= laneCount
    while channel >= n {
      channel &-= n
      before &+= count
    }
  }
  i = width &* count
  while i < rows &* n {
    f((i, min(laneCount, rows &* n &- i), 0, 1, i % n, i / n))
    i &+= laneCount
  }
}

/// Returns how many rows make whole lanes.
@inline(__always)
private func joinedRows(_ n: Int) -> Int { laneCount &>> min(4, n.trailingZeroBitCount) }

/// Calls `f` with first row and number of rows of blocks.
///
/// They are small, so that memory is met nearly in the order in which it is fetched; but where rows are joined, the
/// vectors of a column cost more to find than whole lanes do.
@inline(__always)
func forEachRowBlock(_ rows: Int, _ n: Int, _ f: (_ first: Int, _ count: Int) -> Void) {
  let size = joinedRows(n) == 1 ? max(4, 512 / n) : max(laneCount, 2048 / n & ~15)
  var first = 0
  while first < rows {
    f(first, min(size, rows - first))
    first &+= size
  }
}

/// As ``forEachRowBlock``, but the last rows first: what a pass over a large matrix has met last is still in the cache.
///
/// Runs of rows go in order, for memory is fetched ahead in that order alone.
@inline(__always)
func forEachRowBlockBackward(_ rows: Int, _ n: Int, _ f: (_ first: Int, _ count: Int) -> Void) {
  let run = max(laneCount, 65_536 / n & ~15)
  var start = (rows &- 1) / run &* run
  while start >= 0 {
    forEachRowBlock(min(run, rows - start), n) { first, count in f(start &+ first, count) }
    start &-= run
  }
}

/// Loads what belongs to a column from `p[n]`.
@inline(__always)
func spread(_ p: Input, _ column: LaneColumn, _ n: Int) -> Lanes {
  if column.channel &+ column.left <= n { return read(p, column.channel, column.left) }
  var lanes = Lanes(repeating: 0)
  withUnsafeMutableBytes(of: &lanes) { bytes in
    repeatFew(p, column.channel, n, bytes.baseAddress!.assumingMemoryBound(to: Float.self))
  }
  return lanes
}

/// Adds a column's lanes to `p[n]`.
@inline(__always)
func addSpread(_ lanes: Lanes, _ p: Output, _ column: LaneColumn, _ n: Int) {
  if column.channel &+ column.left <= n {
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
