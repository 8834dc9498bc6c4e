import KernelTypes

/// Kernels that join several steps; each group is in a file of its own.
enum Fused: FusedKernels {}

extension Fused {
  static func biasActivation(
    _ x: Input, _ bias: Input?, _ activation: Activation, _ y: Output, _ rows: Int, _ n: Int
  ) {
    guard let bias else { return activate(activation, x, y, rows &* n) }
    let zero = Lanes(repeating: 0)
    switch activation {
    case .none: mapWithBias(x, bias, y, rows, n) { v in v }
    case .relu: mapWithBias(x, bias, y, rows, n) { v in select(v .< zero, zero, v) }
    case .relu6: mapWithBias(x, bias, y, rows, n) { v in relu6(v) }
    case .leakyRelu(let slope): mapWithBias(x, bias, y, rows, n) { v in select(v .<= zero, v * slope, v) }
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
    let zero = Lanes(repeating: 0)
    let one = Lanes(repeating: 1)
    switch activation {
    case .none: mapWithSums(gy, nil, gy, gx, gBias, rows, n) { _, g in g }
    case .relu: mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in select(v .<= zero, zero, g) }
    case .relu6: mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in relu6Gradient(v, g) }
    case .leakyRelu(let slope):
      mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in select(v .<= zero, g * slope, g) }
    case .sigmoid: mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in v * (one - v) * g }
    case .tanh: mapWithSums(saved, bias, gy, gx, gBias, rows, n) { v, g in (one - v * v) * g }
    case .silu: siluSums(saved, bias, gy, gx, gBias, rows, n)
    case .gelu: geluSums(saved, bias, gy, gx, gBias, rows, n)
    case .geluErf: geluErfSums(saved, bias, gy, gx, gBias, rows, n)
    }
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
func relu6(_ v: Lanes) -> Lanes {
  let six = Lanes(repeating: 6)
  let zero = Lanes(repeating: 0)
  return select(v .> six, six, select(v .< zero, zero, v))
}

/// The gradient passes where the input, or just as well the output, lies between 0 and 6.
@inline(__always)
func relu6Gradient(_ v: Lanes, _ g: Lanes) -> Lanes {
  let zero = Lanes(repeating: 0)
  return select((v .<= zero) .| (v .>= Lanes(repeating: 6)), zero, g)
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

// Costly functions have maps of their own: the compiler inlines only so much into one function.

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
