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

  /// Where entries run.
  public let state: LuaState
  /// The entries so far, and their local variables.
  public let session: Session
  /// Whether results are colored for a terminal.
  public var usesColor = false
  /// Columns that results may take.
  public var width = 80
  /// What stands in for the global variables; nil for themselves.
  var environment: LuaReference?

  /// Makes an evaluator with a session of its own.
  public init(_ state: LuaState) {
    self.state = state
    session = Session(state)
  }

  /// Runs an entry: as an expression if it is one, else as statements. The first result is kept in `_`.
  ///
  /// Lines are counted over the session, so that a message names the entry it came from; those of a file are its own.
  ///
  /// - Parameter chunk: What messages call the entry; nil for the session's lines.
  public func evaluate(_ entry: String, named chunk: String? = nil) -> Outcome {
    let bottom = lua_gettop(state.pointer)
    defer { lua_settop(state.pointer, bottom) }
    let isExpression: Bool, kept: [String]
    do throws(LuaError) {
      (isExpression, kept) = try load(entry, chunk)
    } catch {
      if error.isIncomplete { return .incomplete(error) }
      session.keep(entry, succeeded: false)
      return .failure(error)
    }
    var error: LuaError?
    do throws(LuaError) { try state.call(arguments: 0, results: LUA_MULTRET) } catch let failure { error = failure }
    session.keep(entry, succeeded: error == nil)
    if let error { return .failure(error.inEntry) }
    if !isExpression, !kept.isEmpty {
      session.keep(kept, from: bottom + 1, state)
      return .values([])
    }
    return .values(shown(entry, above: bottom))
  }

  /// Whether a text is a whole entry, or must go on in another line. What is wrong in itself is whole.
  public func isComplete(_ entry: String) -> Bool {
    let bottom = lua_gettop(state.pointer)
    defer { lua_settop(state.pointer, bottom) }
    do throws(LuaError) { _ = try load(entry, nil) } catch { return !error.isIncomplete }
    return true
  }

  /// The text to insert at the end of `line`, and the candidates when there are several.
  ///
  /// - Parameter before: The lines of the entry above this one.
  public func complete(_ line: String, after before: String = "") -> (insertion: String, candidates: [String]) {
    let (word, candidates) = Completer(state: state, session: session).completions(of: line, after: before)
    let common = Completer.commonPrefix(candidates)
    return (common.hasPrefix(word) ? String(common.dropFirst(word.count)) : "", candidates)
  }

  /// Describes a value for this prompt.
  func text(_ index: Int32) -> String {
    var inspector = Inspector(state: state)
    inspector.lineWidth = width
    if usesColor { inspector.paint = Inspector.terminalPaint }
    return inspector.text(index)
  }

  private func shown(_ entry: String, above bottom: Int32) -> [String] {
    let top = lua_gettop(state.pointer)
    guard top > bottom else { return [] }
    keepResult(bottom + 1)
    if entry.trimmingSuffix(while: { $0 == " " || $0 == "\n" }).hasSuffix(";") { return [] }
    return (bottom + 1...top).map(text)
  }

  /// The last three results: `_` and `_1`, then `_2` and `_3`.
  private func keepResult(_ index: Int32) {
    let pointer = state.pointer
    state.pushGlobals()
    for (older, newer) in [("_3", "_2"), ("_2", "_1")] {
      state.setField(older) {
        LuaFrame(pointer).write(newer)
        lua_rawget(pointer, -3)
      }
    }
    for name in ["_", "_1"] { state.setField(name) { lua_pushvalue(pointer, index) } }
    clua_pop(pointer, 1)
  }
}

// MARK: Compiling

extension Evaluator {
  /// Compiles an entry and leaves its function on top. Returns whether it is an expression, and the locals that its
  /// function returns closures for.
  private func load(_ entry: String, _ chunk: String?) throws(LuaError) -> (isExpression: Bool, kept: [String]) {
    let text = entry.hasPrefix("=") ? " " + entry.dropFirst() : entry
    let tokens = LuaLexer.tokens(of: text)
    if let expression = expression(text, tokens, chunk) {
      try bind(expression, tokens, keeping: [], chunk)
      return (true, [])
    }
    try compile(text, chunk)
    let declared = tokens.declaredLocals
    var kept: [String] = []
    for name in declared where !kept.contains(name) { kept.append(name) }
    return (false, try bind(text, tokens, keeping: kept, chunk) ? kept : [])
  }

  /// The entry as a statement that returns it, if it is an expression; its function is on top then.
  private func expression(_ text: String, _ tokens: [LuaToken], _ chunk: String?) -> String? {
    let trimmed = "return " + text.trimmingSuffix { $0 == " " || $0 == ";" || $0 == "\n" }
    guard tokens.contains(where: { $0.kind != .comment }), !tokens[0].isKeyword("return") else { return nil }
    return (try? compile(trimmed, chunk)).map { trimmed }
  }

  /// Replaces the function on top by one that shares the session's variables and returns closures over new ones.
  @discardableResult
  private func bind(
    _ text: String, _ tokens: [LuaToken], keeping kept: [String], _ chunk: String?
  ) throws(LuaError) -> Bool {
    let known = session.names, used = known.filter { name in tokens.contains { $0.kind == .name && $0.text == name } }
    if used.isEmpty && kept.isEmpty { return false }
    let declaration = used.isEmpty ? "" : "local \(used.joined(separator: ", ")) "
    let closures = kept.map { "function() return \($0) end" }.joined(separator: ", ")
    let top = lua_gettop(state.pointer)
    // An entry that ends in its own `return` can give nothing else; then its locals end with it.
    for end in (kept.isEmpty ? [""] : ["\nreturn \(closures)", ""]) where !(used.isEmpty && end.isEmpty) {
      let shared = "\(declaration)return function(...) \(text)\(end)\nend"
      guard (try? compile(shared, chunk)) != nil else { continue }
      try state.call(arguments: 0, results: 1)
      session.join(state.pointer)
      lua_copy(state.pointer, -1, top)
      clua_pop(state.pointer, 1)
      return !end.isEmpty
    }
    return false
  }

  /// Compiles text as a chunk, or as the next lines of the session, and leaves the function on top.
  private func compile(_ text: String, _ chunk: String?) throws(LuaError) {
    let lines = chunk == nil ? String(repeating: "\n", count: session.lineCount) : ""
    try state.load(lines + text, name: chunk ?? "=stdin")
    guard let environment else { return }
    environment.push(state.pointer)
    lua_setupvalue(state.pointer, -2, 1)
  }

  /// Runs an expression and pushes its first result. Returns false, and pushes nothing, if it fails.
  func push(_ expression: String) -> Bool {
    let text = "return " + expression
    do throws(LuaError) {
      try compile(text, nil)
      try bind(text, LuaLexer.tokens(of: text), keeping: [], nil)
      try state.call(arguments: 0, results: 1)
    } catch { return false }
    return true
  }
}

extension LuaError {
  /// The same error, in whose traceback the entry is the main chunk.
  fileprivate var inEntry: LuaError {
    guard let traceback else { return self }
    var lines = traceback.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let last = lines.last, last.hasPrefix("\tstdin:"), let end = last.range(of: ": in function <stdin:") {
      lines[lines.count - 1] = last[..<end.lowerBound] + ": in main chunk"
    }
    return LuaError(
      kind, message, traceback: lines.joined(separator: "\n"), isIncomplete: isIncomplete, value: value, origin: origin)
  }
}

extension String {
  func trimmingSuffix(while drops: (Character) -> Bool) -> Substring {
    var text = self[...]
    while let last = text.last, drops(last) { text.removeLast() }
    return text
  }
}
