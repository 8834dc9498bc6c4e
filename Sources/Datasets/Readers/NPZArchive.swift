import CZipSystem
import Glibc
import Tensors

/// Arrays that NumPy saved together: a ZIP archive of NPY files.
///
/// Names and sizes come from the central directory, since NumPy writes local headers without them. Nothing is
/// unpacked beyond what an array's own header asks for.
public final class NPZArchive {
  /// Names of the arrays, without `.npy`, in the order of the archive.
  public let names: [String]
  /// The file as a manifest records it.
  public let source: SourceFile
  private let file: FileContent
  private let limits: ReaderLimits
  private let archive: OpaquePointer

  private static let mostEntries = 10_000

  /// Opens an archive.
  ///
  /// - Throws: ``DatasetError`` naming the file and what is wrong with it.
  public convenience init(path: String, limits: ReaderLimits = .standard) throws {
    try self.init(FileContent(path: path, limits: limits), limits: limits)
  }

  init(_ file: FileContent, limits: ReaderLimits = .standard) throws {
    if let refusal = file.refusal(except: [.npz], guesses: false) {
      throw DatasetError.malformed(path: file.path, problem: refusal)
    }
    guard file.bytes.starts(with: Array("PK".utf8)) else {
      throw DatasetError.malformed(path: file.path, problem: file.refusal(except: [.npz]) ?? "it is no NPZ archive")
    }
    self.file = file
    self.limits = limits
    archive = try Self.open(file)
    do {
      names = try Self.arrayNames(archive, file)
    } catch {
      zip_discard(archive)
      throw error
    }
    source = file.source
  }

  deinit { zip_discard(archive) }

  private static func open(_ file: FileContent) throws -> OpaquePointer {
    var failure = zip_error_t()
    zip_error_init(&failure)
    defer { zip_error_fini(&failure) }
    // libzip frees the copy; the array itself may move.
    guard let copy = malloc(max(1, file.bytes.count)) else {
      throw DatasetError.unreadable(path: file.path, reason: "there is no memory for it")
    }
    file.bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    guard let source = zip_source_buffer_create(copy, UInt64(file.bytes.count), 1, &failure) else {
      free(copy)
      throw damaged(file, &failure)
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &failure) else {
      zip_source_free(source)
      throw damaged(file, &failure)
    }
    return archive
  }

  private static func damaged(_ file: FileContent, _ failure: UnsafeMutablePointer<zip_error_t>) -> DatasetError {
    .malformed(path: file.path, problem: "it is a damaged archive: " + String(cString: zip_error_strerror(failure)))
  }

  private static func arrayNames(_ archive: OpaquePointer, _ file: FileContent) throws -> [String] {
    let count = zip_get_num_entries(archive, 0)
    guard count <= mostEntries else {
      throw DatasetError.overLimit(
        path: file.path, what: "the number of entries", got: UInt64(count), limit: UInt64(mostEntries))
    }
    var names: [String] = []
    for index in 0..<UInt64(max(0, count)) {
      guard let raw = zip_get_name(archive, index, 0) else { continue }
      guard let name = String(validatingCString: raw) else {
        throw DatasetError.malformed(path: file.path, problem: "the name of its entry \(index + 1) is not UTF-8")
      }
      guard !name.hasPrefix("/"), !name.contains("\\"), !name.split(separator: "/").contains("..") else {
        throw DatasetError.malformed(path: file.path, problem: "its entry '\(name)' leads out of the archive")
      }
      if name.hasSuffix(".pkl") {
        throw DatasetError.malformed(
          path: file.path,
          problem: "it holds a Python pickle, which is never read, since it can run code; save with numpy.savez")
      }
      if name.hasSuffix(".npy") { names.append(String(name.dropLast(4))) }
    }
    guard !names.isEmpty else { throw DatasetError.malformed(path: file.path, problem: "it holds no array") }
    return names
  }

  /// Reads one array.
  ///
  /// - Throws: ``DatasetError`` for a name that is not there, and for a damaged array.
  public func array(_ name: String) throws -> NPYArray {
    guard names.contains(name) else {
      throw DatasetError.malformed(
        path: file.path, problem: "it has no array '\(name)'; it has \(names.joined(separator: ", "))")
    }
    let entry = try ZipEntry(archive, name + ".npy", path: "\(file.path), \(name)")
    defer { entry.close() }
    // An entry tells its size; deflate packs at most 1,032 to 1.
    let available = min(entry.size, file.bytes.count.multipliedReportingOverflow(by: 1032).partialValue)
    let array = try NPYArray(entry, path: entry.path, available: { available }, limits: limits)
    try entry.expectEnd()
    return array
  }
}

/// One file of an archive, unpacked as it is read.
private final class ZipEntry: ByteSource {
  let path: String
  let size: Int
  private let entry: OpaquePointer

  init(_ archive: OpaquePointer, _ name: String, path: String) throws {
    self.path = path
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat(archive, name, 0, &status) == 0, status.valid & UInt64(ZIP_STAT_SIZE) != 0 else {
      throw DatasetError.malformed(path: path, problem: "its size is not known")
    }
    if status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != 0 {
      throw DatasetError.malformed(path: path, problem: "it is encrypted")
    }
    size = Int(clamping: status.size)
    guard let entry = zip_fopen_index(archive, status.index, 0) else {
      throw DatasetError.malformed(path: path, problem: String(cString: zip_strerror(archive)))
    }
    self.entry = entry
  }

  func close() { zip_fclose(entry) }

  func bytes(_ count: Int, what: String) throws -> [UInt8] {
    var filled = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while filled < count {
        let got = zip_fread(entry, buffer.baseAddress! + filled, UInt64(min(count - filled, 1 << 30)))
        guard got > 0 else { break }
        filled += Int(got)
      }
      initialized = filled
    }
    guard filled == count else {
      throw DatasetError.malformed(
        path: path, problem: "it is damaged or ends early, inside \(what): \(filled) of \(count) bytes are there")
    }
    return bytes
  }

  /// Also makes libzip compare the sum of all bytes.
  func expectEnd() throws {
    var extra: UInt8 = 0
    let got = zip_fread(entry, &extra, 1)
    guard got == 0 else {
      throw DatasetError.malformed(
        path: path, problem: got > 0 ? "it goes on after the end of its data" : "its data is damaged")
    }
  }
}
