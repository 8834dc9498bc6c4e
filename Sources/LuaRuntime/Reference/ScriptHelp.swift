/// What the comments of a Lua script say, laid out as the help of native functions.
///
/// Comments stand above what they explain and may hold the fields `@param` and `@return` of LuaCATS.
struct ScriptHelp {
  /// The module's name, such as `fed.aggregators.krum`; nil for a script that is no module.
  let module: String?
  private let lines: [Substring]

  init(module: String?, source: String) {
    self.module = module
    lines = source.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The first line of the script: what it decides.
  var sentence: String { lines.first.map(stripped) ?? "" }

  /// The help for the module: of the function that it returns, or else its first comment.
  var text: String {
    if let line = lines.lastIndex(where: { $0.hasPrefix("return function") }) {
      return text(ofFunctionAt: line + 1) ?? ""
    }
    let first = lines.prefix { $0.hasPrefix("--") }
    let functions = members.map { index in
      signature(lines[index]) + "  " + (comment(above: index).first { !$0.hasPrefix("@") } ?? "")
    }
    return ([module ?? "a script", ""] + first.map { "  " + stripped($0) } + section("Functions", functions))
      .joined(separator: "\n")
  }

  /// Where the functions of the table begin that the module returns: `function util.sum(list)`.
  private var members: [Int] {
    guard let table else { return [] }
    return lines.indices.filter { lines[$0].hasPrefix("function \(table).") }
  }

  /// The name of the table that the module returns.
  private var table: Substring? {
    let last = lines.last { $0.hasPrefix("return ") }?.dropFirst("return ".count)
    return last.flatMap { $0.utf8.allSatisfy(isNameByte) ? $0 : nil }
  }

  /// The help for a function of the table that the module returns.
  func text(ofMember name: String) -> String? {
    guard let table else { return nil }
    return members.first { lines[$0].hasPrefix("function \(table).\(name)(") }.flatMap { text(ofFunctionAt: $0 + 1) }
  }

  /// The lines of the comment above a line, without their dashes.
  private func comment(above index: Int) -> [String] {
    lines[..<index].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("--") }.reversed().map(stripped)
  }

  /// `fed.aggregators.krum(options)` if the module returns a function, else its name.
  var signature: String {
    guard let line = lines.last(where: { $0.hasPrefix("return function") }) else { return module ?? "" }
    return signature(line)
  }

  /// The comment above the function that starts at a line, counted from 1.
  func text(ofFunctionAt line: Int) -> String? {
    guard line >= 1, line <= lines.count else { return nil }
    let all = comment(above: line - 1), comment = all.prefix { $0 != "@example" }
    var text = [signature(lines[line - 1]), ""] + comment.filter { !$0.hasPrefix("@") }.map { "  " + $0 }
    text += section("Parameters", comment.filter { $0.hasPrefix("@param ") }.map(parameter))
    text += section("Returns", comment.filter { $0.hasPrefix("@return ") }.map { String($0.dropFirst(8)) })
    text += section("Example", lines[..<(line - 1)].suffix(max(0, all.count - comment.count - 1)).map(shown))
    return text.joined(separator: "\n")
  }

  /// The module's name stands for the function that the module returns.
  private func signature(_ line: Substring) -> String {
    let code = line.drop { $0 == " " }
    guard let module, let list = code.firstIndex(of: "(") else { return String(code) }
    let parameters = code[list...].prefix { $0 != ")" } + ")"
    if code.hasPrefix("return function") { return module + parameters }
    guard let table, code.hasPrefix("function \(table).") else { return String(code) }
    return module + code[..<list].dropFirst("function \(table)".count) + parameters
  }

  /// `@param f integer How many.` as `f: integer  How many.`; a type may hold blanks inside brackets and after a colon.
  private func parameter(_ field: String) -> String {
    let words = field.dropFirst("@param ".count), name = words.prefix { $0 != " " }
    let rest = words.dropFirst(name.count + 1)
    var depth = 0, last: Character = " "
    let type = rest.prefix { character in
      if "{(<".contains(character) { depth += 1 } else if "})>".contains(character) { depth -= 1 }
      defer { last = character }
      return depth > 0 || character != " " || last == ":"
    }
    let sentence = rest.dropFirst(type.count + 1)
    return "\(name): \(type)" + (sentence.isEmpty ? "" : "  \(sentence)")
  }

  /// A line of an example as it stands in the comment: code after `--- `, what it prints after `----> `.
  private func shown(_ line: Substring) -> String {
    line.hasPrefix("---->") ? String(line.dropFirst(2)) : String(line.dropFirst(4))
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", "  \(title)"] + lines.map { "    " + $0 }
  }

  private func stripped(_ line: Substring) -> String {
    String(line.drop { $0 == " " }.drop { $0 == "-" }.drop { $0 == " " })
  }
}
