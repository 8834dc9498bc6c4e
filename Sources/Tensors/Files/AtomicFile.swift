import Glibc

/// Writes files that are either wholly there or not at all, whatever interrupts the writing.
///
/// The bytes go to a draft in the same folder, reach the disk, and only then take the file's name. A reader, a crash or
/// a `kill -9` at any moment finds the old file or the new one. A draft that a killed process left is taken over.
/// Only regular files are replaced: a device or a pipe under that name stays what it is.
public final class AtomicFile {
  private let path: String
  private let draft: String
  private let descriptor: Int32
  private var isPublished = false

  /// Replaces a file by what `body` writes, in one process of those that share their files.
  ///
  /// - Parameters:
  ///   - path: The file; a symbolic link is followed. Its folder must exist.
  ///   - body: Writes the content. Where it throws, the old file stays.
  /// - Throws: ``FileError/unwritable(path:reason:)``, and what `body` throws.
  public static func replace(_ path: String, _ body: (AtomicFile) throws -> Void) throws {
    try FileSharing.write(path) { try replaceAlone(path, body) }
  }

  /// The same for a file that each process writes for itself, when it happens to.
  public static func replaceAlone(_ path: String, _ body: (AtomicFile) throws -> Void) throws {
    let file = try AtomicFile(path)
    try body(file)
    try file.publish()
  }

  /// Replaces a file by some bytes.
  public static func replace(_ path: String, bytes: [UInt8]) throws {
    try replace(path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
  }

  /// The same with some bytes.
  public static func replaceAlone(_ path: String, bytes: [UInt8]) throws {
    try replaceAlone(path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
  }

  /// Adds bytes at the end.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var start = 0
    while start < bytes.count {
      // Linux writes at most 2 GB a call.
      let count = Glibc.write(descriptor, bytes.baseAddress! + start, min(bytes.count - start, 1 << 30))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      start += count
    }
  }

  private init(_ path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError.unwritable(path: path, reason: "the path is empty or holds a zero byte")
    }
    self.path = try Self.resolved(path)
    let (folder, name) = Self.parts(self.path)
    draft = "\(folder)/.\(name).draft"
    descriptor = try Self.openDraft(draft, for: path)
  }

  deinit {
    if !isPublished { unlink(draft) }
    close(descriptor)
  }

  private func publish() throws {
    guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw failure() }
    isPublished = true
    // The new name itself must reach the disk too; some file systems cannot do that, and need not.
    let folder = open(Self.parts(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Opens a draft that this process alone writes: whoever holds its lock is alive, so an unlocked one is a leftover.
  private static func openDraft(_ draft: String, for path: String) throws -> Int32 {
    for _ in 0..<100 {
      let file = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
      guard file >= 0 else { break }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        close(file)
        throw FileError.unwritable(path: path, reason: "another process is writing it")
      }
      // Between opening and locking, its former owner may have published or removed it.
      var opened = stat()
      var named = stat()
      if fstat(file, &opened) == 0, stat(draft, &named) == 0, opened.st_ino == named.st_ino {
        guard opened.st_mode & S_IFMT == S_IFREG, ftruncate(file, 0) == 0 else {
          close(file)
          throw FileError.unwritable(path: path, reason: "its draft \(draft) is no regular file")
        }
        return file
      }
      close(file)
    }
    throw FileError.unwritable(path: path, reason: systemReason())
  }

  private func failure() -> FileError { .unwritable(path: path, reason: systemReason()) }

  /// Follows links, and refuses what a file must not take the place of.
  private static func resolved(_ path: String) throws -> String {
    var status = stat()
    // A name that is not there yet; the draft says what is wrong with its folder.
    guard lstat(path, &status) == 0 else { return path }
    guard let real = realpath(path, nil) else {
      throw FileError.unwritable(path: path, reason: "it is a link that leads nowhere: \(systemReason())")
    }
    defer { free(real) }
    guard stat(real, &status) == 0 else { throw FileError.unwritable(path: path, reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError.unwritable(
        path: path, reason: "it is \(FileKind.name(status.st_mode)); only a regular file is replaced")
    }
    guard let text = String(validatingCString: real) else {
      throw FileError.unwritable(path: path, reason: "it is a link to a name that is not UTF-8")
    }
    return text
  }

  private static func parts(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    return (slash == path.startIndex ? "" : String(path[..<slash]), path[path.index(after: slash)...])
  }
}

/// The system's words for the last failed call.
func systemReason() -> String { String(cString: strerror(errno)) }

/// What may stand under a name besides a regular file.
public enum FileKind {
  /// Names a kind in words: `a folder`, `a device`.
  ///
  /// - Parameter mode: As `stat` tells it.
  public static func name(_ mode: UInt32) -> String {
    switch mode & S_IFMT {
    case S_IFREG: "a file"
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "no regular file"
    }
  }
}
