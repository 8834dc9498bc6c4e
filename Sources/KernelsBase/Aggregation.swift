import KernelTypes

enum Aggregation: AggregationKernels {
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
}
