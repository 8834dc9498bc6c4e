import KernelTypes

extension Fused {
  /// As Chan, Golub and LeVeque do (1979).
  static func addMoments(
    of otherMean: Input, _ otherSquares: Input, _ count: Int, to mean: Output, _ squares: Output, _ seen: Int, _ c: Int
  ) {
    let total = Float(seen &+ count)
    let share = Lanes(repeating: Float(count) / total)
    let weight = Lanes(repeating: Float(seen) / total * Float(count))
    forEachLanes(c) { i, left in
      let center = read(mean, i, left)
      let distance = read(otherMean, i, left) - center
      write(multiplyAdd(distance, share, center), mean, i, left)
      let sum = read(squares, i, left) + read(otherSquares, i, left)
      write(multiplyAdd(distance * distance, weight, sum), squares, i, left)
    }
  }

  static func normalizationSums(
    _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ center: Input, _ scale: Input,
    _ shift: Input?, _ gz: Output?, _ products: Output, _ sums: Output, _ rows: Int, _ c: Int
  ) {
    setAll(products, c, 0)
    setAll(sums, c, 0)
    addAffineGradients(x, gy, residual, activation, (center, scale, shift), gz, products, sums, rows, c)
  }

  static func normalizationMixing(
    _ products: Input, _ sums: Input, _ inverseDeviation: Input, _ scale: Input, _ rows: Int, _ c: Int,
    _ gGamma: Output, _ slope: Output, _ offset: Output
  ) {
    let share = Lanes(repeating: -1 / Float(rows))
    map(products, inverseDeviation, gGamma, c) { sum, deviation in sum * deviation }
    map(gGamma, inverseDeviation, scale, slope, c) { sum, deviation, factor in sum * deviation * factor * share }
    map(sums, scale, offset, c) { sum, factor in sum * factor * share }
  }

  static func normalizationInputGradient(
    _ x: Input, _ gy: Input, _ activation: Activation, _ center: Input, _ scale: Input, _ shift: Input?,
    _ slope: Input, _ offset: Input, _ gx: Output, _ rows: Int, _ c: Int
  ) {
    writeAffineGradient(x, gy, nil, activation, (center, scale, shift), (slope, offset), gx, rows, c)
  }
}
