/// Splits text of several lines into entries, as if each had been typed.
struct EntrySplitter {
  /// Whether a text is a whole entry.
  let isComplete: (String) -> Bool

  /// Returns the entries, and what is left of one that goes on after the last line.
  func split(_ text: String) -> (entries: [String], rest: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var entries: [String] = [], open = ""
    for (position, line) in lines.enumerated() {
      if open.isEmpty, line.allSatisfy(\.isWhitespace) { continue }
      open += (open.isEmpty ? "" : "\n") + line
      let isCommand = open.hasPrefix(":") && !open.hasPrefix("::")
      if isCommand || isComplete(open) && !goesOn(lines[(position + 1)...]) {
        entries.append(open)
        open = ""
      }
    }
    return (entries, open)
  }

  /// Whether the next line with code cannot begin a statement: an operator, a field, an argument.
  private func goesOn(_ lines: ArraySlice<String>) -> Bool {
    for line in lines {
      guard let first = LuaLexer.tokens(of: line).first(where: { $0.kind != .comment }) else { continue }
      switch first.kind {
      case .symbol: return !["(", "::", ";", "~", "#", "-", "=", "{"].contains(first.text) && !line.hasPrefix(":")
      case .keyword: return ["and", "or"].contains(first.text)
      default: return false
      }
    }
    return false
  }
}
