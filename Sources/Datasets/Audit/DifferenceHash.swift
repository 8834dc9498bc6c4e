/// What a picture looks like, in 256 bits: near-duplicates differ in few of them.
///
/// The picture is made grey and shrunk to 16 rows of 17 pixels; each bit says whether a pixel is brighter than the one
/// left of it. Another size, compression or brightness changes few bits.
///
/// - Source: Krawetz, "Kind of Like That", 2013,
///   <https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html>.
/// - Deviation: 16 bits a row instead of 8, since all heads look alike in 8; and ``isNear(_:within:)`` allows pictures
///   with few steps fewer differences.
public struct DifferenceHash: Sendable, Hashable {
  /// Bits of a hash.
  public static let bitCount = 256
  /// Set bits of two hashes together from which on the whole distance is allowed.
  private static let fullDetail = 72

  /// The bits, row by row; the first pixel's is the lowest of the first word.
  let words: SIMD4<UInt64>

  init(words: SIMD4<UInt64>) { self.words = words }

  /// Hashes a picture in grey or color.
  public init(_ image: PixelImage) {
    let small = image.withChannels(1).stretched(width: 17, height: 16, .bilinear)
    var words = SIMD4<UInt64>(repeating: 0)
    for row in 0..<16 {
      for column in 0..<16 where small.bytes[row * 17 + column + 1] > small.bytes[row * 17 + column] {
        let bit = row * 16 + column
        words[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    }
    self.words = words
  }

  /// Reads what ``hex`` wrote; nil for anything else.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var words = SIMD4<UInt64>(repeating: 0)
    for (index, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x61...0x66: value = digit - 0x61 + 10
      default: return nil
      }
      words[index >> 4] = words[index >> 4] << 4 | UInt64(value)
    }
    self.words = words
  }

  /// The hash in 64 hexadecimal digits.
  public var hex: String {
    (0..<4).map { index in
      let digits = String(words[index], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Whether no pixel is brighter than the one left of it: a picture of one shade. Such a hash says nothing.
  public var isBlank: Bool { words == SIMD4<UInt64>(repeating: 0) }

  /// Number of bits that differ.
  @inline(__always)
  public func distance(to other: DifferenceHash) -> Int { Self.setBits(words ^ other.words) }

  /// Whether two pictures count as near-duplicates.
  ///
  /// Pictures with few steps, such as a line on an empty ground, agree in most bits by chance: with fewer than 72 set
  /// bits between them, proportionally fewer may differ. A blank picture is near to none.
  ///
  /// - Parameter distance: Most bits that may differ.
  @inline(__always)
  public func isNear(_ other: DifferenceHash, within distance: Int) -> Bool {
    let different = self.distance(to: other)
    guard different <= distance else { return false }
    let detail = Self.setBits(words | other.words)
    return detail > 0 && different * Self.fullDetail <= distance * max(detail, 1)
  }

  @inline(__always)
  private static func setBits(_ words: SIMD4<UInt64>) -> Int {
    words[0].nonzeroBitCount + words[1].nonzeroBitCount + words[2].nonzeroBitCount + words[3].nonzeroBitCount
  }
}
