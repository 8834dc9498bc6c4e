import CLua
import Foundation

/// A command of the prompt: `:name argument`.
struct PromptCommand: Sendable {
  /// What a command leads to.
  enum Answer {
    /// Text to show, and whether it is so much that it may be paged.
    case text(String)
    case failure(String)
    /// An entry to evaluate, and whether to tell how long it took.
    case entry(String, isTimed: Bool)
    case file(String, text: String)
    case leave
  }

  let name: String
  let usage: String
  let sentence: String
  let run: @Sendable (PromptCommands, String) -> Answer

  init(
    _ name: String, _ usage: String, _ sentence: String, _ run: @escaping @Sendable (PromptCommands, String) -> Answer
  ) {
    (self.name, self.usage, self.sentence, self.run) = (name, usage, sentence, run)
  }

  static let all = [
    PromptCommand("help", "[NAME]", "Lists these commands, or explains a name.") { $0.help($1) },
    PromptCommand("find", "NAME", "Tells where a function is defined.") { $0.find($1) },
    PromptCommand("apropos", "WORD", "Lists what has a word in its name or its sentence.") { $0.apropos($1) },
    PromptCommand("source", "NAME", "Shows the text of a function; NAME?? is short for it.") { $0.source($1) },
    PromptCommand("time", "ENTRY", "Runs an entry and tells how long it took.") { .entry($1, isTimed: true) },
    PromptCommand("who", "", "Lists the variables of this session.") { commands, _ in commands.who() },
    PromptCommand("load", "FILE", "Runs a file as if it had been typed here.") { $0.load($1) },
    PromptCommand("save", "FILE", "Writes the entries that ran so far to a new file.") { $0.save($1) },
    PromptCommand("reload", "[MODULE]", "Puts the edited text of a module, or of all, into the tables in use.") {
      $0.reload($1)
    },
    PromptCommand("exit", "", "Leaves, as Ctrl-D does.") { _, _ in .leave },
  ]

  static let names = all.map(\.name) + ["profile"]
}

/// A command that stands for an entry; the program that owns the prompt adds it.
public struct Shorthand: Sendable {
  let name: String
  let usage: String
  let sentence: String
  let expand: @Sendable (String) -> String

  /// - Parameter expand: Turns what stands behind the command into an entry.
  public init(_ name: String, _ usage: String, _ sentence: String, _ expand: @escaping @Sendable (String) -> String) {
    (self.name, self.usage, self.sentence, self.expand) = (name, usage, sentence, expand)
  }
}

/// Carries out the commands of a prompt, and knows nothing of terminals.
struct PromptCommands {
  let evaluator: Evaluator
  var shorthands: [Shorthand] = []

  var state: LuaState { evaluator.state }

  /// What an entry leads to if it is a command, `x?` or `x??`; nil for any other.
  func answer(_ entry: String) -> PromptCommand.Answer? {
    if let question = entry.wholeMatch(of: /\s*([A-Za-z_][\w.:]*)(\?\??)\s*/) {
      let name = String(question.1)
      return question.2 == "??" ? source(name) : .text(explanation(of: name))
    }
    if let word = entry.wholeMatch(of: /\s*(exit|quit)(\(\))?\s*/), !isKnown(String(word.1)) { return .leave }
    guard let parts = entry.wholeMatch(of: /:(\w+)\s*((?s).*)/) else { return nil }
    let name = String(parts.1), argument = parts.2.trimmingCharacters(in: .whitespacesAndNewlines)
    if let command = PromptCommand.all.first(where: { $0.name == name }) { return command.run(self, argument) }
    if let shorthand = shorthands.first(where: { $0.name == name }) {
      return .entry(shorthand.expand(argument), isTimed: false)
    }
    let names = PromptCommand.all.map(\.name) + shorthands.map(\.name)
    return .failure("there is no command :\(name)" + suggestion(for: name, among: names) + "; :help lists them")
  }

  private func isKnown(_ name: String) -> Bool {
    evaluator.session.names.contains(name) || state.globalNames().contains(name)
  }

  // MARK: Help

  fileprivate func help(_ name: String) -> PromptCommand.Answer {
    if !name.isEmpty { return .text(explanation(of: name)) }
    let lines =
      PromptCommand.all.map { (":\($0.name) \($0.usage)", $0.sentence) }
      + shorthands.map { (":\($0.name) \($0.usage)", $0.sentence) }
      + [
        ("NAME?", "Explains a name, as help(NAME) does."), ("NAME??", "Shows the text of a function."),
        ("_, _1, _2, _3", "The last results; a final ; keeps one from being shown."),
        ("Tab", "Completes names, options inside of { }, modules and files inside of strings."),
        ("Ctrl-R", "Searches the history; Page Up finds the entries that begin like this one."),
        ("Ctrl-C", "Stops what runs, or empties the line."),
      ]
    let width = lines.map(\.0.count).max() ?? 0
    return .text(
      lines.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n"))
  }

  private func explanation(of name: String) -> String {
    if let text = state.help(for: name) { return text }
    return withValue(of: name) { state.help(at: $0) } ?? "nothing is known of '\(name)'"
      + HelpText(state.registry).suggestion(for: name)
  }

  fileprivate func apropos(_ word: String) -> PromptCommand.Answer {
    guard !word.isEmpty else { return .failure(":apropos needs a word") }
    state.requireLibrary()
    let found = state.registry.bindings.filter { binding in
      [binding.fullName, binding.documentation.sentence].contains { $0.localizedCaseInsensitiveContains(word) }
    }
    if found.isEmpty { return .failure("nothing has '\(word)' in its name or its sentence") }
    return .text(found.map { "\($0.fullName)  \($0.documentation.sentence)" }.joined(separator: "\n"))
  }

  // MARK: Where things are

  fileprivate func find(_ name: String) -> PromptCommand.Answer {
    guard !name.isEmpty else { return .failure(":find needs the name of a function") }
    return withValue(of: name) { index in
      if let binding = state.binding(at: index) {
        let module = state.loader.modules.first { $0 == binding.fullName }
        return .text(module.map { "\($0) of the library, written in Lua" } ?? "\(binding.fullName) is native")
      }
      guard let place = SourceText(state, evaluator.session).place(of: index) else {
        return .failure("'\(name)' is no function")
      }
      return .text(place)
    } ?? .failure("'\(name)' has no value")
  }

  fileprivate func source(_ name: String) -> PromptCommand.Answer {
    let text = withValue(of: name) { SourceText(state, evaluator.session).text(of: $0) } ?? nil
    return text.map { .text($0) } ?? .failure("there is no text of '\(name)': it is native, or no function")
  }

  /// Calls `body` with the stack index of what an expression gives; nil if it fails or is nil.
  private func withValue<Result>(of expression: String, _ body: (Int32) -> Result) -> Result? {
    let pointer = state.pointer, bottom = lua_gettop(pointer)
    defer { lua_settop(pointer, bottom) }
    let last = expression.split(separator: ":").map(String.init)
    guard evaluator.push(last.joined(separator: ".")), lua_type(pointer, -1) > LUA_TNIL else { return nil }
    return body(lua_gettop(pointer))
  }

  // MARK: The session

  fileprivate func who() -> PromptCommand.Answer {
    let pointer = state.pointer, session = evaluator.session
    var lines: [(name: String, text: String)] = []
    for name in session.names where session.push(name, pointer) {
      lines.append(("local " + name, brief()))
      clua_pop(pointer, 1)
    }
    for name in state.globalNames() where !session.known.contains(name) && name.wholeMatch(of: /_\d?/) == nil {
      state.pushGlobals()
      LuaFrame(pointer).write(name)
      lua_rawget(pointer, -2)
      lines.append((name, brief()))
      clua_pop(pointer, 2)
    }
    if lines.isEmpty { return .text("no variables yet") }
    let width = lines.map(\.name.count).max() ?? 0
    return .text(
      lines.map { $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.text }.joined(separator: "\n"))
  }

  /// The value on top in one short line.
  private func brief() -> String {
    let index = lua_gettop(state.pointer), type = LuaFrame(state.pointer).typeName(index)
    if type == "table" { return "table" }
    var plain = evaluator
    plain.usesColor = false
    let line = plain.text(index).split(separator: "\n").first.map(String.init) ?? ""
    let text = line.count > 60 ? line.prefix(59) + "…" : line
    return text.hasPrefix(type) || type == "userdata" ? text : "\(type)  \(text)"
  }

  fileprivate func load(_ path: String) -> PromptCommand.Answer {
    do throws(UnreadableScript) { return .file(path, text: try readScript(path)) } catch {
      return .failure(error.description)
    }
  }

  fileprivate func save(_ path: String) -> PromptCommand.Answer {
    guard !path.isEmpty else { return .failure(":save needs the name of a file") }
    if FileManager.default.fileExists(atPath: path) { return .failure("'\(path)' is there already; name a new file") }
    let text = evaluator.session.entries.filter(\.succeeded).map { $0.text + "\n" }.joined()
    do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch {
      return .failure("cannot write '\(path)': \(error.localizedDescription)")
    }
    return .text("\(evaluator.session.entries.filter(\.succeeded).count) entries written to \(path)")
  }

  fileprivate func reload(_ module: String) -> PromptCommand.Answer {
    let reports = module.isEmpty ? state.reloadChangedModules() : [state.reload(module)]
    if reports.isEmpty { return .text("no module was edited since it was loaded") }
    let text = reports.map(\.description).joined(separator: "\n")
    return reports.contains { $0.failure != nil } ? .failure(text) : .text(text)
  }
}
