import KernelTypes

enum Aggregation: AggregationKernels {
  static var gramChunk: Int { 1024 }

  static func weightedSum(
    _ x: Input, _ n: Int, _ stride: Int, _ weights: UnsafePointer<Double>, _ lo: Int, _ hi: Int, _ y: Output
  ) {
    var column = lo
    while column < hi {
      let count = min(1024, hi - column)
      setAll(y + column, count, 0)
      for row in 0..<n { Elementwise.axpy(Float(weights[row]), x + (row &* stride &+ column), y + column, count) }
      column &+= count
    }
  }

  static func orderWorkspace(_ n: Int) -> Int { n }

  static func median(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output) {
    trimmedMean(x, n, stride, (n - 1) / 2, lo, hi, y, workspace)
  }

  static func trimmedMean(
    _ x: Input, _ n: Int, _ stride: Int, _ trim: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output
  ) {
    for column in lo..<hi {
      sortColumn(x + column, n, stride, workspace)
      var total: Float = 0
      for row in trim..<n - trim { total += workspace[row] }
      y[column] = total / Float(n - 2 * trim)
    }
  }

  static func meanAroundMedian(
    _ x: Input, _ n: Int, _ stride: Int, _ keep: Int, _ lo: Int, _ hi: Int, _ y: Output, _ workspace: Output
  ) {
    for column in lo..<hi {
      sortColumn(x + column, n, stride, workspace)
      let median = (workspace[(n - 1) / 2] + workspace[n / 2]) / 2
      var first = 0
      while first + keep < n && workspace[first + keep] - median < median - workspace[first] { first += 1 }
      var total: Float = 0
      for row in first..<first + keep { total += workspace[row] }
      y[column] = total / Float(keep)
    }
  }

  static func gram(_ x: Input, _ n: Int, _ stride: Int, _ lo: Int, _ hi: Int, _ out: UnsafeMutablePointer<Double>) {
    for i in 0..<n { for j in 0...i {
      let inner = Reduction.dot(x + (i &* stride &+ lo), x + (j &* stride &+ lo), hi - lo)
      out[i &* n &+ j] += inner
      if i != j { out[j &* n &+ i] += inner }
    } }
  }

  private static func sortColumn(_ x: Input, _ n: Int, _ stride: Int, _ sorted: Output) {
    for row in 0..<n {
      let v = x[row &* stride]
      var place = row
      while place > 0 && sorted[place - 1] > v {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = v
    }
  }
}
