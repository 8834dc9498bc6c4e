import KernelTypes

extension Fused {
  static func softmaxCrossEntropy(
    _ x: Input, _ labels: UnsafePointer<Int64>, _ rows: Int, _ k: Int, _ smoothing: Float, _ factor: Float,
    _ losses: Output, _ gx: Output?
  ) {
    let target = (smoothing, factor)
    var first = 0
    while first < rows {
      let count = min(laneCount, rows - first)
      var totals = Lanes(repeating: 1)
      withUnsafeMutableBytes(of: &totals) { bytes in
        let totals = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
        let gradients = gx.map { $0 + first &* k }
        if k <= laneCount {
          let readable = (rows &- first) &* k
          writeNarrowRows(x + first &* k, gradients, labels + first, count, k, readable, target, losses + first, totals)
        } else {
          writeWideRows(x + first &* k, gradients, labels + first, count, k, target, losses + first, totals)
        }
      }
      let logs = logarithm(totals)
      write(read(losses, first, count) + logs, losses, first, count)
      first &+= laneCount
    }
  }
}

/// Writes the gradients of up to sixteen rows, the totals of their exponentials, and their losses less the logarithms
/// of these.
@inline(never)
private func writeWideRows(
  _ x: Input, _ gx: Output?, _ labels: UnsafePointer<Int64>, _ rows: Int, _ k: Int,
  _ target: (smoothing: Float, factor: Float), _ losses: Output, _ totals: Output
) {
  let floor = Lanes(repeating: -target.factor * target.smoothing / Float(k))
  for row in 0..<rows {
    let p = x + row &* k
    let label = Int(labels[row])
    let top = Reduction.maximum(p, k)
    losses[row] = (1 - target.smoothing) * (top - p[label])
    // Without smoothing the sum is not formed: it may be infinite where the label's score is not.
    if target.smoothing != 0 { losses[row] += target.smoothing * (top - Float(Reduction.sum(p, k)) / Float(k)) }
    let q = gx.map { $0 + row &* k }
    totals[row] = exponentials(p, q, k, top)
    guard let q else { continue }
    let share = Lanes(repeating: target.factor / totals[row])
    map(q, q, k) { e in multiplyAdd(e, share, floor) }
    q[label] -= target.factor * (1 - target.smoothing)
  }
}

/// As ``writeWideRows``, for rows that fit the lanes.
///
/// - Parameter readable: Floats from `x` to the end of the matrix.
@inline(never)
private func writeNarrowRows(
  _ x: Input, _ gx: Output?, _ labels: UnsafePointer<Int64>, _ rows: Int, _ k: Int, _ readable: Int,
  _ target: (smoothing: Float, factor: Float), _ losses: Output, _ totals: Output
) {
  let floor = Lanes(repeating: -target.factor * target.smoothing / Float(k))
  let inRow = isBefore(k)
  for row in 0..<rows {
    let p = x + row &* k
    let label = Int(labels[row])
    // What follows the row is read and written with it, unchanged, where it belongs to the matrix.
    let span = min(laneCount, readable &- row &* k)
    let all = read(p, 0, span)
    let top = laneMaximum(select(inRow, all, Lanes(repeating: -.infinity)))
    losses[row] = (1 - target.smoothing) * (top - p[label])
    if target.smoothing != 0 {
      let sum = laneSum(select(inRow, all, Lanes(repeating: 0)))
      losses[row] += target.smoothing * (top - sum / Float(k))
    }
    let e = select(inRow, exponential(all - top), Lanes(repeating: 0))
    totals[row] = laneSum(e)
    guard let gx else { continue }
    let g = multiplyAdd(e, Lanes(repeating: target.factor / totals[row]), floor)
    write(select(inRow, g, all), gx + row &* k, 0, span)
    gx[row &* k &+ label] -= target.factor * (1 - target.smoothing)
  }
}
