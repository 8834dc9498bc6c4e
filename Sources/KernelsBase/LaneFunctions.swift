// Elementary functions on lanes, without libm: the same bits on every processor with fused multiply-add. The
// polynomials are near-minimax fits by scripts/reference/polynomials.py; relative errors stay near 2e-7.

/// Adding it to a float of magnitude below 2^22 rounds that to a whole number, kept in the low bits.
@inline(__always) var roundingShift: Lanes { Lanes(repeating: 12_582_912) }

/// Evaluates a polynomial, lowest coefficient first, by Horner's rule.
@inline(__always)
private func polynomial(_ x: Lanes, _ c0: Float, _ c1: Float, _ c2: Float) -> Lanes {
  multiplyAdd(multiplyAdd(Lanes(repeating: c2), x, Lanes(repeating: c1)), x, Lanes(repeating: c0))
}

@inline(__always)
private func polynomial(_ x: Lanes, _ c0: Float, _ c1: Float, _ c2: Float, _ c3: Float, _ c4: Float) -> Lanes {
  let upper = polynomial(x, c2, c3, c4)
  return multiplyAdd(multiplyAdd(upper, x, Lanes(repeating: c1)), x, Lanes(repeating: c0))
}

@inline(__always)
private func polynomial(
  _ x: Lanes, _ c0: Float, _ c1: Float, _ c2: Float, _ c3: Float, _ c4: Float, _ c5: Float, _ c6: Float, _ c7: Float
) -> Lanes {
  var y = polynomial(x, c3, c4, c5, c6, c7)
  y = multiplyAdd(y, x, Lanes(repeating: c2))
  y = multiplyAdd(y, x, Lanes(repeating: c1))
  return multiplyAdd(y, x, Lanes(repeating: c0))
}

@inline(__always)
private func polynomial(
  _ x: Lanes, _ c0: Float, _ c1: Float, _ c2: Float, _ c3: Float, _ c4: Float, _ c5: Float, _ c6: Float, _ c7: Float,
  _ c8: Float
) -> Lanes {
  multiplyAdd(polynomial(x, c1, c2, c3, c4, c5, c6, c7, c8), x, Lanes(repeating: c0))
}

/// Returns e^x, with 0 and infinity where that is out of range.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let capped = greater(Lanes(repeating: -104), lesser(Lanes(repeating: 89), x))
  let shifted = multiplyAdd(capped, Lanes(repeating: 1.442695), roundingShift)
  let whole = shifted - roundingShift
  // ln 2 in two parts: the first has so few bits that its product with `whole` is exact.
  var r = multiplyAdd(whole, Lanes(repeating: -0.693_359_4), capped)
  r = multiplyAdd(whole, Lanes(repeating: 2.121_944_4e-4), r)
  return exponential(r, exponent: bits(shifted) &- LaneBits(repeating: 0x4B40_0000))
}

/// Returns e^r 2^exponent for `r` within half of ln 2 of 0.
@inline(__always)
func exponential(_ r: Lanes, exponent: LaneBits) -> Lanes {
  let tail = polynomial(r, 0.499_999_94, 0.166_665_21, 0.041_668_39, 0.008_368_717, 0.001_381_46)
  let mantissa = multiplyAdd(tail, r * r, r) + Lanes(repeating: 1)
  // 2^exponent as a product of two factors in range: the result overflows and underflows as it should.
  let half = exponent &>> LaneBits(repeating: 1)
  return mantissa * powerOfTwo(half) * powerOfTwo(exponent &- half)
}

/// Returns 2^n for `n` in -126 ... 127.
@inline(__always)
func powerOfTwo(_ n: LaneBits) -> Lanes {
  floats((n &+ LaneBits(repeating: 127)) &<< LaneBits(repeating: 23))
}

/// Returns the natural logarithm: minus infinity for 0, NaN below.
@inline(__always)
func logarithm(_ x: Lanes) -> Lanes {
  let tiny = x .< Lanes(repeating: .leastNormalMagnitude)
  let scaled = select(tiny, x * Lanes(repeating: 8_388_608), x)
  let exponentBits = (bits(scaled) &- LaneBits(repeating: 0x3F35_04F3)) &>> LaneBits(repeating: 23)
  let m = floats(bits(scaled) &- (exponentBits &<< LaneBits(repeating: 23)))
  // The integer becomes a float through the low bits of 2^23 + 2^22, like the other way round in `exponential`.
  var exponent = floats(exponentBits &+ LaneBits(repeating: 0x4B40_0000)) - roundingShift
  exponent = select(tiny, exponent - Lanes(repeating: 23), exponent)
  let f = m - Lanes(repeating: 1)
  let square = f * f
  let p = polynomial(
    f, 0.333_333_3, -0.250_008_2, 0.200_012_27, -0.166_233_57, 0.142_017_6, -0.131_601_83, 0.127_615_75,
    -0.076_344_93)
  var y = multiplyAdd(exponent, Lanes(repeating: -2.121_944_4e-4), p * square * f)
  y = multiplyAdd(square, Lanes(repeating: -0.5), y)
  y = multiplyAdd(exponent, Lanes(repeating: 0.693_359_4), y + f)
  y = select(x .== Lanes(repeating: 0), Lanes(repeating: -.infinity), y)
  y = select(x .< Lanes(repeating: 0), Lanes(repeating: .nan), y)
  y = select(x .== Lanes(repeating: .infinity), x, y)
  y = select(x .!= x, x, y)
  return y
}

/// Returns log(1 + t) for `t` in 0 ... 1: the rounding of `1 + t` is put back to first order.
@inline(__always)
private func logarithmOnePlus(_ t: Lanes) -> Lanes {
  let u = t + Lanes(repeating: 1)
  return logarithm(u) + (t - (u - Lanes(repeating: 1))) / u
}

@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes { Lanes(repeating: 1) / (exponential(-x) + Lanes(repeating: 1)) }

/// Returns log(1 + e^x).
@inline(__always)
func softplus(_ x: Lanes) -> Lanes {
  select(x .< Lanes(repeating: 0), Lanes(repeating: 0), x) + logarithmOnePlus(exponential(-magnitude(x)))
}

@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  let a = magnitude(x)
  let z = x * x
  let p = polynomial(z, -0.333_332_8, 0.133_314_42, -0.053_739_715, 0.020_639_086, -0.005_704_987)
  let near = multiplyAdd(x * z, p, x)
  let far = copySign(Lanes(repeating: 1) - Lanes(repeating: 2) / (exponential(a + a) + Lanes(repeating: 1)), x)
  return select(a .> Lanes(repeating: 0.625), far, near)
}

/// Returns e^-x for `x` of at least 0, and 0 where that is too small for a full mantissa.
@_transparent
private func decay(_ x: Lanes) -> Lanes {
  let capped = lesser(x, Lanes(repeating: 87))
  let shifted = multiplyAdd(capped, Lanes(repeating: -1.442695), roundingShift)
  let whole = shifted - roundingShift
  var r = multiplyAdd(whole, Lanes(repeating: -0.693_359_4), -capped)
  r = multiplyAdd(whole, Lanes(repeating: 2.121_944_4e-4), r)
  let tail = polynomial(r, 0.499_999_94, 0.166_665_21, 0.041_668_39, 0.008_368_717, 0.001_381_46)
  let mantissa = multiplyAdd(tail, r * r, r) + Lanes(repeating: 1)
  let power = mantissa * powerOfTwo(bits(shifted) &- LaneBits(repeating: 0x4B40_0000))
  return select(x .> Lanes(repeating: 87), Lanes(repeating: 0), power)
}

/// Returns the normal distribution function and, to share the work, e^(-x^2 / 2): the density but for its factor. Both
/// are 0 where they are too small for a full mantissa.
@_transparent
func normalDistribution(_ x: Lanes) -> (distribution: Lanes, decay: Lanes) {
  let e = decay(x * x * Lanes(repeating: 0.5))
  let one = Lanes(repeating: 1)
  let t = one / multiplyAdd(magnitude(x), Lanes(repeating: 0.353_553_4), one)
  let p = polynomial(
    t, -9.452_854e-5, 0.142_868_41, 0.126_018_24, 0.192_750_68, -0.106_670_78, 0.379_246_92, -0.339_999_23,
    0.121_370_28, -0.015_489_977)
  let tail = e * p
  return (select(x .< Lanes(repeating: 0), tail, one - tail), e)
}

/// Returns the sine, or with `quarterTurns` 1 the cosine; NaN for infinity.
@inline(__always)
func sine(_ x: Lanes, quarterTurns: Int32 = 0) -> Lanes {
  let shifted = multiplyAdd(x, Lanes(repeating: 0.636_619_8), roundingShift)
  let whole = shifted - roundingShift
  // pi / 2 in three parts, the first two short enough that their products are exact.
  var r = multiplyAdd(whole, Lanes(repeating: -1.570_312_5), x)
  r = multiplyAdd(whole, Lanes(repeating: -4.837_513e-4), r)
  r = multiplyAdd(whole, Lanes(repeating: -7.549_79e-8), r)
  var turns = bits(shifted)
  if isAny(.!(magnitude(x) .< Lanes(repeating: farAngle))) { reduceFar(x, &r, &turns) }
  let z = r * r
  let odd = multiplyAdd(r * z, polynomial(z, -0.166_666_55, 0.008_332_16, -1.951_528_2e-4), r)
  let even = multiplyAdd(
    z * z, polynomial(z, 0.041_666_646, -0.001_388_731_6, 2.443_315_7e-5),
    multiplyAdd(z, Lanes(repeating: -0.5), Lanes(repeating: 1)))
  let quadrant = turns &+ quarterTurns
  let y = select((quadrant & LaneBits(repeating: 1)) .== LaneBits(repeating: 1), even, odd)
  return floats(bits(y) ^ ((quadrant & LaneBits(repeating: 2)) &<< LaneBits(repeating: 30)))
}

@inline(__always)
private func reduceFar(_ x: Lanes, _ remainders: inout Lanes, _ turns: inout LaneBits) {
  withUnsafeBytes(of: x) { angles in
    withUnsafeMutableBytes(of: &remainders) { rests in
      withUnsafeMutableBytes(of: &turns) { counts in
        reduceFarAngles(
          angles.baseAddress!.assumingMemoryBound(to: Float.self),
          rests.baseAddress!.assumingMemoryBound(to: Float.self),
          counts.baseAddress!.assumingMemoryBound(to: Int32.self))
      }
    }
  }
}

/// Rounds to whole numbers, halves to the even one; keeps the sign of zero.
@inline(__always)
func roundHalfEven(_ x: Lanes) -> Lanes {
  let shift = Lanes(repeating: 8_388_608)
  let a = magnitude(x)
  let rounded = copySign((a + shift) - shift, x)
  return select(a .< shift, rounded, x)
}

@inline(__always)
func floor(_ x: Lanes) -> Lanes {
  let rounded = roundHalfEven(x)
  return select(rounded .> x, rounded - Lanes(repeating: 1), rounded)
}
