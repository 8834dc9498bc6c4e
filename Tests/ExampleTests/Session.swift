/// A session with the REPL as a page shows it: a command after `$`, entries after `>`, and what was printed.
struct Session {
  /// The arguments of `fedlua`.
  let arguments: [String]
  /// What is typed.
  let input: String
  /// What is printed.
  let output: String

  init(_ block: CodeBlock) {
    arguments = block.lines.first?.split(separator: " ").dropFirst(2).map(String.init) ?? []
    let rest = block.lines.dropFirst()
    let typed = rest.filter { $0.hasPrefix("> ") || $0.hasPrefix(">> ") }
    input = typed.map { $0.drop { $0 == ">" }.dropFirst() + "\n" }.joined()
    output = rest.filter { !$0.hasPrefix("> ") && !$0.hasPrefix(">> ") }.map { $0 + "\n" }.joined()
  }
}
