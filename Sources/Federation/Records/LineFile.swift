import Glibc
import Tensors

/// A file that grows by whole lines: a line that did not fit is not there at all.
struct LineFile {
  let path: String

  /// Its text; empty where there is none.
  var text: String { (try? String(contentsOf: path)) ?? "" }

  /// Replaces it by some lines.
  func replace(_ lines: [String]) throws {
    try AtomicFile.replace(path, bytes: Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Adds lines at the end.
  ///
  /// - Throws: ``FileError/unwritable(path:reason:)``; the file is as it was before.
  func append(_ lines: [String]) throws {
    guard FileSharing.isWriterHere else { return }
    // A pipe under that name would make the opening wait for a reader.
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError.unwritable(path: path, reason: "it is \(FileKind.name(status.st_mode))")
    }
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + start, $0.count - start) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = failure()
        ftruncate(file, status.st_size)
        throw error
      }
      start += count
    }
  }

  private func failure() -> FileError { .unwritable(path: path, reason: String(cString: strerror(errno))) }
}

extension String {
  /// The text of a regular file.
  fileprivate init(contentsOf path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, let file = fopen(path, "rb") else {
      self = ""
      return
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = fread(&bytes, 1, bytes.count, file)
    self = String(validating: bytes.prefix(count), as: UTF8.self) ?? ""
  }
}
