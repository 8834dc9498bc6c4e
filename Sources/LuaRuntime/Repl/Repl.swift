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

    public init() {}
  }

  private var evaluator: Evaluator
  private let options: Options
  private let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  private let clearInterrupt: () -> Void

  /// - Parameter clearInterrupt: Lets the state, and native loops, run again after Ctrl-C.
  public init(_ state: LuaState, _ options: Options = Options(), clearInterrupt: @escaping () -> Void) {
    evaluator = Evaluator(state)
    evaluator.usesColor = isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    self.options = options
    self.clearInterrupt = clearInterrupt
  }

  /// Reads entries until the input ends. Returns whether all of them ran, which a terminal need not know.
  @discardableResult
  public func run() -> Bool {
    let source = makeSource()
    var entry = "", isClean = true
    if isTerminal && !options.greeting.isEmpty { show(options.greeting) }
    while true {
      switch source.read(prompt: prompt(isContinued: !entry.isEmpty)) {
      case .line(let line):
        entry += entry.isEmpty ? line : "\n" + line
        if entry.allSatisfy(\.isWhitespace) { entry = "" } else { isClean = evaluate(&entry, source) && isClean }
      case .interrupted:
        entry = ""
        clearInterrupt()
        show("^C")
      case .end:
        if !entry.isEmpty { isClean = evaluate(&entry, source, isLast: true) && isClean }
        if isTerminal { show("") }
        return isClean
      }
    }
  }

  /// Runs an entry and empties it, or leaves it for another line. Returns false if it failed.
  private func evaluate(_ entry: inout String, _ source: any LineSource, isLast: Bool = false) -> Bool {
    let start = ContinuousClock.now, outcome = evaluator.evaluate(entry)
    if case .incomplete = outcome, !isLast { return true }
    remember(entry, source)
    let last = entry
    entry = ""
    if evaluator.state.isInterrupted {
      clearInterrupt()
      if isTerminal { show("") }  // the terminal has echoed ^C
    }
    defer { showDuration(ContinuousClock.now - start) }
    switch outcome {
    case .values(let texts):
      if !texts.isEmpty { show(texts.joined(separator: "\t")) }
      if isTerminal && last.hasPrefix("local ") { show("(a local ends with its entry; leave `local` out to keep it)") }
      return true
    case .failure(let error), .incomplete(let error):
      show(error.message)
      if let traceback = error.traceback, isHelpful(traceback) { show(traceback) }
      return false
    }
  }

  /// Keeps an entry for the arrow keys, in one line unless a comment would swallow what follows.
  private func remember(_ entry: String, _ source: any LineSource) {
    let lines = entry.split(separator: "\n").map(String.init)
    for line in entry.contains("--") ? lines : [lines.joined(separator: " ")] { source.remember(line) }
  }

  /// A traceback helps when the error happened deeper than in the entry itself.
  private func isHelpful(_ traceback: String) -> Bool {
    traceback.split(separator: "\n").dropFirst().contains { !$0.contains("[C]") && !$0.contains("in main chunk") }
  }

  /// Tells a person how long a slow entry took.
  private func showDuration(_ duration: Duration) {
    guard isTerminal, duration > .seconds(1) else { return }
    let tenths = duration / .milliseconds(100)
    show("(\(tenths.rounded() / 10) s)")
  }

  private func show(_ text: String) {
    print(text)  // lint:allow print, because a prompt shows results.
    fflush(nil)
  }

  private func makeSource() -> any LineSource {
    let evaluator = evaluator
    guard isTerminal else { return PlainLines() }
    return LineEditor(historyPath: options.historyPath) { evaluator.complete($0) } ?? PlainLines() as any LineSource
  }

  private func prompt(isContinued: Bool) -> String {
    let text = isContinued ? options.continuation : options.prompt
    return evaluator.usesColor ? "\u{1}\u{1b}[1;36m\u{1}\(text)\u{1}\u{1b}[0m\u{1}" : text
  }
}
