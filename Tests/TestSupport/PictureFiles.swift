/// Picture files made by hand, for tests that need a folder of them.
public enum PictureFiles {
  /// A PNG of 8-bit grey whose data is stored, not packed.
  public static func png(width: Int, height: Int, _ pixels: [UInt8]) -> [UInt8] {
    let rows = (0..<height).flatMap { [0] + pixels[$0 * width..<($0 + 1) * width] }
    var (a, b) = (1, 0)
    for byte in rows {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let length = [rows.count, ~rows.count].flatMap {
      [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
    }
    let packed: [UInt8] = [0x78, 1, 1] + length + rows + bigEndian(b << 16 | a)
    return png([("IDAT", packed), ("IEND", [])], width: width, height: height)
  }

  /// A PNG of 8-bit grey with these chunks after its header.
  public static func png(_ chunks: [(name: String, data: [UInt8])], width: Int = 2, height: Int = 2) -> [UInt8] {
    let header = bigEndian(width) + bigEndian(height) + [8, 0, 0, 0, 0]
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
