import Glibc
import Tensors

/// A file that data came from, as a manifest records it.
public struct SourceFile: Equatable, Sendable {
  public let path: String
  public let byteCount: Int
  /// SHA-256 of the file as it lies on disk, in hexadecimal.
  public let hash: String
}

/// All bytes of a file, read once.
public struct FileContent: Sendable {
  public let path: String
  public let bytes: [UInt8]

  /// Reads a regular file.
  ///
  /// Devices and pipes are refused: they can block or never end.
  ///
  /// - Throws: ``DatasetError/unreadable(path:reason:)``, ``DatasetError/overLimit(path:what:got:limit:)``.
  public init(path: String, limits: ReaderLimits = .standard) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw DatasetError.unreadable(path: path, reason: "the path is empty or holds a zero byte")
    }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw DatasetError.unreadable(path: path, reason: Self.systemReason()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw DatasetError.unreadable(path: path, reason: Self.systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DatasetError.unreadable(path: path, reason: "it is not a regular file")
    }
    let size = Int(status.st_size)
    guard size <= limits.fileBytes else {
      throw DatasetError.overLimit(
        path: path, what: "the file's size", got: UInt64(size), limit: UInt64(limits.fileBytes))
    }
    self.path = path
    bytes = try Self.readAll(file, size, path)
  }

  /// Wraps bytes that are already in memory; `path` names them in messages.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Whether a path leads to something that can be read.
  static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// Says what the file is where it is none of a reader's own formats; nil where nobody knows it.
  func refusal(except own: Set<FileSignature.Known>, guesses: Bool = true) -> String? {
    let start = ByteReader.start(of: self, unpacks: own.contains(.gzip))
    return FileSignature.refusal(start, path: path, except: own, guesses: guesses)
  }

  /// What a manifest records of this file.
  public var source: SourceFile { SourceFile(path: path, byteCount: bytes.count, hash: SHA256.hex(bytes)) }

  private static func readAll(_ file: Int32, _ size: Int, _ path: String) throws -> [UInt8] {
    var failure: DatasetError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let got = read(file, buffer.baseAddress! + filled, size - filled)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = .unreadable(path: path, reason: systemReason()) }
        guard got > 0 else { break }
        filled += got
      }
    }
    if let failure { throw failure }
    guard bytes.count == size else { throw DatasetError.malformed(path: path, problem: "it shrank while being read") }
    return bytes
  }

  private static func systemReason() -> String { String(cString: strerror(errno)) }
}
