/// Where the cursor stands in a line of Lua: what can come next there.
struct CompletionPlace {
  enum Kind: Equatable {
    /// A name without anything in front: variables and keywords.
    case name
    /// Behind a dot or a colon; the tokens of what stands in front of it.
    case member(of: ArraySlice<LuaToken>, onlyMethods: Bool)
    /// Inside a string that `require` gets.
    case module
    /// Inside any other string.
    case file
    /// Where a key stands in the table that a function gets; the function's tokens, and the keys given already.
    case option(of: ArraySlice<LuaToken>, given: [String])
    /// Behind a number, in a comment: nothing.
    case nothing
  }

  let kind: Kind
  /// The part of a name, or of a path, before the cursor.
  let word: String

  /// - Parameter text: All of the entry up to the cursor.
  init(_ text: String) {
    let all = LuaLexer.tokens(of: text), end = text.utf8.count
    if let last = all.last, !last.isClosed, last.range.upperBound == end {
      (kind, word) = Self.inside(last, before: all.dropLast())
      return
    }
    var tokens = all.filter { $0.kind != .comment }[...]
    var word = ""
    if let last = tokens.last, last.range.upperBound == end, [.name, .keyword].contains(last.kind) {
      word = last.text
      tokens = tokens.dropLast()
    } else if let last = tokens.last, last.kind == .number, last.range.upperBound == end {
      (kind, self.word) = (.nothing, "")
      return
    }
    self.word = word
    if let mark = tokens.last, mark.isSymbol(".") || mark.isSymbol(":") {
      kind = .member(of: Self.chain(endingIn: tokens.dropLast()), onlyMethods: mark.text == ":")
    } else if let (callee, given) = Self.openTable(tokens) {
      kind = .option(of: callee, given: given)
    } else {
      kind = .name
    }
  }

  /// What a string or a comment that is not closed holds up to the cursor.
  private static func inside(_ open: LuaToken, before tokens: ArraySlice<LuaToken>) -> (Kind, String) {
    guard open.kind == .string, open.text.first != "[" else { return (.nothing, "") }
    let code = tokens.filter { $0.kind != .comment }
    let callee = code.last?.isSymbol("(") == true ? code.dropLast().last : code.last
    return (callee?.text == "require" ? .module : .file, String(open.text.dropFirst()))
  }

  /// The tokens at the end that make up one value: `a.b:c(…)[i] { … }`.
  private static func chain(endingIn tokens: ArraySlice<LuaToken>) -> ArraySlice<LuaToken> {
    var start = tokens.endIndex
    while start > tokens.startIndex {
      let token = tokens[start - 1]
      switch token.text {
      case ")", "}", "]":
        guard let open = opening(of: start - 1, in: tokens) else { return tokens[start...] }
        start = open
        // What is called or indexed stands in front; brackets without it are the beginning.
        if start == tokens.startIndex || !canBeCalled(tokens[start - 1]) { return tokens[start...] }
      default:
        if token.kind == .string {
          start -= 1
          if start == tokens.startIndex || !canBeCalled(tokens[start - 1]) { return tokens[start...] }
          continue
        }
        guard token.kind == .name else { return tokens[start...] }
        start -= 1
        guard start > tokens.startIndex, tokens[start - 1].isSymbol(".") || tokens[start - 1].isSymbol(":") else {
          return tokens[start...]
        }
        start -= 1
      }
    }
    return tokens[start...]
  }

  private static func canBeCalled(_ token: LuaToken) -> Bool {
    token.kind == .name || token.kind == .string || [")", "]", "}"].contains(token.text)
  }

  /// The position of the bracket that the one at `position` closes.
  private static func opening(of position: Int, in tokens: ArraySlice<LuaToken>) -> Int? {
    var depth = 0, at = position
    while at >= tokens.startIndex {
      if tokens[at].kind == .symbol {
        if [")", "}", "]"].contains(tokens[at].text) { depth += 1 }
        if ["(", "{", "["].contains(tokens[at].text) { depth -= 1 }
        if depth == 0 { return at }
      }
      at -= 1
    }
    return nil
  }

  /// The function that gets the table in which the cursor stands where a key can, and the keys that it has.
  private static func openTable(_ tokens: ArraySlice<LuaToken>) -> (ArraySlice<LuaToken>, [String])? {
    var depth = 0, at = tokens.endIndex - 1
    while at >= tokens.startIndex {
      let token = tokens[at]
      if token.kind == .symbol {
        if [")", "}", "]"].contains(token.text) { depth += 1 }
        if ["(", "{", "["].contains(token.text) {
          if depth == 0 { break }
          depth -= 1
        }
      } else if token.kind == .keyword, depth == 0, ["function", "do", "then"].contains(token.text) {
        return nil
      }
      at -= 1
    }
    guard at >= tokens.startIndex, tokens[at].isSymbol("{") else { return nil }
    guard let last = tokens.last, ["{", ",", ";"].contains(last.text) else { return nil }
    var callee = tokens[..<at]
    if callee.last?.isSymbol("(") == true { callee = callee.dropLast() }
    let chain = chain(endingIn: callee)
    guard !chain.isEmpty else { return nil }
    return (chain, keys(tokens[(at + 1)...]))
  }

  /// The names that stand before `=` in a table, outside of inner brackets.
  private static func keys(_ tokens: ArraySlice<LuaToken>) -> [String] {
    var keys: [String] = [], depth = 0
    for (token, next) in zip(tokens, tokens.dropFirst()) {
      if ["{", "(", "["].contains(token.text) { depth += 1 }
      if ["}", ")", "]"].contains(token.text) { depth -= 1 }
      if depth == 0, token.kind == .name, next.isSymbol("=") { keys.append(token.text) }
    }
    return keys
  }
}
