public import Tensors

/// Writes numbers, texts and tensors one after another as bytes, little-endian.
public struct WireWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Begins without bytes.
  ///
  /// - Parameter count: Bytes that will be written, as far as that is known.
  public init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

  /// Writes one byte.
  public mutating func write(_ value: UInt8) { bytes.append(value) }

  /// Bytes as they are; the reader must know how many.
  mutating func write(raw: ArraySlice<UInt8>) { bytes += raw }

  /// Writes eight bytes in the place of others.
  mutating func replace(at position: Int, by value: Int) {
    bytes.withUnsafeMutableBytes {
      $0.storeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian, toByteOffset: position, as: UInt64.self)
    }
  }

  /// How many bytes there are, and the bytes.
  public mutating func write(block: [UInt8]) {
    write(block.count)
    bytes += block
  }

  /// Writes eight bytes.
  public mutating func write(_ value: Int) { write(fixed: UInt64(bitPattern: Int64(value))) }

  /// Writes the bits of a number.
  public mutating func write(_ value: Double) { write(fixed: value.bitPattern) }

  /// Writes a byte, 0 or 1.
  public mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  /// Writes a text in UTF-8.
  public mutating func write(_ text: String) { write(block: Array(text.utf8)) }

  /// Element type, axes, and the values row by row.
  public mutating func write(_ tensor: Tensor) {
    write(UInt8(ElementType.allCases.firstIndex(of: tensor.elementType) ?? 0))
    write(tensor.shape.count)
    for size in tensor.shape { write(size) }
    let dense = tensor.contiguous()
    // A large one would make an array double again and again, and move each time.
    if dense.byteCount > 1 << 16 { bytes.reserveCapacity(bytes.count + dense.byteCount + 256) }
    withExtendedLifetime(dense) {
      let start = dense.storage.base + dense.offset * dense.elementType.byteCount
      bytes += UnsafeRawBufferPointer(start: start, count: dense.byteCount)
    }
  }

  /// Whether there is a value, and the value.
  public mutating func write<Value>(_ value: Value?, _ body: (inout WireWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }

  /// How many there are, and each.
  public mutating func write<Element>(each elements: [Element], _ body: (inout WireWriter, Element) -> Void) {
    write(elements.count)
    for element in elements { body(&self, element) }
  }

  private mutating func write(fixed value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}

/// Why bytes are no message of ours.
public struct WireError: Error, Equatable, CustomStringConvertible {
  /// Position of the first byte that does not fit.
  public let position: Int
  public let problem: String

  public var description: String { "message: \(problem) at byte \(position); bytes written by this version are needed" }
}

/// Bytes to read: an array, or a part of one that is not copied.
public protocol WireBytes {
  var wireBytes: ArraySlice<UInt8> { get }
}

extension Array<UInt8>: WireBytes {
  public var wireBytes: ArraySlice<UInt8> { self[...] }
}

extension ArraySlice<UInt8>: WireBytes {
  public var wireBytes: ArraySlice<UInt8> { self }
}

/// Reads what ``WireWriter`` wrote, and trusts nothing: each length is held against the bytes that are left before
/// memory is taken for it.
public struct WireReader {
  private let bytes: ArraySlice<UInt8>
  /// Bytes that were read.
  public private(set) var position = 0

  /// Begins with the first byte.
  public init(_ bytes: some WireBytes) { self.bytes = bytes.wireBytes }

  /// Bytes that were not read yet.
  public var left: Int { bytes.count - position }

  /// What is wrong at the place that was read last.
  public func fail(_ problem: String) -> WireError { WireError(position: position, problem: problem) }

  /// Reads one byte; like all below, it reads what `write` of the same type wrote, or throws.
  public mutating func byte() throws -> UInt8 {
    guard left >= 1 else { throw fail("it ends too early") }
    defer { position += 1 }
    return bytes[bytes.startIndex + position]
  }

  /// The next bytes as they are, not copied.
  mutating func raw(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else { throw fail("it ends too early") }
    defer { position += count }
    return bytes.dropFirst(position).prefix(count)
  }

  /// What ``WireWriter/write(block:)`` wrote, not copied.
  public mutating func block() throws -> ArraySlice<UInt8> { try raw(length(elementBytes: 1)) }

  /// Reads eight bytes.
  public mutating func int() throws -> Int {
    guard let value = Int(exactly: Int64(bitPattern: try fixed())) else { throw fail("a number is too large") }
    return value
  }

  /// Reads a number.
  public mutating func double() throws -> Double { Double(bitPattern: try fixed()) }

  /// Reads a flag.
  public mutating func flag() throws -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw fail("a flag is neither 0 nor 1")
    }
  }

  /// Reads a text.
  public mutating func text() throws -> String {
    let start = position
    guard let text = String(validating: try block(), as: UTF8.self) else {
      position = start
      throw fail("a text is not UTF-8")
    }
    return text
  }

  /// Reads a tensor, in memory of its own.
  public mutating func tensor() throws -> Tensor {
    let code = Int(try byte())
    guard ElementType.allCases.indices.contains(code) else { throw fail("there is no element type \(code)") }
    let elementType = ElementType.allCases[code]
    // Strides are products of sizes, and of an empty tensor too they must be numbers.
    var shape: [Int] = [], span = 1
    for _ in 0..<(try length(elementBytes: 8)) {
      let size = try int()
      let (product, overflows) = span.multipliedReportingOverflow(by: max(1, size))
      guard size >= 0, !overflows else { throw fail("a tensor has an axis of \(size)") }
      shape.append(size)
      span = product
    }
    let count = shape.contains(0) ? 0 : span
    guard count <= left / elementType.byteCount else { throw fail("a tensor is longer than the message") }
    let tensor = try Tensor.uninitialized(shape, elementType, op: "message")
    let size = count * elementType.byteCount
    bytes.withUnsafeBytes { source in
      guard size > 0, let start = source.baseAddress else { return }
      tensor.storage.base.copyMemory(from: start + position, byteCount: size)
    }
    position += size
    return tensor
  }

  /// Reads a value that may be missing.
  public mutating func optional<Value>(_ body: (inout WireReader) throws -> Value) throws -> Value? {
    try flag() ? try body(&self) : nil
  }

  /// Reads a list.
  public mutating func each<Element>(_ body: (inout WireReader) throws -> Element) throws -> [Element] {
    // Each element takes a byte or more, so a count beyond the bytes that are left is a lie.
    let count = try length(elementBytes: 1)
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  private mutating func length(elementBytes: Int) throws -> Int {
    let count = try int()
    guard count >= 0, count <= left / elementBytes else { throw fail("a length of \(count) is too large") }
    return count
  }

  private mutating func fixed() throws -> UInt64 {
    guard left >= 8 else { throw fail("it ends too early") }
    defer { position += 8 }
    return bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self)) }
  }
}
