import Foundation

/// A prompt on a state: reads, evaluates, shows.
///
/// On a terminal it edits lines with history and completion; from a pipe it reads entries without showing a prompt.
public struct Repl {
  /// What the prompt says and keeps.
  public struct Options: Sendable {
    public var prompt = "> "
    public var continuation = ">> "
    /// A file for the history between sessions; nil to keep none.
    public var historyPath: String?
    /// Shown once before the first prompt of a terminal.
    public var greeting = ""
    /// A script that runs before the first prompt, if it is there; nil for none.
    public var startScript: String?
    /// Commands that stand for entries.
    public var shorthands: [Shorthand] = []

    public init() {}
  }

  private var evaluator: Evaluator
  private let options: Options
  private let isTerminal = Terminal.isInteractive
  private let clearInterrupt: () -> Void
  /// Answers what is no Lua in some other way than the prompt's own commands.
  var special: (String) -> Special? = { _ in nil }

  /// What comes of an entry that another than the prompt answers.
  enum Special {
    case text(String)
    case failure(String)
    case leave
  }

  /// - Parameter clearInterrupt: Lets the state, and native loops, run again after Ctrl-C.
  public init(_ state: LuaState, _ options: Options = Options(), clearInterrupt: @escaping () -> Void) {
    self.init(Evaluator(state), options, clearInterrupt: clearInterrupt)
  }

  init(_ evaluator: Evaluator, _ options: Options, clearInterrupt: @escaping () -> Void) {
    self.evaluator = evaluator
    self.evaluator.usesColor = Terminal.isInteractive && Terminal.usesColor
    self.options = options
    self.clearInterrupt = clearInterrupt
  }

  /// What has become of an entry.
  private enum Step {
    case done(Bool)
    case unfinished
    case leave
  }

  /// Reads entries until the input ends. Returns whether all of them ran; a person at a terminal has seen which did not,
  /// so there the session as a whole went well.
  @discardableResult
  public func run() -> Bool {
    var prompt = self
    return prompt.readEntries()
  }

  private mutating func readEntries() -> Bool {
    let pending = Pending(), source = makeSource(pending)
    var isClean = true
    if isTerminal && !options.greeting.isEmpty { show(options.greeting) }
    runStartScript()
    while true {
      switch source.read(prompt: prompt(isContinued: !pending.entry.isEmpty)) {
      case .line(let line):
        switch take(line, pending, source) {
        case .done(let ran): isClean = isClean && ran
        case .unfinished: break
        case .leave: return isClean || isTerminal
        }
      case .interrupted:
        pending.entry = ""
        clearInterrupt()
        show("^C")
      case .end where isTerminal && !pending.entry.isEmpty:
        pending.entry = ""
        show("")
      case .end:
        if !pending.entry.isEmpty, case .done(let ran) = run(pending.entry, isLast: true) { isClean = isClean && ran }
        if isTerminal { show("") }
        return isClean || isTerminal
      }
    }
  }

  /// Takes a line, or several that were pasted or recalled as one, and runs the entries that are whole now.
  private mutating func take(_ line: String, _ pending: Pending, _ source: any LineSource) -> Step {
    let text = pending.entry.isEmpty ? line : pending.entry + "\n" + line
    pending.entry = ""
    if text.allSatisfy(\.isWhitespace) { return .done(true) }
    guard line.contains("\n") else {
      let step = run(text)
      if case .unfinished = step { pending.entry = text } else { source.remember(text) }
      return step
    }
    let (entries, rest) = EntrySplitter { [evaluator] in evaluator.isComplete($0) }.split(text)
    if rest.isEmpty { source.remember(text) }
    var isClean = true
    for entry in entries {
      switch run(entry, isLast: true) {
      case .done(let ran): isClean = isClean && ran
      case .unfinished: break
      case .leave: return .leave
      }
      if evaluator.state.isInterrupted { break }
    }
    pending.entry = rest
    return .done(isClean)
  }

  /// Runs an entry or carries out a command.
  private mutating func run(_ entry: String, isLast: Bool = false) -> Step {
    switch special(entry) {
    case .text(let text)?: return shown(text)
    case .failure(let text)?: return failed(text)
    case .leave?: return .leave
    case nil: break
    }
    switch PromptCommands(evaluator: evaluator, shorthands: options.shorthands).answer(entry) {
    case .text(let text)?:
      Pager.show(text)
      return .done(true)
    case .failure(let text)?: return failed(text)
    case .leave?: return .leave
    case .file(let path, let text)?: return evaluate(text, named: "@" + path, isLast: true, isTimed: false)
    case .entry(let entry, let isTimed)?: return evaluate(entry, isLast: true, isTimed: isTimed)
    case nil: return evaluate(entry, isLast: isLast, isTimed: false)
    }
  }

  private mutating func evaluate(_ entry: String, named name: String? = nil, isLast: Bool, isTimed: Bool) -> Step {
    evaluator.width = Terminal.width
    let start = ContinuousClock.now, outcome = evaluator.evaluate(entry, named: name)
    if case .incomplete = outcome, !isLast { return .unfinished }
    let duration = ContinuousClock.now - start
    if evaluator.state.isInterrupted {
      clearInterrupt()
      if isTerminal { show("") }  // the terminal has echoed ^C
    }
    defer { showDuration(duration, isTimed: isTimed) }
    switch outcome {
    case .values(let texts): return texts.isEmpty ? .done(true) : shown(texts.joined(separator: "\t"))
    case .failure(let error), .incomplete(let error):
      show(error.message)
      if let traceback = error.traceback, isHelpful(traceback) { show(traceback) }
      return .done(false)
    }
  }

  private mutating func runStartScript() {
    guard let path = options.startScript, FileManager.default.fileExists(atPath: path) else { return }
    do throws(UnreadableScript) {
      _ = evaluate(try readScript(path), named: "@" + path, isLast: true, isTimed: false)
    } catch { show(error.description) }
  }

  /// A traceback helps when the error happened deeper than in the entry itself.
  private func isHelpful(_ traceback: String) -> Bool {
    traceback.split(separator: "\n").dropFirst().contains { !$0.contains("[C]") && !$0.contains("in main chunk") }
  }

  // MARK: Showing

  private func shown(_ text: String) -> Step {
    show(text)
    return .done(true)
  }

  private func failed(_ text: String) -> Step {
    show(text)
    return .done(false)
  }

  /// Tells a person how long a slow entry took, or anyone who asked.
  private func showDuration(_ duration: Duration, isTimed: Bool) {
    let seconds = duration / .seconds(1)
    if isTimed {
      show(seconds < 1 ? "(\(TextTable.number(seconds * 1000)) ms)" : "(\(TextTable.number(seconds)) s)")
    } else if isTerminal, seconds > 1 {
      show("(\((seconds * 10).rounded() / 10) s)")
    }
  }

  private func show(_ text: String) {
    print(text)  // lint:allow print, because a prompt shows results.
    fflush(nil)
  }

  private func makeSource(_ pending: Pending) -> any LineSource {
    let evaluator = evaluator
    guard isTerminal else { return PlainLines() }
    let editor = LineEditor(historyPath: options.historyPath) { line in
      evaluator.complete(line, after: pending.entry.isEmpty ? "" : pending.entry + "\n")
    }
    return editor ?? PlainLines() as any LineSource
  }

  /// The prompt. Its last character is plain: the line editor drops an escape that nothing follows.
  private func prompt(isContinued: Bool) -> String {
    let text = isContinued ? options.continuation : options.prompt
    guard evaluator.usesColor, text.hasSuffix(" ") else { return text }
    return "\u{1}\u{1b}[1;36m\u{1}\(text.dropLast())\u{1}\u{1b}[0m\u{1} "
  }
}

/// The lines of an entry that is not finished; the completion of the next line looks at them.
private final class Pending {
  var entry = ""
}
