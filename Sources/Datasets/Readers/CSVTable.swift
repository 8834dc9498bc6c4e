/// A table in a text file: a line of names, then rows of as many fields.
///
/// Fields may be quoted; the separator is the comma, semicolon or tab that the first line has most of.
///
/// - Source: RFC 4180, <https://www.rfc-editor.org/rfc/rfc4180>.
public struct CSVTable: Sendable {
  public let columns: [String]
  public let rows: [[String]]
  let path: String

  private static let longestField = 1 << 16
  private static let mostColumns = 4096

  /// Reads a table.
  ///
  /// - Throws: ``DatasetError`` naming the file, the line and what is wrong with it.
  public init(path: String, limits: ReaderLimits = .standard) throws {
    try self.init(FileContent(path: path, limits: limits), limits: limits)
  }

  init(_ file: FileContent, limits: ReaderLimits = .standard) throws {
    if let refusal = file.refusal(except: [], guesses: false) {
      throw DatasetError.malformed(path: file.path, problem: refusal)
    }
    var parser = Parser(file)
    guard let header = try parser.row() else { throw DatasetError.malformed(path: file.path, problem: "it is empty") }
    let names = header.map { $0.trimmingBlanks() }
    if let repeated = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw DatasetError.malformed(path: file.path, problem: "its column '\(repeated)' stands twice")
    }
    var rows: [[String]] = []
    while let row = try parser.row() {
      guard row.count == names.count else {
        throw DatasetError.malformed(
          path: file.path, problem: "line \(parser.startLine) has \(row.count) fields, the first line \(names.count)")
      }
      rows.append(row)
      guard rows.count <= limits.fileCount else {
        throw DatasetError.overLimit(
          path: file.path, what: "the number of rows", got: UInt64(rows.count), limit: UInt64(limits.fileCount))
      }
    }
    columns = names
    self.rows = rows
    path = file.path
  }

  /// Returns the fields of a column, in the order of the rows.
  ///
  /// - Throws: ``DatasetError/malformed(path:problem:)`` for a name that the table has not.
  public func column(_ name: String) throws -> [String] {
    guard let position = columns.firstIndex(of: name) else {
      throw DatasetError.malformed(
        path: path, problem: "it has no column '\(name)'; it has \(columns.joined(separator: ", "))")
    }
    return rows.map { $0[position].trimmingBlanks() }
  }

  private struct Parser {
    let file: FileContent
    let separator: UInt8
    var position: Int
    var line = 1
    /// Line on which the last row began.
    var startLine = 1

    init(_ file: FileContent) {
      self.file = file
      position = file.bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
      let first = file.bytes[position...].prefix { $0 != 0x0a && $0 != 0x0d }
      let candidates: [UInt8] = [0x2c, 0x3b, 0x09]
      separator = candidates.reduce(candidates[0]) { best, byte in
        first.count { $0 == byte } > first.count { $0 == best } ? byte : best
      }
    }

    /// Takes a row; nil at the end. Empty lines are passed over.
    mutating func row() throws -> [String]? {
      skipEmptyLines()
      guard position < file.bytes.count else { return nil }
      startLine = line
      var fields: [String] = []
      while true {
        fields.append(try field())
        guard fields.count <= CSVTable.mostColumns else { throw wrong("has more than \(CSVTable.mostColumns) fields") }
        guard position < file.bytes.count, file.bytes[position] == separator else { break }
        position += 1
      }
      return fields
    }

    private mutating func skipEmptyLines() {
      while position < file.bytes.count, file.bytes[position] == 0x0a || file.bytes[position] == 0x0d {
        if file.bytes[position] == 0x0a { line += 1 }
        position += 1
      }
    }

    private mutating func field() throws -> String {
      var text: [UInt8] = []
      if position < file.bytes.count, file.bytes[position] == 0x22 {
        try takeQuoted(&text)
      } else {
        while position < file.bytes.count, !isEnd(file.bytes[position]) {
          text.append(file.bytes[position])
          position += 1
          guard text.count <= CSVTable.longestField else { throw wrong("has a field that is too long") }
        }
      }
      guard !text.contains(0) else { throw wrong("holds a zero byte: it is no text") }
      guard let field = String(validating: text, as: UTF8.self) else {
        throw wrong("is not UTF-8, perhaps Latin-1; save the table in UTF-8")
      }
      return field
    }

    private mutating func takeQuoted(_ text: inout [UInt8]) throws {
      position += 1
      while position < file.bytes.count {
        let byte = file.bytes[position]
        position += 1
        if byte == 0x22 {
          guard position < file.bytes.count, file.bytes[position] == 0x22 else {
            guard position >= file.bytes.count || isEnd(file.bytes[position]) else {
              throw wrong("goes on after a closing quote")
            }
            return
          }
          position += 1
        }
        if byte == 0x0a { line += 1 }
        text.append(byte)
        guard text.count <= CSVTable.longestField else { throw wrong("has a field that is too long") }
      }
      throw wrong("has a quote that does not end")
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0a || byte == 0x0d }

    private func wrong(_ problem: String) -> DatasetError {
      .malformed(path: file.path, problem: "line \(startLine) \(problem)")
    }
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = drop(while: isBlank)
    return String(start.reversed().drop(while: isBlank).reversed())
  }
}
