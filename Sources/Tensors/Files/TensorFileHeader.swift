/// The table at the start of a safetensors file: what it holds, and where.
struct TensorFileHeader {
  struct Entry: Equatable {
    let name: String
    let type: StoredType
    let shape: Shape
    /// First byte and end, from the end of the header.
    let bytes: Range<Int>
  }

  /// In the order in which the tensors lie in the file.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  static let metadataName = "__metadata__"
  /// The format's own bound for the header.
  static let mostBytes = 100_000_000
  private static let mostAxes = 64

  /// Parses and checks a header against the number of bytes that follow it.
  ///
  /// - Throws: ``HeaderScanner/Failure``.
  init(_ bytes: [UInt8], dataBytes: Int) throws {
    var scanner = HeaderScanner(bytes)
    var names = Set<String>()
    var hasMetadata = false
    try scanner.object { scanner, name in
      guard name == Self.metadataName else {
        guard names.insert(name).inserted else { throw scanner.failure("the name '\(name)' occurs twice") }
        entries.append(try Self.entry(&scanner, name))
        return
      }
      guard !hasMetadata else { throw scanner.failure("the name '\(name)' occurs twice") }
      hasMetadata = true
      // The format's own library takes a null for no metadata.
      metadata = scanner.takeNull() ? [:] : try Self.metadata(&scanner)
    }
    try scanner.expectEnd()
    entries.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    try checkCoverage(dataBytes, scanner)
  }

  private static func metadata(_ scanner: inout HeaderScanner) throws -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object { scanner, key in
      guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
        throw scanner.failure("the metadata '\(key)' occurs twice")
      }
    }
    return metadata
  }

  private static func entry(_ scanner: inout HeaderScanner, _ name: String) throws -> Entry {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { scanner, key in
      switch key {
      case "dtype" where type == nil: type = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.numbers(limit: mostAxes)
      case "data_offsets" where offsets == nil: offsets = try scanner.numbers(limit: 2)
      default: throw scanner.failure("'\(name)' has '\(key)' twice, or it is unknown")
      }
    }
    guard let type, let shape, let offsets else {
      throw scanner.failure("'\(name)' lacks dtype, shape or data_offsets")
    }
    guard let stored = StoredType(rawValue: type) else {
      let known = StoredType.allCases.map(\.rawValue).joined(separator: ", ")
      throw scanner.failure("'\(name)' has dtype '\(type)'; \(known) are read")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw scanner.failure("'\(name)' has data_offsets \(offsets); a start and an end are needed")
    }
    guard let byteCount = byteCount(shape, stored), byteCount == offsets[1] - offsets[0] else {
      throw scanner.failure("'\(name)' has \(offsets[1] - offsets[0]) bytes, which do not fit \(type) \(shape)")
    }
    return Entry(name: name, type: stored, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  /// Bytes of a tensor in the file; nil where a product of sizes is too large, which a size of 0 must not hide.
  private static func byteCount(_ shape: Shape, _ type: StoredType) -> Int? {
    // Eight bytes are the most that a number takes in memory.
    var (product, widest) = (type.byteCount, 8)
    for size in shape {
      let (next, overflow) = widest.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { return nil }
      widest = next
      product *= size
    }
    return product
  }

  /// The tensors must cover all bytes, without holes and without overlap.
  private func checkCoverage(_ dataBytes: Int, _ scanner: HeaderScanner) throws {
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        let what = entry.bytes.lowerBound > end ? "a hole" : "an overlap"
        throw scanner.failure("there is \(what) before '\(entry.name)', at byte \(entry.bytes.lowerBound) of the data")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataBytes else {
      throw scanner.failure("the tensors have \(end) bytes, but \(dataBytes) follow the header")
    }
  }

  /// Returns a header as it stands in a file, its length included, padded so that the data begins at a multiple of 8.
  ///
  /// - Parameter entries: In the order in which their bytes follow.
  static func encoded(_ entries: [(name: String, type: StoredType, shape: Shape)], _ metadata: [String: String])
    -> [UInt8]
  {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\(quoted(metadataName)):{\(pairs.joined(separator: ","))}")
    }
    var start = 0
    for entry in entries {
      let end = start + entry.shape.elementCount * entry.type.byteCount
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
