import Foundation
import Tensors

/// An entry of the cache: a header in JSON, and the samples at a page's start so that they can be mapped.
enum CachedSamples {
  /// Changes whenever decoding or preparation gives other bytes.
  static let version = "fedlua samples 3"

  private static let magic = Array("FLSAMPLE".utf8)
  private static let page = 4096
  /// Longest header: a million samples with long names.
  private static let longestHeader = 1 << 30

  private struct Header: Codable {
    let version: String
    let sampleShape: [Int]
    let kept: [Int]
    let origins: [SampleOrigin]
    let skipped: [SkippedFile]
    let byteCount: Int
    /// Whether the samples are float32, and not bytes.
    let isFloat: Bool
    let sampleBytes: Int
    let checksum: UInt
  }

  /// Writes an entry: wholly or not at all.
  static func write(_ images: LoadedImages, _ path: String) throws {
    let samples = images.samples
    let total = samples.byteCount
    guard total > 0 else { return }
    func write(_ start: UnsafeRawPointer) throws {
      let bytes = UnsafeRawBufferPointer(start: start, count: total)
      let header = Header(
        version: version, sampleShape: samples.sampleShape, kept: images.kept, origins: images.origins,
        skipped: images.skipped, byteCount: images.byteCount, isFloat: !samples.isBytes, sampleBytes: total,
        checksum: MappedBytes.checksum(start.assumingMemoryBound(to: UInt8.self), total))
      try Self.write(header, bytes, path)
    }
    let written = samples.withBytes(0) { bytes in Result { try write(bytes) } }
    try (written ?? samples.withFloats(0) { floats in Result { try write(floats) } })?.get()
  }

  private static func write(_ header: Header, _ samples: UnsafeRawBufferPointer, _ path: String) throws {
    let text = Array(try JSONEncoder().encode(header))
    var start = magic + (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    start += [UInt8](repeating: 0, count: (page - start.count % page) % page)
    try AtomicFile.replaceAlone(path) { file in
      try start.withUnsafeBytes { try file.write($0) }
      try file.write(samples)
    }
  }

  /// Maps an entry; nil unless it is whole and fits the number of files.
  static func read(_ path: String, entryCount: Int) -> LoadedImages? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let start = try? file.read(upToCount: 16), start.count == 16, Array(start.prefix(8)) == magic else {
      return nil
    }
    let length = start.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= longestHeader, let text = try? file.read(upToCount: Int(length)), text.count == Int(length),
      let header = try? JSONDecoder().decode(Header.self, from: text), isConsistent(header, entryCount)
    else { return nil }
    let offset = (16 + Int(length) + page - 1) / page * page
    guard let bytes = MappedBytes(path: path, offset: offset), bytes.count == header.sampleBytes,
      bytes.checksum == header.checksum
    else { return nil }
    return LoadedImages(
      samples: SampleStorage(mapped: bytes, isFloat: header.isFloat, sampleShape: header.sampleShape),
      kept: header.kept, origins: header.origins, skipped: header.skipped, byteCount: header.byteCount)
  }

  private static func isConsistent(_ header: Header, _ entryCount: Int) -> Bool {
    guard header.version == version, header.sampleShape.count == 3 else { return false }
    guard header.sampleShape.allSatisfy({ (1...65_536).contains($0) }) else { return false }
    let sampleBytes = header.sampleShape.reduce(header.isFloat ? 4 : 1, *)
    let (total, overflow) = sampleBytes.multipliedReportingOverflow(by: header.kept.count)
    return !overflow && total == header.sampleBytes && header.origins.count == header.kept.count
      && header.kept.allSatisfy { (0..<entryCount).contains($0) }
  }
}
