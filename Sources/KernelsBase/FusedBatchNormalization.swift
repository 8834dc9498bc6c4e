import KernelTypes

extension Fused {
  static func affineActivation(
    _ x: Input, _ center: Input?, _ scale: Input, _ shift: Input?, _ residual: Input?,
    _ activation: Activation, _ y: Output, _ rows: Int, _ c: Int
  ) {
    let vectors = (center, scale, shift)
    if case .silu = activation {
      siluAffineMap(x, vectors, residual, y, rows, c)
    } else {
      boundedAffineMap(x, vectors, residual, bounds(activation), y, rows, c)
    }
  }

  static func batchNormActivationGradient(
    _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ rows: Int, _ c: Int, _ mean: Input,
    _ inverseDeviation: Input, _ scale: Input, _ shift: Input?, _ gx: Output, _ gResidual: Output?,
    _ gGamma: Output, _ gBeta: Output, _ workspace: Output
  ) {
    let vectors = (Input?(mean), scale, shift)
    var through = gResidual
    if case .silu = activation, through == nil { through = gx }
    setAll(gGamma, c, 0)
    setAll(gBeta, c, 0)
    addAffineGradients(x, gy, residual, activation, vectors, through, gGamma, gBeta, rows, c)
    map(gGamma, inverseDeviation, gGamma, c) { sum, deviation in sum * deviation }
    // gx = scale * (gz - mean(gz) - normalized x * mean(gz * normalized x)), with gz the gradient before the activation.
    let (slope, offset) = (workspace, workspace + c)
    let share = Lanes(repeating: -1 / Float(rows))
    map(gGamma, inverseDeviation, scale, slope, c) { sum, deviation, factor in sum * deviation * factor * share }
    map(gBeta, scale, offset, c) { sum, factor in sum * factor * share }
    let mixing = (Input(slope), Input(offset))
    if let through {
      writeAffineGradient(x, through, nil, .none, vectors, mixing, gx, rows, c)
    } else {
      writeAffineGradient(x, gy, residual, activation, vectors, mixing, gx, rows, c)
    }
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
        write(f(v), y, at, column.left)
        at &+= column.stride
      }
    }
  }
}

@inline(never)
private func boundedAffineMap(
  _ x: Input, _ vectors: AffineVectors, _ residual: Input?, _ bounds: Bounds, _ y: Output, _ rows: Int, _ c: Int
) { affineMap(x, vectors, residual, y, rows, c) { v in bounded(v, bounds) } }

@inline(never)
private func siluAffineMap(
  _ x: Input, _ vectors: AffineVectors, _ residual: Input?, _ y: Output, _ rows: Int, _ c: Int
) { affineMap(x, vectors, residual, y, rows, c, silu) }

/// Adds up the gradient gz of the affine map's result, and its products with `x - center`; writes gz where wanted.
///
/// - Parameter gz: May be gy. With it, what follows needs no activation's gradient again: a costly one pays for it.
func addAffineGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ vectors: AffineVectors, _ gz: Output?,
  _ products: Output, _ sums: Output, _ rows: Int, _ c: Int
) {
  if case .silu = activation {
    sumSiluGradients(x, gy, residual, vectors, gz, products, sums, rows, c)
  } else {
    sumBoundedGradients(x, gy, residual, bounds(activation), vectors, gz, products, sums, rows, c)
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
private func sumBoundedGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ bounds: Bounds, _ vectors: AffineVectors, _ gz: Output?,
  _ products: Output, _ sums: Output, _ rows: Int, _ c: Int
) {
  sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c) { v, g in boundedGradient(v, g, bounds) }
}

@inline(never)
private func sumSiluGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ gz: Output?, _ products: Output,
  _ sums: Output, _ rows: Int, _ c: Int
) { sumGradients(x, gy, residual, vectors, gz, products, sums, rows, c, siluGradient) }

/// What the gradient of a normalization takes back for its moments: `(x - center) * slope + offset`.
typealias MomentMixing = (slope: Input, offset: Input)

/// Writes `scale * gz + (x - center) * slope + offset`, with gz as in ``addAffineGradients``; gx may be gy.
func writeAffineGradient(
  _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ vectors: AffineVectors,
  _ mixing: MomentMixing, _ gx: Output, _ rows: Int, _ c: Int
) {
  if case .silu = activation {
    mapSiluGradients(x, gy, residual, vectors, mixing, gx, rows, c)
  } else {
    mapBoundedGradients(x, gy, residual, bounds(activation), vectors, mixing, gx, rows, c)
  }
}

@inline(__always)
private func mapGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ mixing: MomentMixing, _ gx: Output,
  _ rows: Int, _ c: Int, _ f: (Lanes, Lanes) -> Lanes
) {
  forEachRowBlockBackward(rows, c) { first, count in
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
        write(multiplyAdd(a.scale, g, multiplyAdd(v - a.center, slope, offset)), gx, at, column.left)
        at &+= column.stride
      }
    }
  }
}

@inline(never)
private func mapBoundedGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ bounds: Bounds, _ vectors: AffineVectors, _ mixing: MomentMixing,
  _ gx: Output, _ rows: Int, _ c: Int
) { mapGradients(x, gy, residual, vectors, mixing, gx, rows, c) { v, g in boundedGradient(v, g, bounds) } }

@inline(never)
private func mapSiluGradients(
  _ x: Input, _ gy: Input, _ residual: Input?, _ vectors: AffineVectors, _ mixing: MomentMixing, _ gx: Output,
  _ rows: Int, _ c: Int
) { mapGradients(x, gy, residual, vectors, mixing, gx, rows, c, siluGradient) }
