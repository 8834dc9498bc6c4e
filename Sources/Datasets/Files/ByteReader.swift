import CZlibSystem
import Tensors

/// Reads the content of a file from its start, unpacking gzip on the way.
///
/// The first bytes decide whether the content is packed, never the file's name. Nothing is unpacked beyond what is
/// asked for, so a small file cannot fill the memory.
final class ByteReader {
  let file: FileContent
  private let inflater: Inflater?
  private var position = 0

  init(_ file: FileContent) throws {
    self.file = file
    inflater = FileSignature.isPacked(file.bytes) ? try Inflater(file) : nil
  }

  /// First bytes of a file's content, from which it can be told what the file is; fewer where it is damaged.
  static func start(of file: FileContent, unpacks: Bool) -> [UInt8] {
    guard unpacks, FileSignature.isPacked(file.bytes), let reader = try? ByteReader(file) else {
      return Array(file.bytes.prefix(FileSignature.looksAt))
    }
    var bytes: [UInt8] = []
    while bytes.count < FileSignature.looksAt, let next = try? reader.bytes(1, what: "the start") { bytes += next }
    return bytes
  }

  /// Upper bound of the bytes that can still come: deflate packs at most 1,032 to 1.
  var mostRemaining: Int { inflater == nil ? file.bytes.count - position : file.bytes.count * 1032 }

  /// Fills a buffer.
  ///
  /// - Throws: ``DatasetError/malformed(path:problem:)`` where the content ends before the buffer is full.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, what: String) throws {
    let got = try readSome(buffer)
    guard got == buffer.count else {
      throw DatasetError.malformed(
        path: file.path, problem: "it ends early, inside \(what): \(got) of \(buffer.count) bytes are there")
    }
  }

  /// Returns the next bytes.
  func bytes(_ count: Int, what: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try fill($0, what: what) }
    return bytes
  }

  /// Passes over bytes.
  func skip(_ count: Int, what: String) throws {
    var rest = count
    while rest > 0 {
      rest -= try bytes(min(rest, 1 << 16), what: what).count
    }
  }

  /// Reads to the end, which also compares the sums of packed content.
  ///
  /// - Parameter padding: Bytes that may follow the data.
  /// - Throws: ``DatasetError/malformed(path:problem:)`` unless all content has been read.
  func expectEnd(padding: Int = 0) throws {
    var extra = [UInt8](repeating: 0, count: padding + 1)
    let got = try extra.withUnsafeMutableBytes { try readSome($0) }
    guard got <= padding else {
      throw DatasetError.malformed(path: file.path, problem: "it goes on after the end of its data")
    }
  }

  private func readSome(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let inflater { return try inflater.read(into: buffer) }
    let count = min(buffer.count, file.bytes.count - position)
    file.bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}

/// Unpacks a gzip file of one or more members, checking the sums at their ends.
private final class Inflater {
  private let file: FileContent
  /// On the heap: zlib keeps the address of this record.
  private let stream: UnsafeMutablePointer<z_stream>
  private var position = 0
  private var isFinished = false

  init(_ file: FileContent) throws {
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 + 16: the largest window, and a gzip header.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw DatasetError.unreadable(path: file.path, reason: "zlib could not start (code \(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks until the buffer is full or the content ends, and returns how many bytes came.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count && !isFinished {
      filled += try step(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  private func step(_ output: UnsafeMutableRawBufferPointer) throws -> Int {
    try Interrupt.check()
    let inputCount = min(file.bytes.count - position, 1 << 30)
    // Some milliseconds' work, so that an interrupt is soon seen.
    let outputCount = min(output.count, 1 << 22)
    let status = file.bytes.withUnsafeBytes { input in
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress!.assumingMemoryBound(to: UInt8.self) + position)
      stream.pointee.avail_in = UInt32(inputCount)
      stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(outputCount)
      return inflate(stream, Z_NO_FLUSH)
    }
    position += inputCount - Int(stream.pointee.avail_in)
    let produced = outputCount - Int(stream.pointee.avail_out)
    switch status {
    case Z_STREAM_END: try startNextMember()
    case Z_OK: break
    case Z_BUF_ERROR: throw damaged("its compressed data ends early")
    default: throw damaged("its compressed data is damaged: \(reason(status))")
    }
    return produced
  }

  private func startNextMember() throws {
    let rest = file.bytes[position...]
    if rest.isEmpty {
      isFinished = true
    } else if rest.starts(with: [0x1f, 0x8b]), inflateReset(stream) == Z_OK {
      return
    } else {
      throw damaged("\(rest.count) bytes follow its compressed data")
    }
  }

  private func reason(_ status: Int32) -> String {
    stream.pointee.msg.map { String(cString: $0) } ?? "code \(status)"
  }

  private func damaged(_ problem: String) -> DatasetError { .malformed(path: file.path, problem: problem) }
}
