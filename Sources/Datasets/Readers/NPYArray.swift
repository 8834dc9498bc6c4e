public import Tensors

/// An array that NumPy saved, as one file or inside an archive.
public struct NPYArray: Sendable {
  /// Sizes along each axis; `[]` is a single number.
  public let shape: [Int]
  let header: NPYHeader
  /// Elements as they lie in the file.
  let bytes: [UInt8]
  let path: String

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let longestHeader = 1 << 16

  /// Reads and checks a file.
  ///
  /// - Throws: ``DatasetError`` naming the file and what is wrong with it.
  public init(path: String, limits: ReaderLimits = .standard) throws {
    try self.init(FileContent(path: path, limits: limits), limits: limits)
  }

  init(_ file: FileContent, limits: ReaderLimits = .standard) throws {
    let reader = try ByteReader(file)
    try self.init(reader, path: file.path, available: { reader.mostRemaining }, limits: limits) {
      file.refusal(except: [.npy, .gzip])
    }
    try reader.expectEnd()
  }

  /// Reads an array from a source of bytes.
  ///
  /// - Parameters:
  ///   - available: Upper bound of the bytes that can come, asked for after the header.
  ///   - refusal: Says what a file is that is no array.
  init(
    _ reader: some ByteSource, path: String, available: () -> Int, limits: ReaderLimits,
    refusal: () -> String? = { nil }
  ) throws {
    let start: [UInt8]
    do { start = try reader.bytes(8, what: "the header") } catch {
      if let refusal = refusal() { throw DatasetError.malformed(path: path, problem: refusal) }
      throw error
    }
    guard start.starts(with: Self.magic) else {
      throw DatasetError.malformed(path: path, problem: refusal() ?? "it is no NPY file")
    }
    header = try Self.readHeader(reader, version: start[6], path: path)
    shape = header.shape
    self.path = path
    let count = try Self.byteCount(header, available: available(), path: path, limits)
    bytes = try reader.bytes(count, what: "the data")
  }

  private static func readHeader(_ reader: some ByteSource, version: UInt8, path: String) throws -> NPYHeader {
    guard (1...3).contains(version) else {
      throw DatasetError.malformed(path: path, problem: "its NPY version \(version) is unknown; 1 to 3 are read")
    }
    let lengthBytes = try reader.bytes(version == 1 ? 2 : 4, what: "the header")
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= longestHeader else {
      throw DatasetError.malformed(
        path: path, problem: "its NPY header of \(length) bytes is too long; at most \(longestHeader) are read")
    }
    return try NPYHeader(try reader.bytes(length, what: "the header"), path: path)
  }

  /// Checks what a header claims before anything is allocated for it.
  private static func byteCount(
    _ header: NPYHeader, available: Int, path: String, _ limits: ReaderLimits
  ) throws -> Int {
    var total = header.elementBytes
    // A size of 0 must not hide an overflow of the others.
    for size in header.shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, product <= limits.decodedBytes else {
        throw DatasetError.malformed(
          path: path,
          problem: "its header claims shape \(header.shape), more than the \(limits.decodedBytes) bytes allowed")
      }
      total = product
    }
    if header.shape.contains(0) { total = 0 }
    guard total <= available else {
      throw DatasetError.malformed(
        path: path,
        problem: "its header claims shape \(header.shape), \(total) bytes, but the file can hold at most \(available)")
    }
    return total
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Whether the elements are bytes, as pixels are.
  public var isBytes: Bool { header.type == "u1" }

  /// Whether the elements are whole numbers.
  public var isInteger: Bool { !header.type.hasPrefix("f") }

  /// Elements in row-major order.
  ///
  /// - Throws: ``DatasetError/malformed(path:problem:)`` for floats with a fraction, and for numbers beyond 64 bits.
  public func integers() throws -> [Int] {
    let values = NumberDecoding.integers(bytes, type: header.type, isBigEndian: header.isBigEndian)
    if let place = values.firstIndex(of: nil) {
      let value = NumberDecoding.doubles(bytes, type: header.type, isBigEndian: header.isBigEndian)[place]
      throw DatasetError.malformed(path: path, problem: "it holds \(value); whole numbers of 64 bits are needed")
    }
    return rowMajor(values.compactMap(\.self))
  }

  /// Elements in row-major order.
  public func floats() -> [Float] {
    rowMajor(NumberDecoding.floats(bytes, type: header.type, isBigEndian: header.isBigEndian))
  }

  /// Elements in row-major order, of an array of bytes.
  func orderedBytes() -> [UInt8] { rowMajor(bytes) }

  /// Turns first axis fastest into last axis fastest.
  private func rowMajor<Element>(_ values: [Element]) -> [Element] {
    guard header.isFortranOrder, shape.count > 1, !values.isEmpty else { return values }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    return values.indices.map { _ in
      let value = values[source]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= index[axis] * strides[axis]
        index[axis] = 0
      }
      return value
    }
  }

  /// The array as a tensor: uint8 for bytes, int64 for other whole numbers, float64 for doubles, else float32.
  public func tensor() throws -> Tensor {
    if isBytes || header.type == "b1" { return Tensor(bytes: orderedBytes(), shape: shape) }
    if isInteger { return Tensor(labels: try integers(), shape: shape) }
    if header.type == "f8" {
      return Tensor(
        rowMajor(NumberDecoding.doubles(bytes, type: header.type, isBigEndian: header.isBigEndian)), shape: shape)
    }
    return Tensor(floats(), shape: shape)
  }
}
