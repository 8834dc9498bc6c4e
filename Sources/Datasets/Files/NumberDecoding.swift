import Tensors

/// Turns the bytes of a file into numbers of this machine.
enum NumberDecoding {
  /// Decodes elements of a type written as NumPy does: `u1`, `i2`, `f4`.
  static func floats(_ bytes: [UInt8], type: String, isBigEndian: Bool) -> [Float] {
    decode(bytes, type, isBigEndian, { Float($0) }, { Float($0) }, { Float($0) })
  }

  static func doubles(_ bytes: [UInt8], type: String, isBigEndian: Bool) -> [Double] {
    decode(bytes, type, isBigEndian, { Double($0) }, { Double($0) }, { $0 })
  }

  /// All bits of whole numbers; nil for a number that has a fraction or is beyond 64 bits.
  static func integers(_ bytes: [UInt8], type: String, isBigEndian: Bool) -> [Int?] {
    decode(bytes, type, isBigEndian, { Int($0) }, { Int(exactly: $0) }, { Int(exactly: $0) })
  }

  @inline(__always)
  private static func decode<Output>(
    _ bytes: [UInt8], _ type: String, _ isBig: Bool, _ integer: (Int64) -> Output, _ unsigned: (UInt64) -> Output,
    _ float: (Double) -> Output
  ) -> [Output] {
    switch type {
    case "u1": bytes.map { integer(Int64($0)) }
    case "b1": bytes.map { integer($0 == 0 ? 0 : 1) }
    case "i1": bytes.map { integer(Int64(Int8(bitPattern: $0))) }
    case "u2": whole(bytes, isBig, UInt16.self) { integer(Int64($0)) }
    case "i2": whole(bytes, isBig, Int16.self) { integer(Int64($0)) }
    case "u4": whole(bytes, isBig, UInt32.self) { integer(Int64($0)) }
    case "i4": whole(bytes, isBig, Int32.self) { integer(Int64($0)) }
    case "u8": whole(bytes, isBig, UInt64.self) { unsigned($0) }
    case "i8": whole(bytes, isBig, Int64.self) { integer($0) }
    case "f2": whole(bytes, isBig, UInt16.self) { float(half($0)) }
    case "f4": whole(bytes, isBig, UInt32.self) { float(Double(Float(bitPattern: $0))) }
    case "f8": whole(bytes, isBig, UInt64.self) { float(Double(bitPattern: $0)) }
    default: []
    }
  }

  @inline(__always)
  private static func whole<Number: FixedWidthInteger, Output>(
    _ bytes: [UInt8], _ isBig: Bool, _ type: Number.Type, _ convert: (Number) -> Output
  ) -> [Output] {
    let width = MemoryLayout<Number>.size
    return bytes.withUnsafeBytes { raw in
      (0..<bytes.count / width).map { index in
        let number = raw.loadUnaligned(fromByteOffset: index * width, as: Number.self)
        return convert(isBig ? Number(bigEndian: number) : Number(littleEndian: number))
      }
    }
  }

  /// A number in IEEE half precision.
  static func half(_ bits: UInt16) -> Double { Double(HalfPrecision.float(bits)) }
}
