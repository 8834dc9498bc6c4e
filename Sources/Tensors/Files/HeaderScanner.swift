/// Reads the small part of JSON that a tensor file's header consists of.
///
/// It is strict where general parsers are lenient (numbers are whole and without sign, no text follows the value) and
/// never recurses, so that no header can exhaust the stack.
struct HeaderScanner {
  /// What is wrong with a header, and at which of its bytes.
  struct Failure: Error {
    let problem: String
    let byte: Int
  }

  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func failure(_ problem: String) -> Failure { Failure(problem: problem, byte: position) }

  /// Reads `{"key": value, …}` and calls `member` to read each value.
  mutating func object(_ member: (inout HeaderScanner, String) throws -> Void) throws {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  /// Reads an array of whole numbers, at most `limit` of them.
  mutating func numbers(limit: Int) throws -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if accept("]") { return [] }
    repeat {
      guard numbers.count < limit else { throw failure("more than \(limit) numbers stand in a list") }
      numbers.append(try number())
    } while accept(",")
    try expect("]")
    return numbers
  }

  /// Whether the word `null` stands here, which is then passed over.
  mutating func takeNull() -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: "null".utf8) else { return false }
    position += 4
    return true
  }

  /// Reads a whole number from 0 that fits an `Int`.
  private mutating func number() throws -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (tens, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !first, !second else { throw failure("a number is too large") }
      value = sum
      position += 1
    }
    let digits = position - start
    let isBroken = position < bytes.count && [0x2e, 0x45, 0x65].contains(bytes[position])
    guard digits > 0, digits == 1 || bytes[start] != 0x30, !isBroken else {
      throw failure("a whole number of 0 or more is expected")
    }
    return value
  }

  /// Reads a quoted text with its escapes.
  mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x22:
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("a text is no valid UTF-8") }
        return string
      case 0x5c: text += try escape()
      case 0..<0x20: throw failure("a control character stands in a text")
      default: text.append(byte)
      }
    }
    throw failure("a text does not end")
  }

  private mutating func escape() throws -> [UInt8] {
    guard position < bytes.count else { throw failure("a text does not end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an escape in a text is unknown")
    }
  }

  private mutating func unicodeEscape() throws -> [UInt8] {
    var units = [try codeUnit()]
    if (0xd800..<0xdc00).contains(units[0]), bytes[position...].starts(with: [0x5c, 0x75]) {
      position += 2
      units.append(try codeUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw failure("an escape is half a character") }
    return Array(text.utf8)
  }

  private mutating func codeUnit() throws -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, !digits.contains(UInt8(ascii: "+")), !digits.contains(UInt8(ascii: "-")),
      let text = String(validating: digits, as: UTF8.self), let unit = UInt16(text, radix: 16)
    else { throw failure("an escape in a text is unknown") }
    position += 4
    return unit
  }

  /// - Throws: ``Failure`` unless only spaces are left.
  mutating func expectEnd() throws {
    skipSpace()
    guard position == bytes.count else { throw failure("something follows the header's end") }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard accept(character) else { throw failure("'\(character)' is expected") }
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }
}
