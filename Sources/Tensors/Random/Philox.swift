/// Philox4x32-10, the counter-based generator under every random stream.
///
/// A block is a pure function of a 64-bit key and a 128-bit counter: nothing is stored between draws, so any block can
/// be computed at any time, on any thread and on any machine, with the same bits.
///
/// - Source: Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC 2011,
///   <https://doi.org/10.1145/2063384.2063405>.
enum Philox {
  typealias Block = SIMD4<UInt32>

  /// Returns four independent words for one counter value under a key.
  @inline(__always)
  static func block(counter: Block, key: UInt64) -> Block {
    var words = counter
    var low = UInt32(truncatingIfNeeded: key)
    var high = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(words[0])
      let second = UInt64(0xCD9E_8D57) &* UInt64(words[2])
      words = Block(
        UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ low,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ high,
        UInt32(truncatingIfNeeded: first))
      low &+= 0x9E37_79B9
      high &+= 0xBB67_AE85
    }
    return words
  }

  /// Calculates eight consecutive blocks side by side; lane i of each word belongs to block `index + i`.
  ///
  /// - Parameters:
  ///   - index: Number of the first block, the low half of the counter.
  ///   - high: The high half of the counter.
  @inline(__always)
  static func eightBlocks(
    index: UInt64, high: SIMD2<UInt32>, key: UInt64
  ) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    // Words of 32 bits in lanes of 64: a product of two is then one multiplication on every processor.
    typealias Lanes = SIMD8<UInt64>
    let mask = Lanes(repeating: 0xFFFF_FFFF)
    let counter = Lanes(repeating: index) &+ Lanes(0, 1, 2, 3, 4, 5, 6, 7)
    var (a, b) = (counter & mask, counter &>> 32)
    var (c, d) = (Lanes(repeating: UInt64(high[0])), Lanes(repeating: UInt64(high[1])))
    var low = UInt32(truncatingIfNeeded: key)
    var upper = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let first = a &* Lanes(repeating: 0xD251_1F53)
      let second = c &* Lanes(repeating: 0xCD9E_8D57)
      a = (second &>> 32) ^ b ^ Lanes(repeating: UInt64(low))
      b = second & mask
      c = (first &>> 32) ^ d ^ Lanes(repeating: UInt64(upper))
      d = first & mask
      low &+= 0x9E37_79B9
      upper &+= 0xBB67_AE85
    }
    return (
      SIMD8(truncatingIfNeeded: a), SIMD8(truncatingIfNeeded: b), SIMD8(truncatingIfNeeded: c),
      SIMD8(truncatingIfNeeded: d)
    )
  }

  /// Returns a key that depends on every bit of a parent key and of two further numbers.
  ///
  /// The parent is offset first, so that no block drawn under the parent itself is ever reused as a key.
  static func derivedKey(from key: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
    let counter = Block(
      UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32),
      UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: second >> 32))
    let words = block(counter: counter, key: key ^ 0x6A09_E667_F3BC_C909)
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }
}
