import KernelTypes

extension Aggregation {
  static func orderWorkspace(_ n: Int) -> Int { alignmentSlack + n * (sortedColumns + 1) + 2 * networkSteps(n) }

  static func median(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output) {
    trimmedMean(x, n, stride, (n - 1) / 2, lo, hi, y, workspace)
  }

  static func trimmedMean(
    _ x: Input, _ n: Int, _ stride: Int, _ trim: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output
  ) {
    let kept = trim..<n - trim
    let count = Float(kept.count)
    forEachSorted(x, n, stride, kept, lo, hi, y, workspace) { rows, lane in
      var total = Lanes(repeating: 0)
      for row in kept { total += load(rows, row &* sortedColumns &+ lane) }
      return total / count
    }
  }

  static func meanAroundMedian(
    _ x: Input, _ n: Int, _ stride: Int, _ keep: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output
  ) {
    forEachSorted(x, n, stride, 0..<n, lo, hi, y, workspace) { rows, lane in
      @inline(__always) func element(_ row: Int) -> Lanes { load(rows, row &* sortedColumns &+ lane) }
      let twiceMedian = element((n - 1) / 2) + element(n / 2)
      var total = Lanes(repeating: 0)
      // The kept elements are neighbours. Element i is below them where i + keep is strictly nearer to the median.
      @inline(__always) func isBelow(_ i: Int) -> LaneMask { element(i) + element(i &+ keep) .< twiceMedian }
      for row in 0..<n {
        var v = element(row)
        if row < n - keep { v = select(isBelow(row), Lanes(repeating: 0), v) }
        if row >= keep { v = select(.!isBelow(row - keep), Lanes(repeating: 0), v) }
        total += v
      }
      return total / Float(keep)
    }
  }

  /// Writes what `f` makes of each sixteen sorted columns, from rows ``sortedColumns`` apart and the first lane.
  @inline(__always)
  private static func forEachSorted(
    _ x: Input, _ n: Int, _ stride: Int, _ wanted: Range<Int>, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output,
    _ f: (Input, Int) -> Lanes
  ) {
    let rows = aligned(workspace)
    let marks = UnsafeMutableRawPointer(rows + n &* sortedColumns).assumingMemoryBound(to: Int32.self)
    let steps = marks + n
    let count = writeNetwork(n, wanted, steps, marks)
    var column = lo
    while column < hi {
      let width = min(sortedColumns, hi - column)
      for row in 0..<n { copyRow(x + (row &* stride &+ column), width, rows + row &* sortedColumns) }
      runNetwork(steps, count, rows)
      var lane = 0
      while lane < width {
        write(f(rows, lane), y, column &+ lane, hi &- column &- lane)
        lane &+= laneCount
      }
      column &+= width
    }
  }

  /// Copies up to ``sortedColumns`` columns of a row; the others become 0.
  @inline(__always)
  private static func copyRow(_ x: Input, _ width: Int, _ y: Output) {
    if width == sortedColumns {
      store(load(x), y)
      store(load(x, laneCount), y, laneCount)
      store(load(x, 2 * laneCount), y, 2 * laneCount)
      store(load(x, 3 * laneCount), y, 3 * laneCount)
    } else {
      setAll(y, sortedColumns, 0)
      copy(x, y, width)
    }
  }
}
