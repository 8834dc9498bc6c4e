import CLineEdit
import Foundation

/// Where a prompt gets its lines from.
protocol LineSource {
  func read(prompt: String) -> LineOutcome
  /// Keeps an entry for the arrow keys.
  func remember(_ entry: String)
}

/// What came of reading a line.
enum LineOutcome {
  /// A line, or several at once that were pasted or recalled.
  case line(String)
  case end
  case interrupted
}

/// A line editor on the terminal: libedit with history and completion.
final class LineEditor: LineSource {
  private let complete: (String) -> (insertion: String, candidates: [String])
  private let historyPath: String?
  private var editor: OpaquePointer?

  /// - Returns: nil if the terminal cannot be opened.
  init?(
    historyPath: String?, complete: @escaping (String) -> (insertion: String, candidates: [String])
  ) {
    self.complete = complete
    self.historyPath = historyPath
    editor = clineedit_open(
      "fedlua", { completeLine($0, $1, $2) }, { editPaste($0, $1) }, Unmanaged.passUnretained(self).toOpaque(),
      Terminal.isDumb ? 0 : 1)
    guard let editor else { return nil }
    if let historyPath { clineedit_load_history(editor, historyPath, 1000) }
  }

  deinit { if let editor { clineedit_close(editor) } }

  func read(prompt: String) -> LineOutcome {
    var text: UnsafeMutablePointer<CChar>?
    defer { free(text) }
    switch prompt.withCString({ clineedit_read(editor, $0, &text) }) {
    case Int32(CLINEEDIT_LINE): return .line(text.map { String(cString: $0) } ?? "")
    case Int32(CLINEEDIT_INTERRUPTED): return .interrupted
    default: return .end
    }
  }

  func remember(_ entry: String) {
    clineedit_add_history(editor, entry)
    if let historyPath { clineedit_save_history(editor, historyPath) }
  }

  /// Returns what Tab inserts, and prints the candidates when there is nothing to insert.
  fileprivate func tab(_ before: String) -> (insertion: String?, isListed: Bool) {
    let (insertion, candidates) = complete(before)
    if !insertion.isEmpty || candidates.count < 2 { return (candidates.isEmpty ? nil : insertion, false) }
    let shown = candidates.prefix(100) + (candidates.count > 100 ? ["…"] : [])
    print("\n" + Self.columns(Array(shown), width: Terminal.width))  // lint:allow print, because Tab shows names.
    fflush(nil)
    return ("", true)
  }

  /// Words in columns, as many as a line takes.
  static func columns(_ words: [String], width: Int) -> String {
    let wide = (words.map(\.count).max() ?? 0) + 2, perLine = max(1, width / wide)
    return stride(from: 0, to: words.count, by: perLine).map { start in
      words[start..<min(start + perLine, words.count)].map { $0.padding(toLength: wide, withPad: " ", startingAt: 0) }
        .joined().trimmingSuffix { $0 == " " }
    }.joined(separator: "\n")
  }
}

/// What is pasted, as it goes into the line: without the prompts and results of a session that was copied, and without
/// the line break at its end.
func pastedText(_ text: String) -> String {
  var lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  if lines.count > 1, lines.contains(where: { $0.hasPrefix("> ") }) {
    lines = lines.filter { $0.hasPrefix("> ") || $0.hasPrefix(">> ") }.map { String($0.drop { $0 == ">" }.dropFirst()) }
  }
  while lines.count > 1, lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
  return lines.joined(separator: "\n")
}

private func completeLine(
  _ context: UnsafeMutableRawPointer?, _ before: UnsafePointer<CChar>?, _ listed: UnsafeMutablePointer<Int32>?
) -> UnsafeMutablePointer<CChar>? {
  guard let context, let before else { return nil }
  let (insertion, isListed) = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue().tab(
    String(cString: before))
  listed?.pointee = isListed ? 1 : 0
  return insertion.flatMap { strdup($0) }
}

private func editPaste(
  _ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? { text.flatMap { strdup(pastedText(String(cString: $0))) } }

/// Lines from a pipe or a file, without a prompt.
struct PlainLines: LineSource {
  func read(prompt: String) -> LineOutcome { readLine().map { .line($0) } ?? .end }
  func remember(_ entry: String) {}
}
