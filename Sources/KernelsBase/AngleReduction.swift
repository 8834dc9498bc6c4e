import KernelTypes

// Angles far from zero. Their distance from the nearest quarter turn is the fraction of x * 2 / pi, for which two or
// three constants of float32 are too few: beyond 2^24 neighbouring floats are more than a turn apart. So the product is
// taken with those bits of 2 / pi that matter at x's size, in whole numbers.

/// Magnitudes from which angles are reduced one by one.
@inline(__always) var farAngle: Float { 8192 }

/// Returns 64 bits of 2 / pi: the word before its binary point, and the four after it.
@inline(__always)
private func turnWord(_ index: Int) -> UInt64 {
  switch index {
  case 0: 0
  case 1: 0xA2F9_836E_4E44_1529
  case 2: 0xFC27_57D1_F534_DDC0
  case 3: 0xDB62_9599_3C43_9041
  default: 0xFE51_63AB_DEBB_C561
  }
}

/// Writes the remainders of the far ones of sixteen angles after their nearest quarter turns, and those turns.
///
/// - Source: Payne and Hanek, ACM SIGNUM Newsletter 1983, <https://doi.org/10.1145/1057600.1057602>.
@inline(never)
func reduceFarAngles(_ x: Input, _ remainders: Output, _ turns: UnsafeMutablePointer<Int32>) {
  for lane in 0..<laneCount {
    let bits = x[lane].bitPattern
    let exponent = Int(truncatingIfNeeded: bits &>> 23 & 0xFF)
    if exponent == 0xFF {
      remainders[lane] = .nan
    } else if exponent >= 127 &+ 13 {
      // x = mantissa * 2^power. Bits of 2 / pi that weigh more than 2 there only make whole turns.
      let mantissa = UInt64(truncatingIfNeeded: bits & 0x7F_FFFF | 0x80_0000)
      let power = exponent &- 150
      let start = 62 &+ power
      let (word, shift) = (start &>> 6, UInt64(truncatingIfNeeded: start & 63))
      var high = turnWord(word) &<< shift
      var low = turnWord(word &+ 1) &<< shift
      if shift > 0 {
        high |= turnWord(word &+ 1) &>> (64 &- shift)
        low |= turnWord(word &+ 2) &>> (64 &- shift)
      }
      // Two bits count quarter turns, 62 their fraction.
      let product = mantissa &* high &+ (mantissa &* (low &>> 32)) &>> 32
      let rounded = product &+ 1 &<< 61
      let rest = Int64(bitPattern: product &- (rounded & 0xC000_0000_0000_0000))
      let isNegative = bits &>> 31 == 1
      let remainder = Float(Double(rest) * (1.570_796_326_794_896_6 / 4_611_686_018_427_387_904))
      let turn = Int32(truncatingIfNeeded: rounded &>> 62)
      remainders[lane] = isNegative ? -remainder : remainder
      turns[lane] = isNegative ? 0 &- turn : turn
    }
  }
}
