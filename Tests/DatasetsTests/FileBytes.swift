@testable import Datasets

/// Bytes of small files in the formats under test, put together by hand.
enum FileBytes {
  /// An IDX file.
  static func idx(_ kind: UInt8, _ sizes: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, kind, UInt8(sizes.count)] + sizes.flatMap { bigEndian($0) } + data
  }

  static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  static func littleEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A gzip member whose deflate blocks are stored, not packed: the simplest that the format allows.
  static func gzip(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    for start in stride(from: 0, through: max(0, data.count - 1), by: 60_000) {
      let block = data[start..<min(data.count, start + 60_000)]
      bytes.append(start + 60_000 >= data.count ? 1 : 0)
      bytes += littleEndian(block.count, 2) + littleEndian(~block.count, 2) + block
    }
    return bytes + littleEndian(Int(checksum(data)), 4) + littleEndian(data.count, 4)
  }

  /// CRC-32 as gzip uses it, bit by bit.
  private static func checksum(_ data: [UInt8]) -> UInt32 {
    ~data.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  /// An array as NumPy saves it, version 1.
  static func npy(_ descriptor: String, _ shape: [Int], _ data: [UInt8]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined()
    let text = Array("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(sizes)), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(text.count, 2) + text + data
  }

  /// A ZIP archive whose entries are stored, not packed.
  static func zip(_ entries: [(name: [UInt8], data: [UInt8])]) -> [UInt8] {
    var (body, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, data) in entries {
      let start = body.count
      // Version, flags, method, time and date; then sum and sizes.
      let common: [UInt8] =
        [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0] + littleEndian(Int(checksum(data)), 4) + littleEndian(data.count, 4)
        + littleEndian(data.count, 4) + littleEndian(name.count, 2) + [0, 0]
      body += [0x50, 0x4b, 3, 4] + common + name + data
      directory +=
        [0x50, 0x4b, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10) + littleEndian(start, 4) + name
    }
    return body + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + littleEndian(entries.count, 2)
      + littleEndian(entries.count, 2) + littleEndian(directory.count, 4) + littleEndian(body.count, 4) + [0, 0]
  }

  /// An archive of arrays.
  static func npz(_ arrays: [(name: String, file: [UInt8])]) -> [UInt8] {
    zip(arrays.map { (Array(($0.name + ".npy").utf8), $0.file) })
  }

  static func floats(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian(Int($0.bitPattern), 4) } }

  /// One record of CIFAR-10: constant planes make its pixels easy to find again.
  static func cifarRecord(label: UInt8, red: UInt8, green: UInt8, blue: UInt8) -> [UInt8] {
    [label] + [red, green, blue].flatMap { [UInt8](repeating: $0, count: 1024) }
  }

  static func content(_ bytes: [UInt8]) -> FileContent { FileContent(path: "sample", bytes: bytes) }
}
