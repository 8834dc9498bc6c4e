import Tensors

/// One message between processes that work on the same run: what it is, what it belongs to, and a body.
///
/// Reading holds everything against what is expected here. A frame that was cut, damaged, sent twice or meant for another
/// run is refused before its body is looked at.
public struct Frame: Sendable {
  /// What a frame is.
  public enum Kind: UInt8, Sendable {
    /// Who takes part, and with what.
    case hello = 1
    /// Work, and what came out of it.
    case job, results
    /// A file was written, or could not be.
    case file
    /// Why the sender cannot go on.
    case failure
    /// The sender is done.
    case end
  }

  /// What it is.
  public let kind: Kind
  /// What this belongs to: a run, or one job of it.
  public let subject: UInt64
  /// Counts what was sent before, so that nothing is taken twice.
  public let number: Int
  /// What it carries.
  public let body: ArraySlice<UInt8>

  /// Makes a frame to send.
  public init(_ kind: Kind, of subject: UInt64, number: Int, body: [UInt8]) {
    (self.kind, self.subject, self.number, self.body) = (kind, subject, number, body[...])
  }

  private static let letters: [UInt8] = Array("FLFR".utf8)
  private static let version: UInt8 = 1
  /// Letters, version, kind, subject, number, checksum and length.
  public static let headerSize = 38
  /// Longest body: more than any message of a run has.
  public static let longest = 1 << 40

  /// The frame as it crosses.
  public var bytes: [UInt8] { Self.bytes(kind, of: subject, number: number, parts: [body]) }

  /// A frame as it crosses, whose body is that of all parts one behind the other.
  static func bytes(_ kind: Kind, of subject: UInt64, number: Int, parts: [ArraySlice<UInt8>]) -> [UInt8] {
    let count = parts.reduce(0) { $0 + $1.count }
    var writer = WireWriter(reserving: headerSize + count)
    for letter in letters { writer.write(letter) }
    writer.write(version)
    writer.write(kind.rawValue)
    writer.write(Int(bitPattern: UInt(subject)))
    writer.write(number)
    let checksumPlace = writer.bytes.count
    writer.write(0)
    writer.write(count)
    for part in parts { writer.write(raw: part) }
    let sum = checksum(of: writer.bytes[headerSize...], subject, number)
    writer.replace(at: checksumPlace, by: Int(bitPattern: UInt(sum)))
    return writer.bytes
  }

  private static func checksum(of body: ArraySlice<UInt8>, _ subject: UInt64, _ number: Int) -> UInt64 {
    body.withUnsafeBytes { Checksum.of($0, after: subject &+ UInt64(bitPattern: Int64(number))) }
  }

  /// Reads a whole frame.
  ///
  /// - Throws: ``WireError`` for what is none.
  public init(_ bytes: some WireBytes) throws {
    var reader = WireReader(bytes)
    for letter in Self.letters where try reader.byte() != letter {
      throw reader.fail("it does not begin as one of ours")
    }
    let version = try reader.byte()
    guard version == Self.version else {
      throw reader.fail("it is of version \(version), this program reads \(Self.version)")
    }
    guard let kind = Kind(rawValue: try reader.byte()) else { throw reader.fail("there is no such kind") }
    subject = UInt64(UInt(bitPattern: try reader.int()))
    number = try reader.int()
    let checksum = UInt64(UInt(bitPattern: try reader.int())), count = try reader.int()
    guard count >= 0, count <= Self.longest else { throw reader.fail("a length of \(count) is not allowed") }
    guard count == reader.left else {
      throw reader.fail(count > reader.left ? "it was cut" : "\(reader.left - count) bytes are left over")
    }
    body = try reader.raw(count)
    self.kind = kind
    guard Self.checksum(of: body, subject, number) == checksum else {
      throw reader.fail("its checksum is wrong, so it was damaged")
    }
  }

  /// Reads a frame that must be of a subject and a number, as the next one from its sender is.
  public init(_ bytes: some WireBytes, of subject: UInt64, number: Int) throws {
    try self.init(bytes)
    func refused(_ problem: String) -> WireError { WireError(position: 0, problem: problem) }
    guard self.subject == subject else { throw refused("it belongs to another run") }
    guard self.number == number else {
      throw refused(
        self.number < number ? "it was sent before, as number \(self.number)" : "messages before it were lost")
    }
  }
}
