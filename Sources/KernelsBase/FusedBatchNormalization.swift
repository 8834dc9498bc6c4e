import KernelTypes

extension Fused {
  static func channelWorkspace(_ channels: Int) -> Int { 2 * channels }

  /// Works on blocks that stay in the cache: first their mean, then their squared differences, which loses nothing to
  /// cancellation; then joins them to what was there, as Chan, Golub and LeVeque do (1979).
  static func addMoments(
    _ x: Input, _ rows: Int, _ c: Int, _ before: Int, _ mean: Output, _ squares: Output, _ workspace: Output
  ) {
    let blockMean = workspace
    let blockSquares = workspace + c
    var seen = before
    forEachRowBlock(rows, c) { first, count in
      let p = x + first &* c
      setAll(blockMean, 2 &* c, 0)
      forEachColumn(count, c) { column in addSpread(columnSum(p, column), blockMean, column, c) }
      Elementwise.scale(1 / Float(count), blockMean, blockMean, c)
      forEachColumn(count, c) { column in
        addSpread(squaredDifferences(p, column, spread(blockMean, column, c)), blockSquares, column, c)
      }
      if seen == 0 {
        copy(blockMean, mean, c)
        copy(blockSquares, squares, c)
      } else {
        joinMoments(mean, squares, seen, blockMean, blockSquares, count, c)
      }
      seen &+= count
    }
  }

  static func normalizationScale(
    _ squares: Input, _ rows: Int, _ c: Int, _ epsilon: Float, _ gamma: Input?, _ inverseDeviation: Output,
    _ scale: Output
  ) {
    let share = Lanes(repeating: 1 / Float(rows))
    map(squares, inverseDeviation, c) { v in
      Lanes(repeating: 1) / squareRoot(multiplyAdd(v, share, Lanes(repeating: epsilon)))
    }
    if let gamma {
      map(inverseDeviation, gamma, scale, c) { v, g in v * g }
    } else {
      copy(inverseDeviation, scale, c)
    }
  }

  static func affineActivation(
    _ x: Input, _ center: Input?, _ scale: Input, _ shift: Input?, _ residual: Input?,
    _ activation: Activation, _ y: Output, _ rows: Int, _ c: Int
  ) {
    let vectors = (center, scale, shift)
    switch activation {
    case .none: affineMap(x, vectors, residual, y, rows, c) { v in v }
    case .relu:
      affineMap(x, vectors, residual, y, rows, c) { v in
        select(v .< Lanes(repeating: 0), Lanes(repeating: 0), v)
      }
    case .relu6: affineMap(x, vectors, residual, y, rows, c) { v in relu6(v) }
    case .silu: siluAffineMap(x, vectors, residual, y, rows, c)
    case .sigmoid, .tanh, .gelu, .geluErf, .leakyRelu:
      preconditionFailure("the activation is not one of a normalization")
    }
  }

  static func batchNormActivationGradient(
    _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ rows: Int, _ c: Int, _ mean: Input,
    _ inverseDeviation: Input, _ scale: Input, _ shift: Input?, _ gx: Output, _ gResidual: Output?,
    _ gGamma: Output, _ gBeta: Output, _ workspace: Output
  ) {
    let vectors = (Input?(mean), scale, shift)
    setAll(gGamma, c, 0)
    setAll(gBeta, c, 0)
    addAffineGradients(x, gy, residual, activation, vectors, gResidual, gGamma, gBeta, rows, c)
    map(gGamma, inverseDeviation, gGamma, c) { sum, deviation in sum * deviation }
    // gx = scale * (gz - mean(gz) - normalized x * mean(gz * normalized x)), with gz the gradient before the activation.
    let share = Lanes(repeating: -1 / Float(rows))
    let slope = workspace
    let offset = workspace + c
    map(gGamma, inverseDeviation, slope, c) { sum, deviation in sum * deviation * share }
    map(gBeta, offset, c) { sum in sum * share }
    let through = gResidual.map { Input($0) }
    writeAffineGradient(
      x, through ?? gy, through == nil ? residual : nil, through == nil ? activation : .none, vectors,
      (slope, offset), gx, rows, c)
  }
}

/// What maps a channel: `(x - center) * scale + shift`.
typealias AffineVectors = (center: Input?, scale: Input, shift: Input?)

/// The vectors of one column.
private typealias AffineLanes = (center: Lanes, scale: Lanes, shift: Lanes)

@inline(__always)
private func affineLanes(_ vectors: AffineVectors, _ column: LaneColumn, _ c: Int) -> AffineLanes {
  var center = Lanes(repeating: 0)
  var shift = center
  if let p = vectors.center { center = spread(p, column, c) }
  if let p = vectors.shift { shift = spread(p, column, c) }
  return (center, spread(vectors.scale, column, c), shift)
}

@inline(__always)
private func apply(_ a: AffineLanes, _ x: Lanes) -> Lanes { multiplyAdd(x - a.center, a.scale, a.shift) }

@inline(__always)
private func columnSum(_ x: Input, _ column: LaneColumn) -> Lanes {
  var even = Lanes(repeating: 0)
  var odd = even
  var p = x + column.start
  for _ in 0..<column.count / 2 {
    even += read(p, 0, column.left)
    odd += read(p, column.stride, column.left)
    p += 2 &* column.stride
  }
  if column.count & 1 == 1 { even += read(p, 0, column.left) }
  return even + odd
}

@inline(__always)
private func squaredDifferences(_ x: Input, _ column: LaneColumn, _ center: Lanes) -> Lanes {
  var even = Lanes(repeating: 0)
  var odd = even
  var p = x + column.start
  for _ in 0..<column.count / 2 {
    let a = read(p, 0, column.left) - center
    let b = read(p, column.stride, column.left) - center
    even = multiplyAdd(a, a, even)
    odd = multiplyAdd(b, b, odd)
    p += 2 &* column.stride
  }
  if column.count & 1 == 1 {
    let a = read(p, 0, column.left) - center
    even = multiplyAdd(a, a, even)
  }
  return even + odd
}

/// Joins the moments of `count` rows to those of `seen`.
private func joinMoments(
  _ mean: Output, _ squares: Output, _ seen: Int, _ otherMean: Input, _ otherSquares: Input, _ count: Int, _ c: Int
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

@inline(__always)
private func affineMap(
  _ x: Input, _ vectors: AffineVectors, _ residual: Input?, _ y: Output, _ rows: Int, _ c: Int,
  _ f: (Lanes) -> Lanes
) {
  forEachRowBlock(rows, c) { first, count in
    forEachColumn(count, c) { column in
      let a = affineLanes(vectors, column, c)
      var at = first &* c &+ column.start
      for _ in 0..<column.count {
        var v = apply(a, read(x, at, column.left))
        if let residual { v += read(residual, at, column.left) }
        v = f(v)
        write(v, y, at, column.left)
        at &+= column.stride
      }
    }
  }
}

@inline(never)
private func siluAffineMap(
  _ x: Input, _ vectors: AffineVectors, _ residual: Input?, _ y: Output, _ rows: Int, _ c: Int
) { affineMap(x, vectors, residual, y, rows, c, silu) }

/// Adds up the gradient gz of the affine map's result, and its products with `x - center`; writes gz where wanted.
func addAffineGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ vectors: AffineVectors, _ gz: Output?,
  _ products: Output, _ sums: Output, _ rows: Int, _ c: Int
) {
  let zero = Lanes(repeating: 0)
  switch activation {
  case .none: sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c) { _, g in g }
  case .relu:
    sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c) { v, g in select(v .<= zero, zero, g) }
  case .relu6: sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c) { v, g in relu6Gradient(v, g) }
  case .silu: sumSiluGradients(x, gy, residual, vectors, gz, products, sums, rows, c)
  case .sigmoid, .tanh, .gelu, .geluErf, .leakyRelu:
    preconditionFailure("the activation is not one of a normalization")
  }
}

@inline(__always)
private func sumGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ gz: Output?, _ products: Output,
  _ sums: Output, _ rows: Int, _ c: Int, _ f: (Lanes, Lanes) -> Lanes
) {
  forEachRowBlock(rows, c) { first, count in
    forEachColumn(count, c) { column in
      let a = affineLanes(vectors, column, c)
      var sum = Lanes(repeating: 0)
      var product = sum
      var at = first &* c &+ column.start
      for _ in 0..<column.count {
        let v = read(x, at, column.left)
        var z = apply(a, v)
        if let residual { z += read(residual, at, column.left) }
        let g = f(z, read(gy, at, column.left))
        if let gz { write(g, gz, at, column.left) }
        sum += g
        product = multiplyAdd(g, v - a.center, product)
        at &+= column.stride
      }
      addSpread(sum, sums, column, c)
      addSpread(product, products, column, c)
    }
  }
}

@inline(never)
private func sumSiluGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ gz: Output?, _ products: Output,
  _ sums: Output, _ rows: Int, _ c: Int
) { sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c, siluGradient) }

/// Writes `scale * (gz + (x - center) * slope + offset)`, with gz as in ``addAffineGradients``.
func writeAffineGradient(
  _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ vectors: AffineVectors,
  _ mixing: (slope: Output, offset: Output), _ gx: Output, _ rows: Int, _ c: Int
) {
  let zero = Lanes(repeating: 0)
  switch activation {
  case .none: mapGradients(x, gy, residual, vectors, mixing, gx, rows, c) { _, g in g }
  case .relu: mapGradients(x, gy, residual, vectors, mixing, gx, rows, c) { v, g in select(v .<= zero, zero, g) }
  case .relu6: mapGradients(x, gy, residual, vectors, mixing, gx, rows, c) { v, g in relu6Gradient(v, g) }
  case .silu: mapSiluGradients(x, gy, residual, vectors, mixing, gx, rows, c)
  case .sigmoid, .tanh, .gelu, .geluErf, .leakyRelu:
    preconditionFailure("the activation is not one of a normalization")
  }
}

@inline(__always)
private func mapGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ mixing: (slope: Output, offset: Output),
  _ gx: Output, _ rows: Int, _ c: Int, _ f: (Lanes, Lanes) -> Lanes
) {
  forEachRowBlock(rows, c) { first, count in
    forEachColumn(count, c) { column in
      let a = affineLanes(vectors, column, c)
      let slope = spread(mixing.slope, column, c)
      let offset = spread(mixing.offset, column, c)
      var at = first &* c &+ column.start
      for _ in 0..<column.count {
        let v = read(x, at, column.left)
        var z = apply(a, v)
        if let residual { z += read(residual, at, column.left) }
        let g = f(z, read(gy, at, column.left))
        write(a.scale * (multiplyAdd(v - a.center, slope, g) + offset), gx, at, column.left)
        at &+= column.stride
      }
    }
  }
}

@inline(never)
private func mapSiluGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ mixing: (slope: Output, offset: Output),
  _ gx: Output, _ rows: Int, _ c: Int
) { mapGradients(x, gy, residual, vectors, mixing, gx, rows, c, siluGradient) }
