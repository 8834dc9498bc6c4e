/// Writes arrays that NumPy reads: NPY files in a ZIP archive without compression, as `numpy.savez` makes them.
///
/// - Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, version 1.0;
///   PKWARE APPNOTE 6.3.10, sections 4.3.7 and 4.3.12.
public enum NumPyArchive {
  /// One array of an archive.
  public struct Array: Sendable {
    let name, descriptor: String
    let shape: [Int]
    let bytes: [UInt8]

    /// Numbers of double precision.
    public init(_ name: String, _ values: [Double]) {
      self.init(name, "<f8", [values.count], values.withUnsafeBytes { Swift.Array($0) })
    }

    /// Whole numbers of 64 bits.
    public init(_ name: String, _ values: [Int]) {
      self.init(name, "<i8", [values.count], values.withUnsafeBytes { Swift.Array($0) })
    }

    /// A tensor in its own type, or in half precision.
    public init(_ name: String, _ tensor: Tensor, inHalf: Bool = false) {
      let whole = tensor.detach().contiguous()
      let count = whole.byteCount
      let bytes = withExtendedLifetime(whole.storage) {
        Swift.Array(
          UnsafeRawBufferPointer(
            start: whole.storage.base + whole.offset * whole.elementType.byteCount, count: count))
      }
      guard inHalf, whole.elementType == .float32 else {
        let descriptor =
          switch whole.elementType {
          case .float32: "<f4"
          case .float64: "<f8"
          case .int64: "<i8"
          case .uint8: "|u1"
          }
        self.init(name, descriptor, whole.shape, bytes)
        return
      }
      let halves = bytes.withUnsafeBytes { $0.bindMemory(to: Float.self).map { Float16($0).bitPattern.littleEndian } }
      self.init(name, "<f2", whole.shape, halves.withUnsafeBytes { Swift.Array($0) })
    }

    private init(_ name: String, _ descriptor: String, _ shape: [Int], _ bytes: [UInt8]) {
      self.name = name
      self.descriptor = descriptor
      self.shape = shape
      self.bytes = bytes
    }

    /// The content of `NAME.npy`.
    var file: [UInt8] {
      let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
      let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(sizes)), }"
      // Magic, version and length take 10 bytes; the data begin at a multiple of 64.
      let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
      let header = Swift.Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
      return [0x93] + Swift.Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt16(header.count)) + header + bytes
    }
  }

  /// Writes an archive, replacing the file at one stroke.
  ///
  /// - Throws: ``FileError/unwritable(path:reason:)``, also for 4 GB and more, which the plain format has no room for.
  public static func save(_ arrays: [Array], to path: String) throws {
    let files = arrays.map { (name: Swift.Array("\($0.name).npy".utf8), bytes: $0.file) }
    guard files.reduce(0, { $0 + $1.bytes.count + 256 + 2 * $1.name.count }) < Int(UInt32.max) else {
      throw FileError.unwritable(path: path, reason: "its arrays take 4 GB or more")
    }
    try AtomicFile.replace(path) { output in
      var directory: [UInt8] = [], position = 0
      for (name, bytes) in files {
        let facts = facts(of: bytes, name: name)
        let local = littleEndian(UInt32(0x0403_4B50)) + facts + name
        directory += littleEndian(UInt32(0x0201_4B50)) + littleEndian(UInt16(20)) + facts
        // No comment, first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10) + littleEndian(UInt32(position)) + name
        try local.withUnsafeBytes { try output.write($0) }
        try bytes.withUnsafeBytes { try output.write($0) }
        position += local.count + bytes.count
      }
      let count = littleEndian(UInt16(files.count))
      let end =
        littleEndian(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + count + count + littleEndian(UInt32(directory.count))
        + littleEndian(UInt32(position)) + [0, 0]
      try (directory + end).withUnsafeBytes { try output.write($0) }
    }
  }

  /// What both headers of an entry say: version, no flags, stored, the first day of DOS, checksum, sizes, no extras.
  private static func facts(of bytes: [UInt8], name: [UInt8]) -> [UInt8] {
    let size = littleEndian(UInt32(bytes.count))
    return littleEndian(UInt16(20)) + [0, 0, 0, 0, 0, 0, 0x21, 0] + littleEndian(RedundancyCheck.crc32(bytes)) + size + size
      + littleEndian(UInt16(name.count)) + [0, 0]
  }
}

/// The bytes of a whole number, the lowest first.
package func littleEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Cyclic redundancy checks of 32 bits.
package enum RedundancyCheck {
  private static func table(_ polynomial: UInt32) -> [UInt32] {
    (0..<256).map { byte in (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 } }
  }

  private static let ieee = table(0xEDB8_8320), castagnoli = table(0x82F6_3B78)

  private static func check(_ bytes: [UInt8], _ table: [UInt32]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
  }

  /// That of ZIP and PNG.
  package static func crc32(_ bytes: [UInt8]) -> UInt32 { check(bytes, ieee) }

  /// Castagnoli's, of which records of TensorFlow keep a rotated form.
  package static func crc32c(_ bytes: [UInt8]) -> UInt32 { check(bytes, castagnoli) }
}
