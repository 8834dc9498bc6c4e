import KernelTypes

extension Normalization {
  static func groupNorm(
    _ x: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?, _ beta: Input?,
    _ epsilon: Float, _ y: Output, _ mean: Output, _ inverseDeviation: Output
  ) {
    let width = channels / groups
    let count = Double(pixels &* width)
    for b in 0..<batch {
      for g in 0..<groups {
        let start = b &* pixels &* channels &+ g &* width
        var sum = 0.0
        for p in 0..<pixels { sum += Reduction.sum(x + (start &+ p &* channels), width) }
        let center = Float(sum / count)
        var squares = 0.0
        for p in 0..<pixels { squares += squaredDeviation(x + (start &+ p &* channels), width, center) }
        let inverse = 1 / (Float(squares / count) + epsilon).squareRoot()
        mean[b &* groups &+ g] = center
        inverseDeviation[b &* groups &+ g] = inverse
        for p in 0..<pixels {
          let at = start &+ p &* channels
          forEachLanes(width) { i, left in
            var v = (read(x + at, i, left) - center) * inverse
            if let gamma { v *= read(gamma + g &* width, i, left) }
            if let beta { v += read(beta + g &* width, i, left) }
            write(v, y + at, i, left)
          }
        }
      }
    }
  }

  static func groupNormGradient(
    _ x: Input, _ gy: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?,
    _ mean: Input, _ inverseDeviation: Input, _ gx: Output, _ gGamma: Output, _ gBeta: Output
  ) {
    let width = channels / groups
    setAll(gGamma, channels, 0)
    Reduction.columnSums(gy, gBeta, batch &* pixels, channels, false)
    for set in 0..<batch &* groups {
      let group = set % groups &* width
      let start = set / groups &* pixels &* channels &+ group
      writeGroupGradient(
        x + start, gy + start, pixels, channels, width, gamma.map { $0 + group }, Lanes(repeating: mean[set]),
        Lanes(repeating: inverseDeviation[set]), gx + start, gGamma + group)
    }
  }

  /// Writes the gradient of one group of one image and adds to that of its `gamma`.
  private static func writeGroupGradient(
    _ x: Input, _ gy: Input, _ pixels: Int, _ stride: Int, _ width: Int, _ gamma: Input?, _ center: Lanes,
    _ inverse: Lanes, _ gx: Output, _ gGamma: Output
  ) {
    @inline(__always) func scaled(_ g: Lanes, _ i: Int, _ left: Int) -> Lanes {
      gamma.map { g * read($0, i, left) } ?? g
    }
    var gradients = wideZero
    var products = wideZero
    for p in 0..<pixels {
      forEachLanes(width) { i, left in
        let g = read(gy + p &* stride, i, left)
        let normalized = (read(x + p &* stride, i, left) - center) * inverse
        write(multiplyAdd(g, normalized, read(gGamma, i, left)), gGamma, i, left)
        // Lanes past the end hold g = 0, so they add nothing.
        add(scaled(g, i, left), to: &gradients)
        addProduct(scaled(g, i, left), normalized, to: &products)
      }
    }
    let count = Double(pixels &* width)
    let meanGradient = Lanes(repeating: Float(laneSum(gradients) / count))
    let meanProduct = Lanes(repeating: Float(laneSum(products) / count))
    for p in 0..<pixels {
      forEachLanes(width) { i, left in
        let g = scaled(read(gy + p &* stride, i, left), i, left)
        let normalized = (read(x + p &* stride, i, left) - center) * inverse
        write((g - meanGradient - normalized * meanProduct) * inverse, gx + p &* stride, i, left)
      }
    }
  }
}
