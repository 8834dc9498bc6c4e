/// A word of Lua, as far as a prompt needs to tell words apart.
struct LuaToken: Equatable {
  enum Kind { case name, keyword, number, string, comment, symbol }

  let kind: Kind
  /// Where it stands, in bytes.
  let range: Range<Int>
  let text: String
  /// False for a string or a comment that the text ends in.
  var isClosed = true

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
  func isKeyword(_ word: String) -> Bool { kind == .keyword && text == word }
}

/// Splits text into tokens. It never fails: a prompt looks at lines that are not finished.
struct LuaLexer {
  private let bytes: [UInt8]
  private var position = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// All tokens of a text, comments too.
  static func tokens(of text: String) -> [LuaToken] {
    var lexer = LuaLexer(text), tokens: [LuaToken] = []
    while let token = lexer.next() { tokens.append(token) }
    return tokens
  }

  private mutating func next() -> LuaToken? {
    while let byte = peek(), byte == 32 || (byte >= 9 && byte <= 13) { position += 1 }
    guard let byte = peek() else { return nil }
    let start = position
    if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") { return comment(start) }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return quoted(start, byte) }
    if byte == UInt8(ascii: "["), let level = longLevel() { return long(start, level, .string) }
    if isDigit(byte) || byte == UInt8(ascii: ".") && peek(1).map(isDigit) == true { return number(start) }
    if isNameByte(byte) {
      while let byte = peek(), isNameByte(byte) { position += 1 }
      let word = text(start)
      return LuaToken(kind: luaKeywords.contains(word) ? .keyword : .name, range: start..<position, text: word)
    }
    return symbol(start)
  }

  private mutating func symbol(_ start: Int) -> LuaToken {
    for symbol in ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"] where starts(with: symbol) {
      position += symbol.utf8.count
      return LuaToken(kind: .symbol, range: start..<position, text: symbol)
    }
    position += 1
    while let byte = peek(), bytes[start] >= 0x80, byte & 0xC0 == 0x80 { position += 1 }  // the rest of a character
    return LuaToken(kind: .symbol, range: start..<position, text: text(start))
  }

  private mutating func number(_ start: Int) -> LuaToken {
    while let byte = peek() {
      let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      let follows = isSign && [UInt8(ascii: "e"), UInt8(ascii: "p")].contains(bytes[position - 1] | 32)
      let isHex = starts(with: "0x", at: start) || starts(with: "0X", at: start)
      if !(isNameByte(byte) || byte == UInt8(ascii: ".") || follows && !(isHex && bytes[position - 1] | 32 == 101)) {
        break
      }
      position += 1
    }
    return LuaToken(kind: .number, range: start..<position, text: text(start))
  }

  private mutating func quoted(_ start: Int, _ quote: UInt8) -> LuaToken {
    position += 1
    while let byte = peek() {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == quote { return LuaToken(kind: .string, range: start..<position, text: text(start)) }
      if byte == UInt8(ascii: "\n") { break }
    }
    position = min(position, bytes.count)
    return LuaToken(kind: .string, range: start..<position, text: text(start), isClosed: false)
  }

  private mutating func comment(_ start: Int) -> LuaToken {
    position += 2
    if let level = longLevel() { return long(start, level, .comment) }
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
    return LuaToken(kind: .comment, range: start..<position, text: text(start), isClosed: peek() != nil)
  }

  /// The number of equals signs of a long bracket that opens here; nil if none does.
  private func longLevel() -> Int? {
    guard peek() == UInt8(ascii: "[") else { return nil }
    var level = 0
    while peek(level + 1) == UInt8(ascii: "=") { level += 1 }
    return peek(level + 1) == UInt8(ascii: "[") ? level : nil
  }

  private mutating func long(_ start: Int, _ level: Int, _ kind: LuaToken.Kind) -> LuaToken {
    let end = "]" + String(repeating: "=", count: level) + "]"
    position += level + 2
    while position < bytes.count {
      if starts(with: end) {
        position += end.utf8.count
        return LuaToken(kind: kind, range: start..<position, text: text(start))
      }
      position += 1
    }
    return LuaToken(kind: kind, range: start..<position, text: text(start), isClosed: false)
  }

  private func peek(_ ahead: Int = 0) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private func starts(with text: String, at start: Int? = nil) -> Bool {
    bytes[(start ?? position)...].starts(with: text.utf8)
  }

  private func text(_ start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }
}

extension [LuaToken] {
  /// The names that `local` declares outside of every block, in their order; those that close at their end are left out.
  var declaredLocals: [String] {
    var names: [String] = [], depth = 0, position = 0
    let code = filter { $0.kind != .comment }
    while position < code.count {
      let token = code[position]
      position += 1
      guard token.kind == .keyword else { continue }
      switch token.text {
      case "function", "do", "if", "repeat": depth += 1
      case "end", "until": depth -= 1
      case "local" where depth == 0: names += code.names(declaredAt: &position)
      default: break
      }
    }
    return names
  }

  /// Reads what stands behind `local`. After `local function` the position is at `function`, which opens a block.
  private func names(declaredAt position: inout Int) -> [String] {
    guard position < count else { return [] }
    if self[position].isKeyword("function") { return position + 1 < count ? [self[position + 1].text] : [] }
    var names: [String] = []
    while position < count, self[position].kind == .name {
      let name = self[position].text
      var closes = false
      position += 1
      if position + 2 < count, self[position].isSymbol("<") {
        closes = self[position + 1].text == "close"
        position += 3
      }
      if !closes { names.append(name) }
      guard position < count, self[position].isSymbol(",") else { break }
      position += 1
    }
    return names
  }
}
