import CLua

/// Evaluates what is entered at a prompt, and knows nothing of terminals.
public struct Evaluator {
  /// What came of an entry.
  public enum Outcome {
    /// The results as text, one each; empty for a statement or after a final `;`.
    case values([String])
    /// The text is not finished: ask for another line. The error is for input that ends here.
    case incomplete(LuaError)
    case failure(LuaError)
  }

  public let state: LuaState
  /// Whether results are colored for a terminal.
  public var usesColor = false

  public init(_ state: LuaState) { self.state = state }

  /// Runs an entry: as an expression if it is one, else as statements. The first result is kept in `_`.
  public func evaluate(_ entry: String) -> Outcome {
    let bottom = lua_gettop(state.pointer)
    defer { lua_settop(state.pointer, bottom) }
    do throws(LuaError) {
      try load(entry)
      try state.call(arguments: 0, results: LUA_MULTRET)
    } catch {
      return error.isIncomplete ? .incomplete(error) : .failure(error)
    }
    let top = lua_gettop(state.pointer)
    guard top > bottom else { return .values([]) }
    keepResult(bottom + 1)
    if entry.trimmingSuffix(while: { $0 == " " || $0 == "\n" }).hasSuffix(";") { return .values([]) }
    var inspector = Inspector(state: state)
    if usesColor { inspector.paint = Evaluator.paint }
    return .values((bottom + 1...top).map { inspector.text($0) })
  }

  /// The text to insert at the end of `line`, and the candidates when there are several.
  public func complete(_ line: String) -> (insertion: String, candidates: [String]) {
    let (word, candidates) = Completer(state: state).completions(of: line)
    let common = Completer.commonPrefix(candidates)
    return (String(common.dropFirst(word.count)), candidates)
  }

  /// Compiles `return entry` first, so that every expression is shown.
  private func load(_ entry: String) throws(LuaError) {
    let text = entry.hasPrefix("=") ? String(entry.dropFirst()) : entry
    let expression = text.trimmingSuffix { $0 == " " || $0 == ";" || $0 == "\n" }
    do throws(LuaError) {
      try state.load("return " + expression, name: "=stdin")
    } catch { try state.load(text, name: "=stdin") }
  }

  private func keepResult(_ index: Int32) {
    let pointer = state.pointer
    state.pushGlobals()
    state.setField("_") { lua_pushvalue(pointer, index) }
    clua_pop(pointer, 1)
  }

  private static func paint(_ style: Inspector.Style, _ text: String) -> String {
    let code =
      switch style {
      case .number: 36
      case .string: 32
      case .keyword: 35
      case .key: 33
      case .type: 34
      }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}

extension String {
  func trimmingSuffix(while drops: (Character) -> Bool) -> Substring {
    var text = self[...]
    while let last = text.last, drops(last) { text.removeLast() }
    return text
  }
}
