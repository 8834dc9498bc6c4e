import Tensors

/// An array from a file in IDX format, the one that MNIST and its kin come in.
///
/// Layout: two zero bytes, a type, a rank, one big-endian size per axis, then the values, big-endian, last axis
/// fastest. The file may be packed with gzip.
///
/// - Source: <http://yann.lecun.com/exdb/mnist/>, "the IDX file format".
struct IDXArray {
  enum ElementKind: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0b
    case int32 = 0x0c
    case float32 = 0x0d
    case float64 = 0x0e

    var byteCount: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }
  }

  let kind: ElementKind
  let sizes: [Int]
  /// Entries of the first axis in the file, also where fewer were taken.
  let wholeCount: Int
  /// Values as they lie in the file.
  let bytes: [UInt8]
  let source: SourceFile

  /// Reads and checks a file.
  ///
  /// - Parameter most: Entries of the first axis to take; what is behind them is not unpacked. Nil takes all.
  /// - Throws: ``DatasetError`` naming the file and what is wrong with it.
  init(path: String, limits: ReaderLimits = .standard, most: Int? = nil) throws {
    try self.init(FileContent(path: path, limits: limits), limits: limits, most: most)
  }

  init(_ file: FileContent, limits: ReaderLimits = .standard, most: Int? = nil) throws {
    if let refusal = file.refusal(except: [.idx, .gzip], guesses: false) {
      throw DatasetError.malformed(path: file.path, problem: refusal)
    }
    let reader = try ByteReader(file)
    let magic = try reader.bytes(4, what: "the header")
    guard magic[0] == 0, magic[1] == 0, let kind = ElementKind(rawValue: magic[2]) else {
      let seen = magic.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
      throw DatasetError.malformed(path: file.path, problem: "it is no IDX file, it starts with \(seen)")
    }
    let rank = Int(magic[3])
    guard (1...8).contains(rank) else {
      throw DatasetError.malformed(path: file.path, problem: "it has \(rank) axes; 1 to 8 are allowed")
    }
    let header = try reader.bytes(4 * rank, what: "the header")
    let claimed = (0..<rank).map { axis in (0..<4).reduce(0) { $0 << 8 | Int(header[4 * axis + $1]) } }
    let byteCount = try Self.byteCount(claimed, kind, reader, limits)
    let taken = min(claimed[0], most ?? claimed[0])
    sizes = [taken] + claimed.dropFirst()
    wholeCount = claimed[0]
    bytes = try reader.bytes(claimed[0] == 0 ? 0 : byteCount / claimed[0] * taken, what: "the data")
    if taken == claimed[0] { try reader.expectEnd() }
    self.kind = kind
    source = file.source
  }

  /// Checks what a header claims before anything is allocated for it.
  private static func byteCount(
    _ sizes: [Int], _ kind: ElementKind, _ reader: ByteReader, _ limits: ReaderLimits
  ) throws -> Int {
    var total = kind.byteCount
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow, product <= limits.decodedBytes else {
        throw DatasetError.malformed(
          path: reader.file.path,
          problem: "its header claims sizes \(sizes), more than the \(limits.decodedBytes) bytes allowed")
      }
      total = product
    }
    guard total <= reader.mostRemaining else {
      throw DatasetError.malformed(
        path: reader.file.path,
        problem: "its header claims sizes \(sizes), \(total) bytes, but the file can hold at most "
          + "\(reader.mostRemaining)")
    }
    return total
  }

  /// Values as whole numbers.
  ///
  /// - Throws: ``DatasetError/malformed(path:problem:)`` for floating-point values.
  func integers() throws -> [Int] {
    let count = bytes.count / kind.byteCount
    return try bytes.withUnsafeBytes { raw in
      switch kind {
      case .uint8: (0..<count).map { Int(raw[$0]) }
      case .int8: (0..<count).map { Int(Int8(bitPattern: raw[$0])) }
      case .int16: (0..<count).map { Int(Int16(bigEndian: raw.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self))) }
      case .int32: (0..<count).map { Int(Int32(bigEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))) }
      case .float32, .float64:
        throw DatasetError.malformed(path: source.path, problem: "it holds \(kind) values; labels are whole numbers")
      }
    }
  }
}
