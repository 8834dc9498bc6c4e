/// The text in front of an array that NumPy saved: type, order and shape.
///
/// It is a literal of a Python dictionary. Only what NumPy itself writes is understood; nothing is evaluated.
///
/// - Source: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
struct NPYHeader: Equatable {
  /// Letter of the kind and bytes an element: `f4`, `u1`, `b1`, `i8`.
  let type: String
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: [Int]

  var elementBytes: Int { Int(type.dropFirst()) ?? 0 }

  private static let types = ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]

  /// Reads the dictionary.
  ///
  /// - Parameters:
  ///   - text: The bytes after the length.
  ///   - path: Names the file in messages.
  init(_ text: [UInt8], path: String) throws {
    var scanner = LiteralScanner(text: text, path: path)
    var descriptor: String?
    var order: Bool?
    var sizes: [Int]?
    try scanner.expect("{")
    while !scanner.take("}") {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try scanner.type()
      case "fortran_order" where order == nil: order = try scanner.boolean()
      case "shape" where sizes == nil: sizes = try scanner.tuple()
      default: throw scanner.failure("the key '\(key)' is unknown or stands twice")
      }
      if !scanner.take(",") {
        try scanner.expect("}")
        break
      }
    }
    try scanner.expectEnd()
    guard let descriptor, let order, let sizes else {
      throw scanner.failure("descr, fortran_order or shape is missing")
    }
    shape = sizes
    isFortranOrder = order
    isBigEndian = descriptor.hasPrefix(">")
    type = String(descriptor.dropFirst())
    guard ["<", ">", "|", "="].contains(descriptor.prefix(1)), Self.types.contains(type) else {
      let isObject = type == "O" || descriptor == "O"
      throw DatasetError.malformed(
        path: path,
        problem: isObject
          ? "it holds Python objects, a pickle, which is never read; save numbers only"
          : "its type '\(descriptor)' is none of numbers; \(Self.types.joined(separator: " ")) are read")
    }
  }
}

/// Reads the few forms of Python literals that a header holds.
private struct LiteralScanner {
  let text: [UInt8]
  let path: String
  private var position = 0

  init(text: [UInt8], path: String) {
    self.text = text
    self.path = path
  }

  func failure(_ problem: String) -> DatasetError {
    .malformed(path: path, problem: "its NPY header is wrong at byte \(position + 1): \(problem)")
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x0a, 0x09, 0x0d].contains(text[position]) { position += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws {
    guard take(character) else { throw failure("'\(character)' is missing") }
  }

  mutating func expectEnd() throws {
    skipBlanks()
    guard position == text.count else { throw failure("it goes on after its end") }
  }

  mutating func string() throws -> String {
    skipBlanks()
    guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else {
      throw failure("a quoted name is missing")
    }
    let quote = text[position]
    position += 1
    let start = position
    while position < text.count && text[position] != quote { position += 1 }
    guard position < text.count, position - start <= 64 else { throw failure("a quoted name does not end") }
    position += 1
    guard let name = String(validating: text[start..<position - 1], as: UTF8.self) else {
      throw failure("a quoted name is not UTF-8")
    }
    return name
  }

  mutating func type() throws -> String {
    if take("[") { throw failure("records of several fields are not read; save each field as an array of its own") }
    return try string()
  }

  mutating func boolean() throws -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("True or False is missing")
  }

  mutating func tuple() throws -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      sizes.append(try integer())
      guard sizes.count <= 32 else { throw failure("it has more than 32 axes") }
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func integer() throws -> Int {
    skipBlanks()
    var value = 0
    let start = position
    while position < text.count, (0x30...0x39).contains(text[position]) {
      value = value * 10 + Int(text[position] - 0x30)
      position += 1
      guard value < 1 << 48 else { throw failure("a size is too large") }
    }
    guard position > start else { throw failure("a size is missing") }
    return value
  }
}
