import KernelTypes

extension Elementwise {
  static func unary(_ operation: UnaryOperation, _ x: Input, _ y: Output, _ n: Int) {
    switch operation {
    case .negate: map(x, y, n) { v in floats(bits(v) ^ Int32.min) }
    case .absolute: map(x, y, n) { v in magnitude(v) }
    case .sign: map(x, y, n) { v in signs(v) }
    case .square: map(x, y, n) { v in v * v }
    case .squareRoot: map(x, y, n) { v in squareRoot(v) }
    case .reciprocalSquareRoot: map(x, y, n) { v in Lanes(repeating: 1) / squareRoot(v) }
    case .reciprocal: map(x, y, n) { v in Lanes(repeating: 1) / v }
    case .exponential: exponentialMap(x, y, n)
    case .logarithm: logarithmMap(x, y, n)
    case .sine: sineMap(x, y, n)
    case .cosine: cosineMap(x, y, n)
    case .relu: map(x, y, n) { v in select(v .< Lanes(repeating: 0), Lanes(repeating: 0), v) }
    case .relu6:
      map(x, y, n) { v in
        select(v .> Lanes(repeating: 6), Lanes(repeating: 6), select(v .< Lanes(repeating: 0), Lanes(repeating: 0), v))
      }
    case .silu: siluMap(x, y, n)
    case .sigmoid: sigmoidMap(x, y, n)
    case .tanh: tanhMap(x, y, n)
    case .softplus: softplusMap(x, y, n)
    case .gelu: geluMap(x, y, n)
    case .geluErf: geluErfMap(x, y, n)
    case .floor: map(x, y, n) { v in floor(v) }
    case .round: map(x, y, n) { v in roundHalfEven(v) }
    }
  }

  static func unaryGradient(
    _ operation: UnaryOperation, _ x: Input, _ y: Input, _ gy: Input, _ gx: Output, _ n: Int
  ) {
    switch operation {
    case .negate: map(gy, gx, n) { g in floats(bits(g) ^ Int32.min) }
    case .absolute: map(x, gy, gx, n) { v, g in signs(v) * g }
    case .sign, .floor, .round: setAll(gx, n, 0)
    case .square: map(x, gy, gx, n) { v, g in (v + v) * g }
    case .squareRoot: map(y, gy, gx, n) { r, g in g / (r + r) }
    case .reciprocalSquareRoot: map(y, gy, gx, n) { r, g in r * r * r * g * Lanes(repeating: -0.5) }
    case .reciprocal: map(y, gy, gx, n) { r, g in -(r * r * g) }
    case .exponential: map(y, gy, gx, n) { r, g in r * g }
    case .logarithm: map(x, gy, gx, n) { v, g in g / v }
    case .sine: sineSlopeMap(x, gy, gx, n)
    case .cosine: cosineSlopeMap(x, gy, gx, n)
    case .relu: map(x, gy, gx, n) { v, g in select(v .<= Lanes(repeating: 0), Lanes(repeating: 0), g) }
    case .relu6:
      map(x, gy, gx, n) { v, g in
        select((v .<= Lanes(repeating: 0)) .| (v .>= Lanes(repeating: 6)), Lanes(repeating: 0), g)
      }
    case .silu: siluSlopeMap(x, gy, gx, n)
    case .sigmoid: map(y, gy, gx, n) { r, g in r * (Lanes(repeating: 1) - r) * g }
    case .tanh: map(y, gy, gx, n) { r, g in (Lanes(repeating: 1) - r * r) * g }
    case .softplus: softplusSlopeMap(x, gy, gx, n)
    case .gelu: geluSlopeMap(x, gy, gx, n)
    case .geluErf: geluErfSlopeMap(x, gy, gx, n)
    }
  }
}

// A costly function has a map of its own, and a name: the compiler inlines only so much into one function, and a named
// function that must be inlined always is, where a closure is not.

@inline(never)
private func exponentialMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, exponential) }

@inline(never)
private func logarithmMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, logarithm) }

@inline(never)
private func sineMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, sines) }

@inline(never)
private func cosineMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, cosines) }

@inline(never)
private func siluMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, silu) }

@inline(never)
private func sigmoidMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, sigmoid) }

@inline(never)
private func tanhMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, tanh) }

@inline(never)
private func softplusMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, softplus) }

@inline(never)
private func geluMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, gelu) }

@inline(never)
private func geluErfMap(_ x: Input, _ y: Output, _ n: Int) { map(x, y, n, geluErf) }

@inline(never)
private func sineSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, sineGradient) }

@inline(never)
private func cosineSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, cosineGradient) }

@inline(never)
private func siluSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, siluGradient) }

@inline(never)
private func softplusSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, softplusGradient) }

@inline(never)
private func geluSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, geluGradient) }

@inline(never)
private func geluErfSlopeMap(_ x: Input, _ gy: Input, _ gx: Output, _ n: Int) { map(x, gy, gx, n, geluErfGradient) }

@inline(__always)
private func sines(_ v: Lanes) -> Lanes { sine(v) }

@inline(__always)
private func cosines(_ v: Lanes) -> Lanes { sine(v, quarterTurns: 1) }

// Transparent is what other files map with: where the caller is large, a function of another file that is merely to be
// inlined always stays a call, which passes lanes in pieces.

@_transparent
func silu(_ v: Lanes) -> Lanes { notBelow(v) / (exponential(-v) + one) }

@inline(__always)
private func gelu(_ v: Lanes) -> Lanes { notBelow(v) * half * (tanh(geluArgument(v)) + one) }

@inline(__always)
private func geluErf(_ v: Lanes) -> Lanes { notBelow(v) * normalDistribution(v).distribution }

/// Raises what lies below -1000, where the functions above are 0: so is minus infinity times that 0 then.
@_transparent
private func notBelow(_ v: Lanes) -> Lanes { greater(Lanes(repeating: -1000), v) }

/// Limits to -1000 to 1000, beyond which the slopes of the functions above are 0 or 1.
@_transparent
private func near(_ v: Lanes) -> Lanes { lesser(Lanes(repeating: 1000), notBelow(v)) }

@inline(__always)
private func sineGradient(_ v: Lanes, _ g: Lanes) -> Lanes { cosines(v) * g }

@inline(__always)
private func cosineGradient(_ v: Lanes, _ g: Lanes) -> Lanes { -(sine(v) * g) }

@inline(__always)
private func softplusGradient(_ v: Lanes, _ g: Lanes) -> Lanes { sigmoid(v) * g }

@_transparent
func siluGradient(_ v: Lanes, _ g: Lanes) -> Lanes { siluSlope(v).slope * g }

/// Returns the value and the derivative.
@_transparent
func siluSlope(_ v: Lanes) -> (value: Lanes, slope: Lanes) {
  let s = sigmoid(v)
  return (notBelow(v) * s, s * (near(v) * (one - s) + one))
}

/// sqrt(2 / pi) (v + 0.044715 v^3).
@inline(__always)
private func geluArgument(_ v: Lanes) -> Lanes {
  multiplyAdd(v * v * v, Lanes(repeating: 0.044715), v) * Lanes(repeating: 0.797_884_6)
}

@_transparent
func geluGradient(_ v: Lanes, _ g: Lanes) -> Lanes { geluSlope(v).slope * g }

/// Returns the value and the derivative of the form with tanh.
@_transparent
func geluSlope(_ v: Lanes) -> (value: Lanes, slope: Lanes) {
  let t = tanh(geluArgument(v))
  let u = near(v)
  let inner = multiplyAdd(u * u, Lanes(repeating: 0.134145), one) * Lanes(repeating: 0.797_884_6)
  return (notBelow(v) * half * (t + one), (t + one) * half + u * half * (one - t * t) * inner)
}

@_transparent
func geluErfGradient(_ v: Lanes, _ g: Lanes) -> Lanes { geluErfSlope(v).slope * g }

/// Returns the value and the derivative: x P(x) and P(x) + x p(x) of the normal distribution.
@_transparent
func geluErfSlope(_ v: Lanes) -> (value: Lanes, slope: Lanes) {
  let (distribution, decay) = normalDistribution(v)
  return (notBelow(v) * distribution, multiplyAdd(near(v), decay * Lanes(repeating: 0.398_942_3), distribution))
}

@inline(__always) private var one: Lanes { Lanes(repeating: 1) }
@inline(__always) private var half: Lanes { Lanes(repeating: 0.5) }

@inline(__always)
private func signs(_ v: Lanes) -> Lanes {
  select(v .!= v, v, select(v .!= Lanes(repeating: 0), copySign(Lanes(repeating: 1), v), v))
}
