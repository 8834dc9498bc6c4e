import Tensors

/// The header of a volume in NIfTI-1 or NIfTI-2: 348 or 540 bytes in either byte order.
///
/// - Source: <https://nifti.nimh.nih.gov/nifti-1>, <https://nifti.nimh.nih.gov/nifti-2>.
struct NIfTIHeader {
  let isBigEndian: Bool
  /// Bytes of the header itself.
  let byteCount: Int
  /// Sizes along each axis, first axis fastest; without the last axes of size 1, but at least three.
  let shape: [Int]
  /// Type of a voxel as NumPy writes it.
  let type: String
  /// Size of a voxel along each of the first three axes, most often in mm.
  let spacing: [Double]
  /// Where the voxels start in their file.
  let dataOffset: Int
  let slope: Double
  let intercept: Double
  /// Whether the voxels are in a file of their own.
  let isPair: Bool
  /// For each of the first three axes its direction in the scanner: right, front, top.
  let directions: [[Double]]

  private static let types: [Int: String] = [
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
  ]

  /// What voxels of types that are not read hold.
  private static let foreignTypes: [Int: String] = [
    1: "single bits", 32: "complex numbers", 128: "colors (RGB)", 1536: "real numbers of 128 bits",
    1792: "complex numbers", 2048: "complex numbers", 2304: "colors (RGBA)",
  ]

  var elementBytes: Int { Int(type.dropFirst()) ?? 0 }
  var count: Int { shape.reduce(1, *) }

  /// Reads and checks the header at the start of a file.
  init(_ reader: ByteReader, limits: ReaderLimits) throws {
    let path = reader.file.path
    func wrong(_ problem: String) -> DatasetError { .malformed(path: path, problem: problem) }
    let start: [UInt8]
    do { start = try reader.bytes(4, what: "the header") } catch {
      if let refusal = reader.file.refusal(except: [.nifti, .gzip]) { throw wrong(refusal) }
      throw error
    }
    let length = start.reversed().reduce(0) { $0 << 8 | Int($1) }
    let swapped = start.reduce(0) { $0 << 8 | Int($1) }
    guard [348, 540].contains(length) || [348, 540].contains(swapped) else {
      throw wrong(reader.file.refusal(except: [.nifti, .gzip]) ?? "it is no NIfTI file")
    }
    isBigEndian = [348, 540].contains(swapped)
    let isSecond = (isBigEndian ? swapped : length) == 540
    byteCount = isSecond ? 540 : 348
    let rest = try reader.bytes(byteCount - 4, what: "the header")
    let fields = Fields(bytes: start + rest, isBig: isBigEndian, isSecond: isSecond)
    isPair = try Self.isPair(fields, wrong)
    shape = try Self.shape(fields, limits, wrong)
    let code = fields.integer(70, 12, 2)
    guard let type = Self.types[code] else {
      let name = Self.foreignTypes[code] ?? "of an unknown kind"
      throw wrong(
        "its voxels are \(name), type \(code), which is not read; whole numbers and real numbers of 8 to 64 bits are")
    }
    self.type = type
    spacing = (1...3).map { abs(fields.real(76 + 4 * $0, 104 + 8 * $0)) }
    dataOffset = try Self.dataOffset(fields, isPair: isPair, limits, wrong)
    let slope = fields.real(112, 176)
    let isScaled = slope.isFinite && slope != 0
    self.slope = isScaled ? slope : 1
    intercept = isScaled ? fields.real(116, 184) : 0
    guard intercept.isFinite else { throw wrong("its intercept is \(intercept); a finite number is needed") }
    directions = NIfTIOrientation.directions(fields)
  }

  private static func isPair(_ fields: Fields, _ wrong: (String) -> DatasetError) throws -> Bool {
    let magic = fields.text(344, 4, 3)
    switch (fields.isSecond, magic) {
    case (false, "n+1"), (true, "n+2"): return false
    case (false, "ni1"), (true, "ni2"): return true
    case (false, _): throw wrong("it is in the old format ANALYZE; convert it to NIfTI")
    case (true, _): throw wrong("its header has not the mark of NIfTI-2")
    }
  }

  private static func shape(
    _ fields: Fields, _ limits: ReaderLimits, _ wrong: (String) -> DatasetError
  ) throws -> [Int] {
    let rank = fields.size(0)
    guard (1...7).contains(rank) else { throw wrong("it has \(rank) axes; 1 to 7 are allowed") }
    var shape = (1...rank).map { fields.size($0) }
    guard shape.allSatisfy({ $0 > 0 }) else { throw wrong("its sizes are \(shape); each must be more than 0") }
    while shape.count > 3 && shape.last == 1 { shape.removeLast() }
    while shape.count < 3 { shape.append(1) }
    // Voxels become floats, however few bits they have.
    var bytes = 8
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow, product <= limits.decodedBytes else {
        throw wrong("its header claims sizes \(shape), more than the \(limits.decodedBytes) bytes allowed")
      }
      bytes = product
    }
    return shape
  }

  private static func dataOffset(
    _ fields: Fields, isPair: Bool, _ limits: ReaderLimits, _ wrong: (String) -> DatasetError
  ) throws -> Int {
    let offset = fields.isSecond ? Double(fields.integer(0, 168, 8)) : fields.real(108, 0)
    // Four bytes after the header say whether extensions follow. Anything less is the same as their end, says the
    // format, and programs write 0, 348 and fractions.
    let least = isPair ? 0 : (fields.isSecond ? 544 : 352)
    guard offset.isFinite, offset <= Double(limits.fileBytes) else {
      throw wrong("its voxels start at byte \(offset); at most \(limits.fileBytes) is allowed")
    }
    return Int(max(Double(least), offset.rounded(.towardZero)))
  }

  /// The fields of a header; each has an offset in either version.
  struct Fields {
    let bytes: [UInt8]
    let isBig: Bool
    let isSecond: Bool

    /// A whole number; `width` is that of NIfTI-2 for a field of 2 bytes in NIfTI-1.
    func integer(_ first: Int, _ second: Int, _ width: Int) -> Int {
      let (offset, count) = isSecond ? (second, width) : (first, 2)
      let part = bytes[offset..<offset + count]
      let bits = (isBig ? Array(part) : part.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let unused = UInt64(64 - 8 * count)
      return Int(Int64(bitPattern: bits << unused) >> Int64(unused))
    }

    func real(_ first: Int, _ second: Int) -> Double {
      let (offset, count) = isSecond ? (second, 8) : (first, 4)
      let part = bytes[offset..<offset + count]
      let bits = (isBig ? Array(part) : part.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return isSecond ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    }

    func size(_ axis: Int) -> Int { integer(40 + 2 * axis, 16 + 8 * axis, 8) }

    func text(_ first: Int, _ second: Int, _ count: Int) -> String {
      let offset = isSecond ? second : first
      return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }
  }
}
