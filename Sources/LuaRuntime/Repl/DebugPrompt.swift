import CLua

/// A prompt inside of a running script, whose entries see the local variables of the frame that is looked at.
public struct DebugPrompt {
  /// How the prompt was left.
  public enum End {
    /// Go on as if it had not been.
    case goOn
    /// The values of `:return`.
    case values([LuaValue])
    /// `:retry`
    case retry
  }

  private let state: LuaState
  private let frames: DebugFrames
  private let evaluator: Evaluator
  /// What `:return` and `:retry` mean here; nil where they mean nothing.
  private let isAtError: Bool
  private let clearInterrupt: () -> Void

  /// Makes a prompt in the script that runs now.
  public init(_ state: LuaState, clearInterrupt: @escaping () -> Void = {}) {
    self.init(state, isAtError: false, clearInterrupt: clearInterrupt)
  }

  init(_ state: LuaState, isAtError: Bool, clearInterrupt: @escaping () -> Void) {
    self.state = state
    self.isAtError = isAtError
    self.clearInterrupt = clearInterrupt
    frames = DebugFrames(state)
    var evaluator = Evaluator(state)
    lua_createtable(state.pointer, 0, 0)
    lua_createtable(state.pointer, 0, 2)
    state.setField("__index") { state.push(Self.readVariable) }
    state.setField("__newindex") { state.push(Self.writeVariable) }
    lua_setmetatable(state.pointer, -2)
    evaluator.environment = LuaReference(popping: state.pointer)
    self.evaluator = evaluator
  }

  /// Reads entries until `:continue`, `:return`, `:retry` or the end of the input.
  public func run() -> End {
    clua_announce_output(state.host)
    let outer = state.debugFrames, end = Ending()
    state.debugFrames = frames
    defer { state.debugFrames = outer }
    var options = Repl.Options()
    (options.prompt, options.continuation) = ("debug> ", "debug>> ")
    options.greeting =
      frames.text + "\n:locals, :up, :down, :return VALUE"
      + (isAtError ? ", :retry the round" : "") + "; :continue or Ctrl-D goes on"
    var repl = Repl(evaluator, options, clearInterrupt: clearInterrupt)
    repl.special = { answer($0, end) }
    repl.run()
    return end.end
  }

  private final class Ending {
    var end = End.goOn
  }

  private func answer(_ entry: String, _ ending: Ending) -> Repl.Special? {
    guard let parts = entry.wholeMatch(of: /:(\w+)\s*((?s).*)/) else { return nil }
    let argument = String(parts.2)
    switch parts.1 {
    case "up": return frames.move(1) ? .text(whereabouts) : .failure("this is the outermost function")
    case "down": return frames.move(-1) ? .text(whereabouts) : .failure("this is the innermost function")
    case "where", "frames": return .text(frames.text)
    case "locals": return .text(locals)
    case "continue", "c": return .leave
    case "retry" where isAtError:
      ending.end = .retry
      return .leave
    case "return":
      guard let values = values(argument) else { return .failure("'\(argument)' has no value") }
      ending.end = .values(values)
      return .leave
    default: return nil
    }
  }

  /// The frame with the lines around the one that runs.
  private var whereabouts: String {
    guard let (chunk, line) = frames.place,
      let lines = SourceText(state, nil).lines(chunk, line, line)
    else { return frames.text }
    return frames.text + "\n" + lines.map { "    \($0.drop { $0 == " " })" }.joined(separator: "\n")
  }

  private var locals: String {
    let names = frames.names
    if names.isEmpty { return "no variables" }
    return names.map { name in
      guard frames.push(name) else { return name }
      defer { clua_pop(state.pointer, 1) }
      return "\(name) = \(evaluator.text(lua_gettop(state.pointer)))"
    }.joined(separator: "\n")
  }

  private func values(_ expression: String) -> [LuaValue]? {
    if expression.isEmpty { return [] }
    guard evaluator.push(expression) else { return nil }
    defer { clua_pop(state.pointer, 1) }
    return [LuaValue(LuaFrame(state.pointer), lua_gettop(state.pointer))]
  }

  // MARK: Variables

  private static let readVariable = Binding(
    owner: "", "read", .function,
    Documentation(
      "Reads a variable of the frame that is looked at, or a global one.",
      parameters: [ParameterDocument("variables", "table"), ParameterDocument("name", "any")])
  ) { (frame) throws(LuaFailure) in
    let state = frame.state
    if frame.kind(2) == .string, state.debugFrames?.push(frame.shownString(2)) == true { return 1 }
    state.pushGlobals()
    lua_pushvalue(frame.pointer, 2)
    let status = clua_get(frame.pointer, -2)
    if status != LUA_OK { throw .rethrow(state.takeError(status, on: frame.pointer)) }
    return 1
  }

  private static let writeVariable = Binding(
    owner: "", "write", .function,
    Documentation(
      "Sets a variable of the frame that is looked at, or a global one.",
      parameters: [
        ParameterDocument("variables", "table"), ParameterDocument("name", "any"), ParameterDocument("value", "any"),
      ])
  ) { (frame) throws(LuaFailure) in
    let state = frame.state
    lua_pushvalue(frame.pointer, 3)
    if frame.kind(2) == .string, state.debugFrames?.set(frame.shownString(2)) == true { return 0 }
    state.pushGlobals()
    lua_pushvalue(frame.pointer, 2)
    lua_pushvalue(frame.pointer, 3)
    lua_rawset(frame.pointer, -3)
    return 0
  }
}

// MARK: At an error

/// What is done at an error that nothing in a script catches.
struct ErrorPrompt {
  let clearInterrupt: () -> Void
  /// Whether `:retry` was asked for, until a run takes it.
  var wantsRetry = false
}

extension LuaState {
  /// Opens a prompt wherever a script fails, while its functions still stand.
  public func openPromptOnErrors(clearInterrupt: @escaping () -> Void) {
    errorPrompt = ErrorPrompt(clearInterrupt: clearInterrupt)
    clua_set_error_hook(host) { pointer in pointer.map { LuaState.of($0).answerError($0) } ?? false }
  }

  /// Whether the round that failed shall run again; asking takes the wish away.
  public func takesRetry() -> Bool {
    defer { errorPrompt?.wantsRetry = false }
    return errorPrompt?.wantsRetry == true
  }

  /// Shows the error on top of the stack. Returns whether a value that stands for the failed call lies there now.
  private func answerError(_ pointer: OpaquePointer) -> Bool {
    guard let prompt = errorPrompt, clua_tostring(pointer, -1) == LUA_OK else { return false }
    let message = LuaFrame(pointer).shownString(-1)
    clua_pop(pointer, 1)
    if message.contains("stack overflow") { return false }
    clua_announce_output(host)
    Pager.show(message)
    switch DebugPrompt(self, isAtError: true, clearInterrupt: prompt.clearInterrupt).run() {
    case .goOn: return false
    case .retry:
      errorPrompt?.wantsRetry = true
      return false
    case .values(let values):
      LuaFrame(pointer).writeOne(values.first ?? .nil)
      return true
    }
  }
}
