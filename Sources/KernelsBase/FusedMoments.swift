import KernelTypes

extension Fused {
  /// Reads x once. Distances are taken from the mean so far, at first that of the first block: near enough to the
  /// final mean for their squares to lose nothing to cancellation. Blocks are joined as Chan, Golub and LeVeque do
  /// (1979).
  static func addMoments(_ x: Input, _ rows: Int, _ c: Int, _ before: Int, _ mean: Output, _ squares: Output) {
    // Many rows at a time: what a block has apart from them would cost more than the order of memory.
    let size = max(laneCount, 4096 / max(1, c) & ~15)
    var seen = before
    var first = 0
    while first < rows {
      let count = min(size, rows - first)
      let p = x + first &* c
      if seen == 0 {
        setAll(squares, c, 0)
        writeMeans(p, count, c, mean)
      }
      forEachColumn(count, c) { column in
        let center = spread(mean, column, c)
        let sums = distances(p, column, center)
        let distance = sums.first * Lanes(repeating: 1 / Float(column.count))
        let own = sums.second - sums.first * distance
        join(center + distance, greater(own, Lanes(repeating: 0)), column, c, seen, mean, squares)
      }
      seen &+= count
      first &+= count
    }
  }

  static func normalizationScale(
    _ squares: Input, _ rows: Int, _ c: Int, _ epsilon: Float, _ gamma: Input?, _ inverseDeviation: Output,
    _ scale: Output
  ) {
    let share = Lanes(repeating: 1 / Float(rows))
    map(squares, inverseDeviation, c) { v in
      Lanes(repeating: 1) / squareRoot(multiplyAdd(v, share, Lanes(repeating: epsilon)))
    }
    if let gamma {
      map(inverseDeviation, gamma, scale, c) { v, g in v * g }
    } else {
      copy(inverseDeviation, scale, c)
    }
  }
}

@inline(never)
private func writeMeans(_ x: Input, _ rows: Int, _ c: Int, _ mean: Output) {
  setAll(mean, c, 0)
  forEachColumn(rows, c) { column in
    var total = Lanes(repeating: 0)
    var p = x + column.start
    for _ in 0..<column.count {
      total += read(p, 0, column.left)
      p += column.stride
    }
    addSpread(total, mean, column, c)
  }
  Elementwise.scale(1 / Float(rows), mean, mean, c)
}

/// Returns the sums of distances from `center`, and of their squares.
@inline(__always)
private func distances(_ x: Input, _ column: LaneColumn, _ center: Lanes) -> (first: Lanes, second: Lanes) {
  var (evenFirst, evenSecond) = (Lanes(repeating: 0), Lanes(repeating: 0))
  var (oddFirst, oddSecond) = (evenFirst, evenSecond)
  var p = x + column.start
  for _ in 0..<column.count / 2 {
    let a = read(p, 0, column.left) - center
    let b = read(p, column.stride, column.left) - center
    evenFirst += a
    evenSecond = multiplyAdd(a, a, evenSecond)
    oddFirst += b
    oddSecond = multiplyAdd(b, b, oddSecond)
    p += 2 &* column.stride
  }
  if column.count & 1 == 1 {
    let a = read(p, 0, column.left) - center
    evenFirst += a
    evenSecond = multiplyAdd(a, a, evenSecond)
  }
  return (evenFirst + oddFirst, evenSecond + oddSecond)
}

/// Joins the moments of a column's rows to those of the rows before them.
@inline(__always)
private func join(
  _ center: Lanes, _ own: Lanes, _ column: LaneColumn, _ c: Int, _ seen: Int, _ mean: Output, _ squares: Output
) {
  if column.channel &+ column.left <= c {
    let (channel, left) = (column.channel, column.left)
    let factors = joinFactors(seen &+ column.before, column.count)
    let old = read(mean, channel, left)
    let distance = center - old
    write(multiplyAdd(distance, Lanes(repeating: factors.share), old), mean, channel, left)
    let sum = read(squares, channel, left) + own
    // The first rows have nothing to be apart from; the square of a distance may be infinite, and 0 times that is NaN.
    let apart = factors.weight > 0 ? distance * distance : Lanes(repeating: 0)
    write(multiplyAdd(apart, Lanes(repeating: factors.weight), sum), squares, channel, left)
  } else {
    withUnsafeBytes(of: center) { centers in
      withUnsafeBytes(of: own) { squaresOfOwn in
        joinFew(
          centers.baseAddress!.assumingMemoryBound(to: Float.self),
          squaresOfOwn.baseAddress!.assumingMemoryBound(to: Float.self), column, c, seen, mean, squares)
      }
    }
  }
}

/// As the above, lane by lane: where a row ends, the next lanes belong to the rows after it.
@inline(never)
private func joinFew(
  _ centers: Input, _ own: Input, _ column: LaneColumn, _ c: Int, _ seen: Int, _ mean: Output, _ squares: Output
) {
  var channel = column.channel
  var before = seen &+ column.before
  var factors = joinFactors(before, column.count)
  for lane in 0..<column.left {
    let distance = centers[lane] - mean[channel]
    mean[channel] = multiplyAdd(distance, factors.share, mean[channel])
    let apart = factors.weight > 0 ? distance * distance : 0
    squares[channel] = multiplyAdd(apart, factors.weight, squares[channel] + own[lane])
    channel &+= 1
    if channel == c {
      channel = 0
      before &+= column.count
      factors = joinFactors(before, column.count)
    }
  }
}

/// Returns the share of `count` rows in all, and the weight of the squared distance of their mean.
@inline(__always)
private func joinFactors(_ before: Int, _ count: Int) -> (share: Float, weight: Float) {
  let share = Float(count) / Float(before &+ count)
  return (share, Float(before) * share)
}
