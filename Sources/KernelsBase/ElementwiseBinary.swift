import KernelTypes

extension Elementwise {
  static func binary(_ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ n: Int) {
    switch operation {
    case .add: map(a, b, y, n) { u, v in u + v }
    case .subtract: map(a, b, y, n) { u, v in u - v }
    case .multiply: map(a, b, y, n) { u, v in u * v }
    case .divide: map(a, b, y, n) { u, v in u / v }
    case .maximum: map(a, b, y, n) { u, v in maximumOrNaN(u, v) }
    case .minimum: map(a, b, y, n) { u, v in minimumOrNaN(u, v) }
    case .power: powerMap(a, b, y, n)
    case .equal: map(a, b, y, n) { u, v in flags(u .== v) }
    case .less: map(a, b, y, n) { u, v in flags(u .< v) }
    case .lessEqual: map(a, b, y, n) { u, v in flags(u .<= v) }
    }
  }

  static func binaryScalar(_ operation: BinaryOperation, _ a: Input, _ s: Float, _ y: Output, _ n: Int) {
    let v = Lanes(repeating: s)
    switch operation {
    case .add: map(a, y, n) { u in u + v }
    case .subtract: map(a, y, n) { u in u - v }
    case .multiply: map(a, y, n) { u in u * v }
    case .divide: map(a, y, n) { u in u / v }
    case .maximum: map(a, y, n) { u in maximumOrNaN(u, v) }
    case .minimum: map(a, y, n) { u in minimumOrNaN(u, v) }
    case .power: raise(a, s, y, n)
    case .equal: map(a, y, n) { u in flags(u .== v) }
    case .less: map(a, y, n) { u in flags(u .< v) }
    case .lessEqual: map(a, y, n) { u in flags(u .<= v) }
    }
  }

  static func scalarBinary(_ operation: BinaryOperation, _ s: Float, _ a: Input, _ y: Output, _ n: Int) {
    let v = Lanes(repeating: s)
    switch operation {
    case .subtract: map(a, y, n) { u in v - u }
    case .divide: map(a, y, n) { u in v / u }
    case .power: map(a, y, n) { u in power(v, u) }
    case .less: map(a, y, n) { u in flags(v .< u) }
    case .lessEqual: map(a, y, n) { u in flags(v .<= u) }
    case .add, .multiply, .maximum, .minimum, .equal: binaryScalar(operation, a, s, y, n)
    }
  }

  static func binaryRows(
    _ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ rows: Int, _ n: Int
  ) {
    for row in 0..<rows { binary(operation, a + row &* n, b, y + row &* n, n) }
  }

  static func binaryColumns(
    _ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ rows: Int, _ n: Int
  ) {
    for row in 0..<rows { binaryScalar(operation, a + row &* n, b[row], y + row &* n, n) }
  }

  /// Writes `a^s`: exactly, up to rounding of the products, for small whole exponents.
  private static func raise(_ a: Input, _ s: Float, _ y: Output, _ n: Int) {
    switch s {
    case 2: map(a, y, n) { u in u * u }
    case 3: map(a, y, n) { u in u * u * u }
    case 4: map(a, y, n) { u in (u * u) * (u * u) }
    case 1: map(a, y, n) { u in u }
    case 0.5: map(a, y, n) { u in root(u) }
    case -1: map(a, y, n) { u in 1 / u }
    case -2: map(a, y, n) { u in 1 / (u * u) }
    case -0.5: map(a, y, n) { u in 1 / root(u) }
    default: map(a, y, n) { u in power(u, Lanes(repeating: s)) }
    }
  }
}

/// The power of one half, which differs from the square root for -0 and minus infinity.
@inline(__always)
private func root(_ v: Lanes) -> Lanes {
  let infinite = Lanes(repeating: .infinity)
  return select(v .== -infinite, infinite, squareRoot(v + Lanes(repeating: 0)))
}

/// On its own: the compiler inlines only so much into one function.
@inline(never)
private func powerMap(_ a: Input, _ b: Input, _ y: Output, _ n: Int) {
  map(a, b, y, n) { u, v in power(u, v) }
}

@inline(__always)
private func flags(_ mask: LaneMask) -> Lanes {
  select(mask, Lanes(repeating: 1), Lanes(repeating: 0))
}
