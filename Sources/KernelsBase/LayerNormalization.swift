import KernelTypes

extension Normalization {
  static func layerNorm(
    _ x: Input, _ rows: Int, _ n: Int, _ gamma: Input?, _ beta: Input?, _ epsilon: Float, _ y: Output,
    _ mean: Output, _ inverseDeviation: Output
  ) {
    for row in 0..<rows {
      let p = x + row &* n
      let (center, variance) = moments(p, n)
      mean[row] = center
      inverseDeviation[row] = 1 / (variance + epsilon).squareRoot()
      writeNormalizedRow(p, n, center, inverseDeviation[row], gamma, beta, y + row &* n)
    }
  }

  /// A few rows at a time: first what each takes back for its moments, then all gradients, column by column, so that
  /// the sums over rows stay in registers.
  static func layerNormGradient(
    _ x: Input, _ gy: Input, _ past: Input?, _ rows: Int, _ n: Int, _ gamma: Input?, _ mean: Input,
    _ inverseDeviation: Input, _ gx: Output, _ gGamma: Output, _ gBeta: Output
  ) {
    setAll(gGamma, n, 0)
    setAll(gBeta, n, 0)
    var mixing = Lanes(repeating: 0)
    var first = 0
    while first < rows {
      let count = min(laneCount / 2, rows - first)
      let at = first &* n
      withUnsafeMutableBytes(of: &mixing) { bytes in
        let gradients = bytes.baseAddress!.assumingMemoryBound(to: Float.self)
        let products = gradients + laneCount / 2
        for r in 0..<count {
          let row = at &+ r &* n
          let sums = rowSums(x + row, gy + row, n, gamma, mean[first &+ r])
          gradients[r] = sums.gradient / Float(n)
          products[r] = sums.product * inverseDeviation[first &+ r] / Float(n)
        }
        writeRowGradients(
          x + at, gy + at, past.map { $0 + at }, count, n, gamma, mean + first, inverseDeviation + first, gradients,
          products, gx + at, gGamma, gBeta)
      }
      first &+= count
    }
  }
}

/// Returns the sum of a row; float32, as a row has few elements.
@inline(__always)
private func rowSum(_ x: Input, _ n: Int) -> Float {
  var even = Lanes(repeating: 0)
  var odd = even
  var i = 0
  while i &+ 2 &* laneCount <= n {
    even += load(x, i)
    odd += load(x, i &+ laneCount)
    i &+= 2 &* laneCount
  }
  while i < n {
    even += read(x, i, n &- i)
    i &+= laneCount
  }
  return laneSum(even + odd)
}

/// Returns mean and variance of a row. What the rounded sum misses of the mean is put right by the distances from it,
/// so that the mean of equal elements is that element.
@inline(__always)
private func moments(_ x: Input, _ n: Int) -> (mean: Float, variance: Float) {
  let center = rowSum(x, n) / Float(n)
  var (evenFirst, evenSecond) = (Lanes(repeating: 0), Lanes(repeating: 0))
  var (oddFirst, oddSecond) = (evenFirst, evenSecond)
  var i = 0
  while i &+ 2 &* laneCount <= n {
    let a = load(x, i) - center
    let b = load(x, i &+ laneCount) - center
    evenFirst += a
    evenSecond = multiplyAdd(a, a, evenSecond)
    oddFirst += b
    oddSecond = multiplyAdd(b, b, oddSecond)
    i &+= 2 &* laneCount
  }
  while i < n {
    let a = select(isBefore(n &- i), read(x, i, n &- i) - center, Lanes(repeating: 0))
    evenFirst += a
    evenSecond = multiplyAdd(a, a, evenSecond)
    i &+= laneCount
  }
  let first = laneSum(evenFirst + oddFirst)
  let distance = first / Float(n)
  let squares = laneSum(evenSecond + oddSecond) - first * distance
  return (center + distance, (squares > 0 ? squares : 0) / Float(n))
}

@inline(__always)
private func writeNormalizedRow(
  _ x: Input, _ n: Int, _ center: Float, _ inverse: Float, _ gamma: Input?, _ beta: Input?, _ y: Output
) {
  if let gamma, let beta {
    map(x, gamma, beta, y, n) { v, factor, summand in multiplyAdd((v - center) * inverse, factor, summand) }
  } else {
    forEachLanes(n) { i, left in
      var v = (read(x, i, left) - center) * inverse
      if let gamma { v *= read(gamma, i, left) }
      if let beta { v += read(beta, i, left) }
      write(v, y, i, left)
    }
  }
}

/// Returns the sums over a row of the normalized row's gradient, and of its product with `x - center`.
@inline(__always)
private func rowSums(
  _ x: Input, _ gy: Input, _ n: Int, _ gamma: Input?, _ center: Float
) -> (gradient: Float, product: Float) {
  var gradient = Lanes(repeating: 0)
  var product = gradient
  forEachLanes(n) { i, left in
    // Lanes past the end hold g = 0, so they add nothing.
    var g = read(gy, i, left)
    if let gamma { g *= read(gamma, i, left) }
    gradient += g
    product = multiplyAdd(g, read(x, i, left) - center, product)
  }
  return (laneSum(gradient), laneSum(product))
}

/// Writes the gradients of a few rows and adds to those of gamma and beta.
@inline(never)
private func writeRowGradients(
  _ x: Input, _ gy: Input, _ past: Input?, _ rows: Int, _ n: Int, _ gamma: Input?, _ mean: Input, _ inverse: Input,
  _ gradients: Input, _ products: Input, _ gx: Output, _ gGamma: Output, _ gBeta: Output
) {
  forEachLanes(n) { i, left in
    var factor = Lanes(repeating: 1)
    if let gamma { factor = read(gamma, i, left) }
    var sum = Lanes(repeating: 0)
    var product = sum
    var at = i
    for row in 0..<rows {
      let g = read(gy, at, left)
      let normalized = (read(x, at, left) - mean[row]) * inverse[row]
      sum += g
      product = multiplyAdd(g, normalized, product)
      var v = (g * factor - gradients[row] - normalized * products[row]) * inverse[row]
      if let past { v += read(past, at, left) }
      write(v, gx, at, left)
      at &+= n
    }
    write(read(gBeta, i, left) + sum, gBeta, i, left)
    write(read(gGamma, i, left) + product, gGamma, i, left)
  }
}
