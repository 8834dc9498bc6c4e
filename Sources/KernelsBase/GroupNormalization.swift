import KernelTypes

extension Normalization {
  static func groupNorm(
    _ x: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?, _ beta: Input?,
    _ epsilon: Float, _ y: Output, _ mean: Output, _ inverseDeviation: Output
  ) {
    let width = channels / groups
    let count = Double(pixels &* width)
    for b in 0..<batch { for g in 0..<groups {
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
    } }
  }

  static func groupNormGradient(
    _ x: Input, _ gy: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?,
    _ mean: Input, _ inverseDeviation: Input, _ gx: Output, _ gGamma: Output, _ gBeta: Output
  ) {
    let width = channels / groups
    setAll(gGamma, channels, 0)
    Reduction.columnSums(gy, gBeta, batch &* pixels, channels, false)
    for b in 0..<batch { for g in 0..<groups {
      let start = b &* pixels &* channels &+ g &* width
      let center = Lanes(repeating: mean[b &* groups &+ g])
      let inverse = Lanes(repeating: inverseDeviation[b &* groups &+ g])
      let scale = gamma.map { $0 + g &* width }
      var gradients = wideZero
      var products = wideZero
      for p in 0..<pixels {
        let at = start &+ p &* channels
        forEachLanes(width) { i, left in
          let gradient = read(gy + at, i, left)
          let normalized = (read(x + at, i, left) - center) * inverse
          let total = gGamma + g &* width
          write(multiplyAdd(gradient, normalized, read(total, i, left)), total, i, left)
          let scaled = scale.map { gradient * read($0, i, left) } ?? gradient
          add(scaled, to: &gradients)
          addProduct(scaled, normalized, to: &products)
        }
      }
      let count = Double(pixels &* width)
      let meanGradient = Lanes(repeating: Float(laneSum(gradients) / count))
      let meanProduct = Lanes(repeating: Float(laneSum(products) / count))
      for p in 0..<pixels {
        let at = start &+ p &* channels
        forEachLanes(width) { i, left in
          let gradient = read(gy + at, i, left)
          let normalized = (read(x + at, i, left) - center) * inverse
          let scaled = scale.map { gradient * read($0, i, left) } ?? gradient
          write((scaled - meanGradient - normalized * meanProduct) * inverse, gx + at, i, left)
        }
      }
    } }
  }
}
