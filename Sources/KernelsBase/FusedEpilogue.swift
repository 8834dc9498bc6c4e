import KernelTypes

/// Kernels that join several steps; each group is in a file of its own.
enum Fused: FusedKernels {}

extension Fused {
  static func biasActivation(
    _ x: Input, _ bias: Input?, _ activation: Activation, _ y: Output, _ rows: Int, _ n: Int
  ) {
    guard let bias else { return activate(activation, x, y, rows &* n) }
    switch activation {
    case .none, .relu, .relu6: boundedBias(x, bias, bounds(activation), y, rows, n)
    case .leakyRelu(let slope): leakyBias(x, bias, slope, y, rows, n)
    case .silu, .sigmoid, .tanh, .gelu, .geluErf:
      // The sum of a block is still in the cache when the costly function comes to it.
      forEachRowBlock(rows, n) { first, count in
        biasActivation(x + first &* n, bias, .none, y + first &* n, count, n)
        activate(activation, y + first &* n, y + first &* n, count &* n)
      }
    }
  }

  static func activationGradient(
    _ activation: Activation, _ saved: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?,
    _ accumulate: Bool, _ rows: Int, _ n: Int
  ) {
    if let gBias, !accumulate { setAll(gBias, n, 0) }
    switch activation {
    case .none: boundedSums(gy, nil, bounds(.none), gy, gx, gBias, rows, n)
    case .relu, .relu6: boundedSums(saved, bias, bounds(activation), gy, gx, gBias, rows, n)
    case .leakyRelu(let slope): leakySums(saved, bias, slope, gy, gx, gBias, rows, n)
    case .sigmoid: sigmoidSums(saved, bias, gy, gx, gBias, rows, n)
    case .tanh: tanhSums(saved, bias, gy, gx, gBias, rows, n)
    case .silu: siluSums(saved, bias, gy, gx, gBias, rows, n)
    case .gelu: geluSums(saved, bias, gy, gx, gBias, rows, n)
    case .geluErf: geluErfSums(saved, bias, gy, gx, gBias, rows, n)
    }
  }

  static func biasActivationSlope(
    _ x: Input, _ bias: Input?, _ activation: Activation, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int
  ) {
    switch activation {
    case .silu: siluSlopes(x, bias, y, slope, rows, n)
    case .gelu: geluSlopes(x, bias, y, slope, rows, n)
    case .geluErf: geluErfSlopes(x, bias, y, slope, rows, n)
    case .none, .relu, .relu6, .leakyRelu, .sigmoid, .tanh: break  // their gradients need the output alone
    }
  }

  static func slopeGradient(
    _ slope: Input, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
  ) {
    if let gBias { setAll(gBias, n, 0) }
    mapWithSums(slope, nil, gy, gx, gBias, rows, n) { s, g in s * g }
  }

  private static func activate(_ activation: Activation, _ x: Input, _ y: Output, _ n: Int) {
    switch activation {
    case .none: if Input(y) != x { copy(x, y, n) }
    case .relu: Elementwise.unary(.relu, x, y, n)
    case .relu6: Elementwise.unary(.relu6, x, y, n)
    case .silu: Elementwise.unary(.silu, x, y, n)
    case .sigmoid: Elementwise.unary(.sigmoid, x, y, n)
    case .tanh: Elementwise.unary(.tanh, x, y, n)
    case .gelu: Elementwise.unary(.gelu, x, y, n)
    case .geluErf: Elementwise.unary(.geluErf, x, y, n)
    case .leakyRelu(let slope): Elementwise.leakyRelu(slope, x, y, n)
    }
  }
}

@inline(__always)
private func mapWithBias(
  _ x: Input, _ bias: Input, _ y: Output, _ rows: Int, _ n: Int, _ f: (Lanes) -> Lanes
) {
  forEachRowBlock(rows, n) { first, count in
    let source = x + first &* n
    let target = y + first &* n
    forEachColumn(count, n) { column in
      let b = spread(bias, column, n)
      var at = column.start
      for _ in 0..<column.count {
        write(f(read(source, at, column.left) + b), target, at, column.left)
        at &+= column.stride
      }
    }
  }
}

/// Writes `gx = f(saved + bias, gy)` and adds its column sums to `gBias`.
@inline(__always)
private func mapWithSums(
  _ saved: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int,
  _ f: (Lanes, Lanes) -> Lanes
) {
  forEachRowBlock(rows, n) { first, count in
    let (source, gradient, target) = (saved + first &* n, gy + first &* n, gx + first &* n)
    forEachColumn(count, n) { column in
      var b = Lanes(repeating: 0)
      if let bias { b = spread(bias, column, n) }
      var total = Lanes(repeating: 0)
      var at = column.start
      for _ in 0..<column.count {
        let g = f(read(source, at, column.left) + b, read(gradient, at, column.left))
        write(g, target, at, column.left)
        total += g
        at &+= column.stride
      }
      if let gBias { addSpread(total, gBias, column, n) }
    }
  }
}

/// Writes the value and the derivative of a function at `x + bias`.
@inline(__always)
private func mapWithSlopes(
  _ x: Input, _ bias: Input?, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int,
  _ f: (Lanes) -> (value: Lanes, slope: Lanes)
) {
  forEachRowBlock(rows, n) { first, count in
    let (source, values, slopes) = (x + first &* n, y + first &* n, slope + first &* n)
    forEachColumn(count, n) { column in
      var b = Lanes(repeating: 0)
      if let bias { b = spread(bias, column, n) }
      var at = column.start
      for _ in 0..<column.count {
        let result = f(read(source, at, column.left) + b)
        write(result.value, values, at, column.left)
        write(result.slope, slopes, at, column.left)
        at &+= column.stride
      }
    }
  }
}

// Functions have maps of their own: the compiler inlines only so much into one function.

@inline(never)
private func boundedBias(_ x: Input, _ bias: Input, _ bounds: Bounds, _ y: Output, _ rows: Int, _ n: Int) {
  mapWithBias(x, bias, y, rows, n) { v in bounded(v, bounds) }
}

@inline(never)
private func leakyBias(_ x: Input, _ bias: Input, _ slope: Float, _ y: Output, _ rows: Int, _ n: Int) {
  mapWithBias(x, bias, y, rows, n) { v in select(v .<= Lanes(repeating: 0), v * slope, v) }
}

@inline(never)
private func boundedSums(
  _ saved: Input, _ bias: Input?, _ bounds: Bounds, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in boundedGradient(v, g, bounds) } }

@inline(never)
private func leakySums(
  _ saved: Input, _ bias: Input?, _ slope: Float, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in select(v .<= Lanes(repeating: 0), g * slope, g) } }

@inline(never)
private func sigmoidSums(
  _ y: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(y, bias, gy, gx, gBias, rows, n) { v, g in v * (Lanes(repeating: 1) - v) * g } }

@inline(never)
private func tanhSums(
  _ y: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(y, bias, gy, gx, gBias, rows, n) { v, g in (Lanes(repeating: 1) - v * v) * g } }

@inline(never)
private func siluSums(
  _ x: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(x, bias, gy, gx, gBias, rows, n, siluGradient) }

@inline(never)
private func geluSums(
  _ x: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(x, bias, gy, gx, gBias, rows, n, geluGradient) }

@inline(never)
private func geluErfSums(
  _ x: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int
) { mapWithSums(x, bias, gy, gx, gBias, rows, n, geluErfGradient) }

@inline(never)
private func siluSlopes(_ x: Input, _ bias: Input?, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int) {
  mapWithSlopes(x, bias, y, slope, rows, n, siluSlope)
}

@inline(never)
private func geluSlopes(_ x: Input, _ bias: Input?, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int) {
  mapWithSlopes(x, bias, y, slope, rows, n, geluSlope)
}

@inline(never)
private func geluErfSlopes(_ x: Input, _ bias: Input?, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int) {
  mapWithSlopes(x, bias, y, slope, rows, n, geluErfSlope)
}
