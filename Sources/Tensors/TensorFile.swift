import Glibc

/// Named tensors in a file, in the safetensors format that PyTorch and NumPy users read too.
///
/// Layout: the header's length (8 bytes, little-endian), a JSON header, then the numbers of each tensor in row-major
/// order. As strict as the format's own library: holes, overlaps, trailing bytes, overflowing shapes, unknown types
/// and repeated names are refused before anything is allocated for them.
///
/// - Source: <https://github.com/huggingface/safetensors>, "Format".
public enum TensorFile {
  /// Writes tensors to a file, replacing it at one stroke.
  ///
  /// - Parameters:
  ///   - tensors: In logical row-major order, whatever their memory order. Wider types come first in the file.
  ///   - metadata: Texts to keep with them.
  ///   - halves: Names of float32 tensors that are written in half precision; numbers beyond it become infinite.
  ///   - path: Ends in `.safetensors` by custom.
  /// - Throws: ``FileError``; the old file, if there was one, then stays.
  public static func save(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], halves: Set<String> = [],
    to path: String
  ) throws {
    func stored(_ name: String, _ tensor: Tensor) -> StoredType {
      halves.contains(name) && tensor.elementType == .float32 ? .half : tensor.elementType.stored
    }
    var names = Set<String>()
    for (name, _) in tensors {
      guard name != TensorFileHeader.metadataName else { throw FileError.reservedName(op: "save", name: name) }
      guard names.insert(name).inserted else { throw FileError.duplicateName(op: "save", name: name) }
    }
    // Falling widths keep every tensor aligned; a stable order keeps equal content equal in its bytes.
    let ordered = tensors.enumerated().sorted { first, second in
      let widths = (
        stored(first.element.name, first.element.tensor).byteCount,
        stored(second.element.name, second.element.tensor).byteCount
      )
      return widths.0 != widths.1 ? widths.0 > widths.1 : first.offset < second.offset
    }.map(\.element)
    let header = TensorFileHeader.encoded(
      ordered.map { ($0.name, stored($0.name, $0.tensor), $0.tensor.shape) }, metadata)
    guard header.count - 8 <= TensorFileHeader.mostBytes else {
      throw FileError.unwritable(path: path, reason: "its header of \(header.count - 8) bytes is too long")
    }
    try AtomicFile.replace(path) { file in
      try header.withUnsafeBytes { try file.write($0) }
      for (name, tensor) in ordered { try write(tensor, stored(name, tensor), to: file) }
    }
  }

  /// Reads all tensors of a file, in the order in which they lie there, and its texts.
  ///
  /// - Throws: ``FileError/unreadable(path:reason:)``, ``FileError/malformed(path:problem:)``.
  public static func load(_ path: String) throws -> (
    tensors: [(name: String, tensor: Tensor)], metadata: [String: String]
  ) {
    let file = try InputFile(path)
    let (header, start) = try readHeader(file)
    let tensors = try header.entries.map { (name: $0.name, tensor: try read($0, file, start)) }
    return (tensors, header.metadata)
  }

  /// Reads the numbers of one tensor.
  private static func read(_ entry: TensorFileHeader.Entry, _ file: InputFile, _ start: Int) throws -> Tensor {
    let tensor: Tensor
    do { tensor = try Tensor.uninitialized(entry.shape, entry.type.elementType, op: "load") } catch let error
      as TensorError
    {
      // What a file claims is the file's fault, not the caller's.
      throw FileError.malformed(path: file.path, problem: "its tensor '\(entry.name)' cannot be held: \(error)")
    }
    let position = start + entry.bytes.lowerBound
    guard entry.type.isPlain else {
      let bytes = try file.bytes(entry.bytes.count, at: position)
      if !bytes.isEmpty { bytes.withUnsafeBytes { entry.type.widen($0, into: tensor.storage.base) } }
      return tensor
    }
    try file.read(UnsafeMutableRawBufferPointer(start: tensor.storage.base, count: entry.bytes.count), at: position)
    return tensor
  }

  /// Reads the names, types and shapes of a file's tensors, and its texts, without its numbers.
  ///
  /// - Throws: ``FileError/unreadable(path:reason:)``, ``FileError/malformed(path:problem:)``.
  public static func describe(_ path: String) throws -> (
    tensors: [(name: String, elementType: ElementType, shape: Shape)], metadata: [String: String]
  ) {
    let (header, _) = try readHeader(try InputFile(path))
    return (header.entries.map { ($0.name, $0.type.elementType, $0.shape) }, header.metadata)
  }

  private static func write(_ tensor: Tensor, _ type: StoredType, to file: AtomicFile) throws {
    let row = tensor.detach().contiguous()
    if type == .half {
      let bits = row.withFloats { floats in (0..<row.count).map { HalfPrecision.bits(floats[$0]) } }
      return try bits.withUnsafeBytes { try file.write($0) }
    }
    let first = row.storage.base + row.offset * row.elementType.byteCount
    try withExtendedLifetime(row) {
      try file.write(UnsafeRawBufferPointer(start: first, count: row.count * row.elementType.byteCount))
    }
  }

  /// Returns the header and the position of the data after it.
  private static func readHeader(_ file: InputFile) throws -> (TensorFileHeader, Int) {
    let first = try file.bytes(min(file.byteCount, FileSignature.looksAt), at: 0)
    if let foreign = FileSignature.refusal(first, path: file.path, except: [.safetensors]) {
      throw FileError.malformed(path: file.path, problem: foreign)
    }
    guard file.byteCount >= 8 else {
      throw FileError.malformed(path: file.path, problem: "its \(file.byteCount) bytes are too few for a header")
    }
    let length = try file.bytes(8, at: 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let text = String(validating: first.prefix(8), as: UTF8.self), length > UInt64(TensorFileHeader.mostBytes),
      text.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
    {
      throw FileError.malformed(path: file.path, problem: "it is no safetensors file but a text, '\(text)…'")
    }
    guard length <= UInt64(TensorFileHeader.mostBytes) else {
      throw FileError.malformed(
        path: file.path,
        problem: "its header claims \(length) bytes; at most \(TensorFileHeader.mostBytes) are allowed")
    }
    let end = 8 + Int(length)
    guard end <= file.byteCount else {
      throw FileError.malformed(
        path: file.path, problem: "its header claims \(length) bytes, but \(file.byteCount - 8) follow")
    }
    do {
      return (try TensorFileHeader(try file.bytes(Int(length), at: 8), dataBytes: file.byteCount - end), end)
    } catch let failure as HeaderScanner.Failure {
      throw FileError.malformed(
        path: file.path, problem: "its header is wrong at byte \(failure.byte): \(failure.problem)")
    }
  }
}

/// A regular file open for reading at any position.
private final class InputFile {
  let path: String
  let byteCount: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    guard !path.utf8.contains(0) else { throw FileError.unreadable(path: path, reason: "the path holds a zero byte") }
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError.unreadable(path: path, reason: systemReason()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError.unreadable(path: path, reason: "it is not a regular file")
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  func bytes(_ count: Int, at position: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read($0, at: position) }
    return bytes
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at position: Int) throws {
    var filled = 0
    while filled < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + filled, buffer.count - filled, position + filled)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileError.unreadable(path: path, reason: systemReason()) }
      guard count > 0 else { throw FileError.malformed(path: path, problem: "it shrank while being read") }
      filled += count
    }
  }
}
