import Foundation
import TestSupport

/// A terminal of a given size in which a program runs, by way of tmux.
final class TmuxScreen {
  private let socket = "fedlua-\(UUID().uuidString.prefix(8))"
  private let scratch: Scratch

  /// Whether tmux is installed.
  static let isThere = (try? Program("tmux", "-V").run().status) == 0

  /// Starts commands of a shell, one after the other, in a folder. The screen stays when they have ended.
  init(width: Int, height: Int = 50, _ commands: String, in scratch: Scratch) throws {
    self.scratch = scratch
    try scratch.write("export TERM=screen LC_ALL=C.UTF-8\n\(commands)\nsleep 600\n", to: "commands.sh")
    let start = ["new-session", "-d", "-x", "\(width)", "-y", "\(height)", "-s", "test", "bash commands.sh"]
    _ = try tmux(["set-option", "-g", "history-limit", "5000", ";"] + start)
  }

  deinit { _ = try? tmux(["kill-server"]) }

  /// Types text without Enter.
  func type(_ text: String) throws { _ = try tmux(["send-keys", "-t", "test", "-l", text]) }

  /// Presses keys by their names in tmux, such as `Enter` or `C-c`.
  func press(_ keys: String...) throws { _ = try tmux(["send-keys", "-t", "test"] + keys) }

  /// Pastes text as a terminal does that marks what is pasted.
  func paste(_ text: String) throws {
    let path = try scratch.write(text, to: "paste-\(UUID().uuidString)")
    _ = try tmux(["load-buffer", path, ";", "paste-buffer", "-p", "-t", "test"])
  }

  /// Types a line and waits until the program asks for the next one.
  func enter(_ line: String) throws {
    try type(line)
    try press("Enter")
    try waitForPrompt()
  }

  /// All that was shown, from the beginning, without blanks at the ends of lines.
  func text() throws -> String {
    try tmux(["capture-pane", "-p", "-t", "test", "-S", "-"]).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.replacing(/[ ]+$/, with: "") }.joined(separator: "\n").replacing(/\n+$/, with: "")
  }

  /// Waits until the last line is a prompt with nothing behind it.
  func waitForPrompt() throws { try wait { $0.last.map { [">", ">>", "debug>"].contains($0) } == true } }

  /// Waits until the screen does not change any more and its lines are as wanted.
  func wait(until isReached: ([Substring]) -> Bool = { _ in true }) throws {
    var before = ""
    for _ in 0..<1200 {
      usleep(50_000)
      let now = try text()
      if now == before, isReached(now.split(separator: "\n")) { return }
      before = now
    }
    throw NeverReached(screen: before)
  }

  /// Runs tmux, whose server outlives the call: with an open descriptor of the test in its hands, whoever waits for the
  /// end of the call would wait for that of the server.
  private func tmux(_ arguments: [String]) throws -> String {
    let closing =
      "for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done 2>&-; exec tmux \"$@\""
    return try Program("bash", "-c", closing, "tmux", folder: scratch.folder, environment: ["LC_ALL": "C.UTF-8"])
      .run(["-u", "-L", socket, "-f", "/dev/null"] + arguments).output
  }
}

/// A screen that never became what a test waits for.
struct NeverReached: Error {
  let screen: String
}
