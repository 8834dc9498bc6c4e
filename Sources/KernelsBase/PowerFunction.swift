import CProcessor
// Powers of any base. The exponent multiplies the logarithm's error, so that is taken in float64, and only what is left
// of it after whole powers of two goes through the float32 exponential.

/// Eight float64 numbers.
private typealias Eight = SIMD8<Double>

/// Returns a^b: NaN for a finite negative base unless `b` is whole; signs of zeros and infinities follow IEEE 754.
@inline(__always)
func power(_ a: Lanes, _ b: Lanes) -> Lanes {
  let infinite = Lanes(repeating: .infinity)
  var y = powerOfMagnitude(magnitude(a), b)
  let isWhole = roundHalfEven(b) .== b
  let half = b * Lanes(repeating: 0.5)
  let isOdd = isWhole .& (roundHalfEven(half) .!= half)
  // The sign counts for -0 too.
  let signs = bits(a) & LaneBits(repeating: Int32.min)
  y = select(isOdd, floats(bits(y) ^ signs), y)
  let isRoot = .!isWhole .& (a .< Lanes(repeating: 0)) .& (a .> -infinite)
  y = select(isRoot, Lanes(repeating: .nan), y)
  let isSteady = (magnitude(a) .== Lanes(repeating: 1)) .& (magnitude(b) .== infinite)
  let isOne = (b .== Lanes(repeating: 0)) .| (a .== Lanes(repeating: 1)) .| isSteady
  return select(isOne, Lanes(repeating: 1), y)
}

/// Returns a^b for `a` of at least 0.
@inline(__always)
private func powerOfMagnitude(_ a: Lanes, _ b: Lanes) -> Lanes {
  let zero = Lanes(repeating: 0)
  let infinite = Lanes(repeating: .infinity)
  let tiny = a .< Lanes(repeating: .leastNormalMagnitude)
  let scaled = select(tiny, a * Lanes(repeating: 8_388_608), a)
  let exponentBits = (bits(scaled) &- LaneBits(repeating: 0x3F35_04F3)) &>> LaneBits(repeating: 23)
  let mantissa = floats(bits(scaled) &- (exponentBits &<< LaneBits(repeating: 23)))
  var exponent = floats(exponentBits &+ LaneBits(repeating: 0x4B40_0000)) - roundingShift
  exponent = select(tiny, exponent - Lanes(repeating: 23), exponent)
  let low = product(processor_widen_low(mantissa), processor_widen_low(exponent), processor_widen_low(b))
  let high = product(processor_widen_high(mantissa), processor_widen_high(exponent), processor_widen_high(b))
  // What the logarithm's ends make of the product decides where there is no number.
  var size = processor_narrow(low.all, high.all)
  size = select(a .== zero, b * -infinite, size)
  size = select(a .== infinite, b * infinite, size)
  size = select(a .!= a, a, size)
  let whole = processor_narrow(low.turns, high.turns) + roundingShift
  let y = exponential(processor_narrow(low.rest, high.rest), exponent: bits(whole) &- LaneBits(repeating: 0x4B40_0000))
  let bounded = select(size .> Lanes(repeating: 89), infinite, select(size .< Lanes(repeating: -104), zero, y))
  return select(size .!= size, size, bounded)
}

/// Returns the logarithm of `mantissa * 2^exponent` times `b`: all of it, its whole multiples of ln 2, and the rest.
@inline(__always)
private func product(_ mantissa: Eight, _ exponent: Eight, _ b: Eight) -> (all: Eight, turns: Eight, rest: Eight) {
  let one = Eight(repeating: 1)
  // log m = 2 artanh s. The series is cut where its terms fall below 1e-12 of the first.
  let s = (mantissa - one) / (mantissa + one)
  let z = s * s
  var p = Eight(repeating: 1.0 / 13)
  p = p * z + Eight(repeating: 1.0 / 11)
  p = p * z + Eight(repeating: 1.0 / 9)
  p = p * z + Eight(repeating: 1.0 / 7)
  p = p * z + Eight(repeating: 1.0 / 5)
  p = p * z + Eight(repeating: 1.0 / 3)
  let logarithm = exponent * Eight(repeating: 0.693_147_180_559_945_3) + (s + s) * (p * z + one)
  let x = b * logarithm
  let shift = Eight(repeating: 6_755_399_441_055_744)
  let turns = (x * Eight(repeating: 1.442_695_040_888_963_4) + shift) - shift
  return (x, turns, x - turns * Eight(repeating: 0.693_147_180_559_945_3))
}
