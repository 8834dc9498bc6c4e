import KernelTypes

extension Normalization {
  static func layerNorm(
    _ x: Input, _ rows: Int, _ n: Int, _ gamma: Input?, _ beta: Input?, _ epsilon: Float, _ y: Output,
    _ mean: Output, _ inverseDeviation: Output
  ) {
    for row in 0..<rows {
      let p = x + row &* n
      let center = Float(Reduction.sum(p, n) / Double(n))
      let variance = Float(squaredDeviation(p, n, center) / Double(n))
      let inverse = 1 / (variance + epsilon).squareRoot()
      mean[row] = center
      inverseDeviation[row] = inverse
      forEachLanes(n) { i, left in
        var v = (read(p, i, left) - center) * inverse
        if let gamma { v *= read(gamma, i, left) }
        if let beta { v += read(beta, i, left) }
        write(v, y + row &* n, i, left)
      }
    }
  }

  static func layerNormGradient(
    _ x: Input, _ gy: Input, _ rows: Int, _ n: Int, _ gamma: Input?, _ mean: Input, _ inverseDeviation: Input,
    _ gx: Output, _ gGamma: Output, _ gBeta: Output
  ) {
    Reduction.columnSums(gy, gBeta, rows, n, false)
    setAll(gGamma, n, 0)
    for row in 0..<rows {
      let center = Lanes(repeating: mean[row])
      let inverse = Lanes(repeating: inverseDeviation[row])
      var gradients = wideZero
      var products = wideZero
      forEachLanes(n) { i, left in
        let g = read(gy + row &* n, i, left)
        let normalized = (read(x + row &* n, i, left) - center) * inverse
        write(multiplyAdd(g, normalized, read(gGamma, i, left)), gGamma, i, left)
        // Lanes past the end hold g = 0, so they add nothing.
        let scaled = gamma.map { g * read($0, i, left) } ?? g
        add(scaled, to: &gradients)
        addProduct(scaled, normalized, to: &products)
      }
      let meanGradient = Lanes(repeating: Float(laneSum(gradients) / Double(n)))
      let meanProduct = Lanes(repeating: Float(laneSum(products) / Double(n)))
      forEachLanes(n) { i, left in
        let g = read(gy + row &* n, i, left)
        let normalized = (read(x + row &* n, i, left) - center) * inverse
        let scaled = gamma.map { g * read($0, i, left) } ?? g
        write((scaled - meanGradient - normalized * meanProduct) * inverse, gx + row &* n, i, left)
      }
    }
  }
}

/// Returns the sum of squared differences from `center`.
func squaredDeviation(_ x: Input, _ n: Int, _ center: Float) -> Double {
  var total = wideZero
  var i = 0
  while i &+ laneCount <= n {
    let d = load(x, i) - center
    addProduct(d, d, to: &total)
    i &+= laneCount
  }
  var result = laneSum(total)
  while i < n {
    let d = Double(x[i] - center)
    result += d * d
    i &+= 1
  }
  return result
}
