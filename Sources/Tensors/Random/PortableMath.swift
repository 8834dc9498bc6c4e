/// Elementary functions that give the same bits on every machine.
///
/// The C library picks its variant by processor (with or without fused multiply-add) and changes between releases, so
/// random numbers that pass through it differ between machines. These use only IEEE 754 basic operations in a fixed
/// order. Errors stay within 2 units in the last place over the ranges that the streams use.
public enum PortableMath {
  /// Returns the natural logarithm of a positive finite number.
  ///
  /// Zero gives negative infinity, and a negative number or NaN gives NaN.
  @inline(__always)
  public static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : (x == .infinity ? x : .nan) }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa *= 0.5
      exponent += 1
    }
    // log m = 2 artanh s with |s| <= 0.172: eleven terms leave a remainder below 2^-56.
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var series = 1.0 / 23
    series = series * z + 1.0 / 21
    series = series * z + 1.0 / 19
    series = series * z + 1.0 / 17
    series = series * z + 1.0 / 15
    series = series * z + 1.0 / 13
    series = series * z + 1.0 / 11
    series = series * z + 1.0 / 9
    series = series * z + 1.0 / 7
    series = series * z + 1.0 / 5
    series = series * z + 1.0 / 3
    let tail = 2 * s * z * series + exponent * ln2Low
    return exponent * ln2High + (2 * s + tail)
  }

  /// Returns e raised to a power; overflows to infinity and underflows to zero.
  @inline(__always)
  public static func exp(_ x: Double) -> Double {
    guard x > -745.2 else { return x.isNaN ? x : 0 }
    guard x < 709.8 else { return .infinity }
    let n = (x * 1.442_695_040_888_963_4).rounded(.toNearestOrEven)
    let r = (x - n * ln2High) - n * ln2Low
    var series = 1.0 / 87_178_291_200
    series = series * r + 1.0 / 6_227_020_800
    series = series * r + 1.0 / 479_001_600
    series = series * r + 1.0 / 39_916_800
    series = series * r + 1.0 / 3_628_800
    series = series * r + 1.0 / 362_880
    series = series * r + 1.0 / 40_320
    series = series * r + 1.0 / 5_040
    series = series * r + 1.0 / 720
    series = series * r + 1.0 / 120
    series = series * r + 1.0 / 24
    series = series * r + 1.0 / 6
    series = series * r + 1.0 / 2
    series = (series * r + 1) * r + 1
    // In two steps: the scale itself may lie outside the range of normal numbers while the result does not.
    let half = (n * 0.5).rounded(.down)
    return series * powerOfTwo(half) * powerOfTwo(n - half)
  }

  /// Returns the sine and cosine of a whole number of turns `u` in [0, 1].
  @inline(__always)
  public static func sineAndCosine(turns u: Double) -> (sine: Double, cosine: Double) {
    let quarter = (u * 4).rounded(.toNearestOrEven)
    // The subtraction is exact, so the reduced angle carries only the rounding of the product.
    let angle = (u * 4 - quarter) * (Double.pi / 2)
    let z = angle * angle
    var sine = 1.0 / 121_645_100_408_832_000
    sine = sine * z - 1.0 / 355_687_428_096_000
    sine = sine * z + 1.0 / 1_307_674_368_000
    sine = sine * z - 1.0 / 6_227_020_800
    sine = sine * z + 1.0 / 39_916_800
    sine = sine * z - 1.0 / 362_880
    sine = sine * z + 1.0 / 5_040
    sine = sine * z - 1.0 / 120
    sine = sine * z + 1.0 / 6
    sine = angle - angle * (z * sine)
    var cosine = 1.0 / 6_402_373_705_728_000
    cosine = cosine * z - 1.0 / 20_922_789_888_000
    cosine = cosine * z + 1.0 / 87_178_291_200
    cosine = cosine * z - 1.0 / 479_001_600
    cosine = cosine * z + 1.0 / 3_628_800
    cosine = cosine * z - 1.0 / 40_320
    cosine = cosine * z + 1.0 / 720
    cosine = cosine * z - 1.0 / 24
    cosine = cosine * z + 1.0 / 2
    cosine = 1 - z * cosine
    switch Int(quarter) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// Upper bits of ln 2: few enough that a product with an exponent is exact.
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  @inline(__always)
  private static func powerOfTwo(_ n: Double) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(n) + 1023) << 52)
  }
}
