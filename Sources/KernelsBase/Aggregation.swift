import KernelTypes

enum Aggregation: AggregationKernels {
  static func weightedSum(
    _ x: Input, _ n: Int, _ stride: Int, _ weights: UnsafePointer<Double>, _ lo: Int, _ hi: Int, _ y: Output
  ) {
    var column = lo
    while column < hi {
      let count = min(1024, hi - column)
      setAll(y + column, count, 0)
      var row = 0
      while row &+ 4 <= n {
        addFour(x + (row &* stride &+ column), stride, weights + row, y + column, count)
        row &+= 4
      }
      while row < n {
        Elementwise.axpy(Float(weights[row]), x + (row &* stride &+ column), y + column, count)
        row &+= 1
      }
      column &+= count
    }
  }

  /// Adds four weighted rows at once: the sum is read and written a quarter as often.
  private static func addFour(
    _ x: Input, _ stride: Int, _ weights: UnsafePointer<Double>, _ y: Output, _ count: Int
  ) {
    let (a, b) = (Lanes(repeating: Float(weights[0])), Lanes(repeating: Float(weights[1])))
    let (c, d) = (Lanes(repeating: Float(weights[2])), Lanes(repeating: Float(weights[3])))
    forEachLanes(count) { i, left in
      var sum = multiplyAdd(read(x, i, left), a, read(y, i, left))
      sum = multiplyAdd(read(x + stride, i, left), b, sum)
      sum = multiplyAdd(read(x + 2 &* stride, i, left), c, sum)
      write(multiplyAdd(read(x + 3 &* stride, i, left), d, sum), y, i, left)
    }
  }
}
