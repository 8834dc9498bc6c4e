import KernelTypes

/// Normalization kernels; layer normalization is in a file of its own, and so is what is joined with other steps.
enum Normalization: NormalizationKernels {
  static func channelMoments(_ x: Input, _ rows: Int, _ c: Int, _ mean: Output, _ variance: Output) {
    Fused.addMoments(x, rows, c, 0, mean, variance)
    Elementwise.scale(1 / Float(rows), variance, variance, c)
  }

  static func scaleShift(_ x: Input, _ scale: Input, _ shift: Input, _ y: Output, _ rows: Int, _ c: Int) {
    Fused.affineActivation(x, nil, scale, shift, nil, .none, y, rows, c)
  }

  static func batchNormGradient(
    _ x: Input, _ gy: Input, _ rows: Int, _ c: Int, _ mean: Input, _ inverseDeviation: Input, _ gamma: Input?,
    _ gx: Output, _ gGamma: Output, _ gBeta: Output
  ) {
    Reduction.columnSums(gy, gBeta, rows, c, false)
    columnCorrelations(x, gy, rows, c, mean, inverseDeviation, gGamma)
    let share = Lanes(repeating: 1 / Float(rows))
    // gx = gamma / sigma * (gy - mean(gy) - normalized x * mean(gy * normalized x))
    for row in 0..<rows {
      forEachLanes(c) { i, left in
        let deviation = read(inverseDeviation, i, left)
        let normalized = (read(x + row &* c, i, left) - read(mean, i, left)) * deviation
        let factor = gamma.map { read($0, i, left) * deviation } ?? deviation
        let centered = read(gy + row &* c, i, left) - read(gBeta, i, left) * share
        write((centered - normalized * (read(gGamma, i, left) * share)) * factor, gx + row &* c, i, left)
      }
    }
  }
}

/// Writes the sum over rows of `gy * (x - mean) * inverseDeviation` for each column.
func columnCorrelations(
  _ x: Input, _ gy: Input, _ rows: Int, _ c: Int, _ mean: Input, _ inverseDeviation: Input, _ sums: Output
) {
  setAll(sums, c, 0)
  var row = 0
  while row < rows {
    let count = min(256, rows - row)
    forEachLanes(c) { i, left in
      let center = read(mean, i, left)
      var total = Lanes(repeating: 0)
      for r in row..<row &+ count {
        total = multiplyAdd(read(gy + r &* c, i, left), read(x + r &* c, i, left) - center, total)
      }
      write(multiplyAdd(total, read(inverseDeviation, i, left), read(sums, i, left)), sums, i, left)
    }
    row &+= count
  }
}
