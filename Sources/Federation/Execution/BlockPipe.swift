import Glibc

/// Lists of blocks of bytes through two file descriptors, as to a program that started this one.
///
/// A list is its count, then the length and the bytes of each block; all numbers are 8 bytes, little-endian.
public final class BlockPipe: @unchecked Sendable {  // used by one thread at a time
  private let input: Int32, output: Int32
  private let longest: Int

  /// - Parameter longest: Most bytes of a list that is read.
  public init(input: Int32, output: Int32, longest: Int = 1 << 40) {
    (self.input, self.output, self.longest) = (input, output, longest)
  }

  /// Writes a list.
  public func write(_ blocks: [[UInt8]]) throws {
    try write(number: blocks.count)
    for block in blocks {
      try write(number: block.count)
      try write(bytes: block)
    }
  }

  /// Reads a list; nil where the other side has closed the pipe between two lists.
  ///
  /// - Throws: ``WireError`` for what is no list.
  public func read() throws -> [[UInt8]]? {
    guard let header = try read(8, isStart: true) else { return nil }
    let count = number(header)
    guard (0...1 << 24).contains(count) else { throw fail("a list of \(count) blocks is not allowed") }
    var left = longest, blocks: [[UInt8]] = []
    for _ in 0..<count {
      let length = number(try read(8) ?? [])
      guard length >= 0, length <= left else { throw fail("a block of \(length) bytes is not allowed") }
      left -= length
      blocks.append(try read(length) ?? [])
    }
    return blocks
  }

  private func fail(_ problem: String) -> WireError { WireError(position: 0, problem: problem) }

  private func number(_ bytes: [UInt8]) -> Int {
    bytes.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
  }

  private func write(number: Int) throws {
    try write(bytes: (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
  }

  private func write(bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress! + start, min($0.count - start, 1 << 30)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw fail("the other side does not read any more") }
      start += count
    }
  }

  /// Reads exactly so many bytes. Memory grows with what has come, whatever length was announced.
  private func read(_ count: Int, isStart: Bool = false) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let room = min(count - bytes.count, max(1 << 20, bytes.count))
      var part = [UInt8](repeating: 0, count: room)
      let got = part.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, room) }
      if got < 0 && errno == EINTR { continue }
      if got == 0, isStart, bytes.isEmpty { return nil }
      guard got > 0 else { throw fail("the other side closed the pipe within a message") }
      bytes += part[..<got]
    }
    return bytes
  }
}
