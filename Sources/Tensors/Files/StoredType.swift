/// How a safetensors file keeps the numbers of one tensor: the types of ``ElementType`` and narrower ones, which are
/// widened as they are read, without loss.
enum StoredType: String, CaseIterable {
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case uint8 = "U8"
  case half = "F16"
  case brainFloat = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case int16 = "I16"
  case uint16 = "U16"
  case int8 = "I8"
  case boolean = "BOOL"

  /// Bytes of one number in the file.
  var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32, .uint32: 4
    case .half, .brainFloat, .int16, .uint16: 2
    case .uint8, .int8, .boolean: 1
    }
  }

  /// What the numbers become: float32 for fractions, int64 for whole numbers, uint8 for bytes and truth values.
  var elementType: ElementType {
    switch self {
    case .float32, .half, .brainFloat: .float32
    case .float64: .float64
    case .int64, .int32, .uint32, .int16, .uint16, .int8: .int64
    case .uint8, .boolean: .uint8
    }
  }

  /// Whether the bytes of the file are the numbers in memory.
  var isPlain: Bool { byteCount == elementType.byteCount && self != .boolean }

  /// Widens numbers into the memory of a tensor of ``elementType``.
  func widen(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
    switch self {
    case .half: Self.convert(bytes, target) { (bits: UInt16) in HalfPrecision.float(bits) }
    case .brainFloat: Self.convert(bytes, target) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .int32: Self.convert(bytes, target) { (bits: UInt32) in Int64(Int32(bitPattern: bits)) }
    case .uint32: Self.convert(bytes, target) { (bits: UInt32) in Int64(bits) }
    case .int16: Self.convert(bytes, target) { (bits: UInt16) in Int64(Int16(bitPattern: bits)) }
    case .uint16: Self.convert(bytes, target) { (bits: UInt16) in Int64(bits) }
    case .int8: Self.convert(bytes, target) { (bits: UInt8) in Int64(Int8(bitPattern: bits)) }
    case .boolean: Self.convert(bytes, target) { (bits: UInt8) in UInt8(bits == 0 ? 0 : 1) }
    case .float32, .float64, .int64, .uint8:
      target.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
    }
  }

  @inline(__always)
  private static func convert<Bits: FixedWidthInteger, Output>(
    _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableRawPointer, _ convert: (Bits) -> Output
  ) {
    let output = target.assumingMemoryBound(to: Output.self)
    let width = MemoryLayout<Bits>.size
    for index in 0..<bytes.count / width {
      output[index] = convert(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * width, as: Bits.self)))
    }
  }
}

extension ElementType {
  /// How files keep numbers of this type.
  var stored: StoredType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .uint8: .uint8
    }
  }
}

/// Numbers in IEEE half precision, of 16 bits.
public enum HalfPrecision {
  /// Returns the bits of the nearest number of half precision; what is too large becomes infinite.
  public static func bits(_ value: Float) -> UInt16 { Float16(value).bitPattern }

  /// Returns the number that some bits stand for; every one of them is a float32 too.
  public static func float(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
  }
}
