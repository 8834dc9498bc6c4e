import CZlibSystem
import Glibc

/// Bytes of a file that the system loads page by page as they are read.
///
/// The file must never be made shorter while it is mapped; files of the cache are only ever replaced as a whole.
final class MappedBytes: @unchecked Sendable {
  let base: UnsafePointer<UInt8>
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedCount: Int

  /// Maps a part of a file.
  ///
  /// - Parameters:
  ///   - path: A regular file.
  ///   - offset: Where the part starts; it goes on to the file's end.
  /// - Returns: nil where there is no such part.
  init?(path: String, offset: Int) {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, offset >= 0, Int(status.st_size) > offset
    else { return nil }
    let size = Int(status.st_size)
    guard let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), mapping != MAP_FAILED else { return nil }
    self.mapping = mapping
    mappedCount = size
    base = UnsafePointer(mapping.assumingMemoryBound(to: UInt8.self)) + offset
    count = size - offset
  }

  /// The same bytes as floats; the part must start at a multiple of 4.
  var floats: UnsafePointer<Float> { UnsafeRawPointer(base).assumingMemoryBound(to: Float.self) }

  deinit { munmap(mapping, mappedCount) }

  /// CRC-32 of all bytes.
  var checksum: UInt { crc32_z(0, base, count) }

  /// CRC-32 of bytes in memory.
  static func checksum(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt { crc32_z(0, bytes, count) }
}
