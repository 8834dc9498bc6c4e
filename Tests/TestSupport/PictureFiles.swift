/// Picture files made by hand, for tests that need a folder of them.
public enum PictureFiles {
  /// A PNG of 8-bit grey whose data is stored, not packed.
  public static func png(width: Int, height: Int, _ pixels: [UInt8]) -> [UInt8] {
    let rows = (0..<height).flatMap { [0] + pixels[$0 * width..<($0 + 1) * width] }
    return png([("IDAT", stored(rows)), ("IEND", [])], width: width, height: height)
  }

  /// A kind of PNG: bits of a number, the standard's number of its colors, and whether it comes in seven passes.
  public struct Kind: Sendable {
    public let depth: Int
    /// 0 grey, 2 color, 3 palette, 4 grey and 6 color with transparency.
    public let color: Int
    public let isInterlaced: Bool

    public init(depth: Int, color: Int, isInterlaced: Bool) {
      (self.depth, self.color, self.isInterlaced) = (depth, color, isInterlaced)
    }

    /// Numbers of a pixel in the file.
    public var samples: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color] ?? 1 }

    /// All kinds that the standard knows.
    public static let all: [Kind] = [
      (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
    ].flatMap { color, depths in
      depths.flatMap { depth in
        [false, true].map { Kind(depth: depth, color: color, isInterlaced: $0) }
      }
    }
  }

  /// A PNG of any kind.
  ///
  /// - Parameters:
  ///   - numbers: Those of each pixel in turn, of `kind.depth` bits.
  ///   - palette: Red, green and blue of each color.
  public static func png(width: Int, height: Int, _ kind: Kind, _ numbers: [Int], palette: [UInt8] = []) -> [UInt8] {
    // The standard's seven passes: first column and row, and the steps.
    let passes =
      kind.isInterlaced
      ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
      : [(0, 0, 1, 1)]
    var rows: [UInt8] = []
    for (left, top, across, down) in passes where left < width && top < height {
      for y in stride(from: top, to: height, by: down) {
        var bits: [Int] = []
        for x in stride(from: left, to: width, by: across) {
          for sample in 0..<kind.samples {
            let number = numbers[(y * width + x) * kind.samples + sample]
            bits += (0..<kind.depth).map { number >> (kind.depth - 1 - $0) & 1 }
          }
        }
        bits += [Int](repeating: 0, count: (8 - bits.count % 8) % 8)
        rows.append(0)
        rows += stride(from: 0, to: bits.count, by: 8).map { UInt8(bits[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 }) }
      }
    }
    let colors = palette.isEmpty ? [] : [(name: "PLTE", data: palette)]
    return png(
      colors + [("IDAT", stored(rows)), ("IEND", [])], width: width, height: height,
      kind: [UInt8(kind.depth), UInt8(kind.color), 0, 0, kind.isInterlaced ? 1 : 0])
  }

  /// A zlib stream whose data are stored, not packed.
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    var packed: [UInt8] = [0x78, 1]
    for start in stride(from: 0, to: max(1, data.count), by: 60_000) {
      let block = data[start..<min(data.count, start + 60_000)]
      packed.append(start + 60_000 >= data.count ? 1 : 0)
      packed += [block.count, ~block.count].flatMap {
        [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
      }
      packed += block
    }
    return packed + bigEndian(b << 16 | a)
  }

  /// A PNG with these chunks after its header; of 8-bit grey where nothing else is said.
  public static func png(
    _ chunks: [(name: String, data: [UInt8])], width: Int = 2, height: Int = 2, kind: [UInt8] = [8, 0, 0, 0, 0]
  ) -> [UInt8] {
    let header = bigEndian(width) + bigEndian(height) + kind
    let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    return signature
      + ([("IHDR", header)] + chunks).flatMap { name, data in
        bigEndian(data.count) + Array(name.utf8) + data + bigEndian(checksum(Array(name.utf8) + data))
      }
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  /// CRC-32, bit by bit.
  private static func checksum(_ data: [UInt8]) -> Int {
    let sum = data.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~sum)
  }
}
