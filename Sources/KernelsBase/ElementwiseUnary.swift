import KernelTypes

extension Elementwise {
  static func unary(_ operation: UnaryOperation, _ x: Input, _ y: Output, _ n: Int) {
    switch operation {
    case .negate: map(x, y, n) { v in floats(bits(v) ^ Int32.min) }
    case .absolute: map(x, y, n) { v in magnitude(v) }
    case .sign: map(x, y, n) { v in signs(v) }
    case .square: map(x, y, n) { v in v * v }
    case .squareRoot: map(x, y, n) { v in squareRoot(v) }
    case .reciprocalSquareRoot: map(x, y, n) { v in 1 / squareRoot(v) }
    case .reciprocal: map(x, y, n) { v in 1 / v }
    case .exponential: map(x, y, n) { v in exponential(v) }
    case .logarithm: map(x, y, n) { v in logarithm(v) }
    case .sine: map(x, y, n) { v in sine(v) }
    case .cosine: map(x, y, n) { v in sine(v, quarterTurns: 1) }
    case .relu: map(x, y, n) { v in v.replacing(with: 0, where: v .< 0) }
    case .relu6: map(x, y, n) { v in v.replacing(with: 0, where: v .< 0).replacing(with: 6, where: v .> 6) }
    case .silu: map(x, y, n) { v in v / (exponential(-v) + 1) }
    case .sigmoid: map(x, y, n) { v in sigmoid(v) }
    case .tanh: map(x, y, n) { v in tanh(v) }
    case .softplus: map(x, y, n) { v in softplus(v) }
    case .gelu: map(x, y, n) { v in v * 0.5 * (tanh(geluArgument(v)) + 1) }
    case .geluErf: map(x, y, n) { v in v * 0.5 * (errorFunction(v * rootHalf) + 1) }
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
    case .reciprocalSquareRoot: map(y, gy, gx, n) { r, g in r * r * r * g * -0.5 }
    case .reciprocal: map(y, gy, gx, n) { r, g in -(r * r * g) }
    case .exponential: map(y, gy, gx, n) { r, g in r * g }
    case .logarithm: map(x, gy, gx, n) { v, g in g / v }
    case .sine: map(x, gy, gx, n) { v, g in sine(v, quarterTurns: 1) * g }
    case .cosine: map(x, gy, gx, n) { v, g in -(sine(v) * g) }
    case .relu: map(x, gy, gx, n) { v, g in g.replacing(with: 0, where: v .<= 0) }
    case .relu6: map(x, gy, gx, n) { v, g in g.replacing(with: 0, where: (v .<= 0) .| (v .>= 6)) }
    case .silu: map(x, gy, gx, n) { v, g in siluSlope(v) * g }
    case .sigmoid: map(y, gy, gx, n) { r, g in r * (1 - r) * g }
    case .tanh: map(y, gy, gx, n) { r, g in (1 - r * r) * g }
    case .softplus: map(x, gy, gx, n) { v, g in sigmoid(v) * g }
    case .gelu: map(x, gy, gx, n) { v, g in geluSlope(v) * g }
    case .geluErf: map(x, gy, gx, n) { v, g in geluErfSlope(v) * g }
    }
  }
}

/// 1 / sqrt(2).
private let rootHalf: Float = 0.707_106_77

@inline(__always)
private func signs(_ v: Lanes) -> Lanes {
  v.replacing(with: copySign(Lanes(repeating: 1), v), where: v .!= 0).replacing(with: v, where: v .!= v)
}

@inline(__always)
private func siluSlope(_ v: Lanes) -> Lanes {
  let s = sigmoid(v)
  return s * (v * (1 - s) + 1)
}

/// sqrt(2 / pi) (v + 0.044715 v^3).
@inline(__always)
private func geluArgument(_ v: Lanes) -> Lanes {
  multiplyAdd(v * v * v, Lanes(repeating: 0.044715), v) * 0.797_884_6
}

@inline(__always)
private func geluSlope(_ v: Lanes) -> Lanes {
  let t = tanh(geluArgument(v))
  let inner = multiplyAdd(v * v, Lanes(repeating: 0.134145), Lanes(repeating: 1)) * 0.797_884_6
  return (t + 1) * 0.5 + v * 0.5 * (1 - t * t) * inner
}

@inline(__always)
private func geluErfSlope(_ v: Lanes) -> Lanes {
  let density = exponential(v * v * -0.5) * 0.398_942_3
  return multiplyAdd(v, density, (errorFunction(v * rootHalf) + 1) * 0.5)
}
