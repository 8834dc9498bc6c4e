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
    editor = clineedit_open("fedlua", { completeLine($0, $1, $2) }, Unmanaged.passUnretained(self).toOpaque())
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
    let shown = candidates.prefix(100).map { $0.split { $0 == "." || $0 == ":" }.last.map(String.init) ?? $0 }
    print("\n" + columns(shown + (candidates.count > 100 ? ["…"] : [])))  // lint:allow print, because Tab shows names.
    fflush(nil)
    return ("", true)
  }

  private func columns(_ words: [String]) -> String {
    let width = (words.map(\.count).max() ?? 0) + 2, perLine = max(1, 80 / width)
    return stride(from: 0, to: words.count, by: perLine).map { start in
      words[start..<min(start + perLine, words.count)].map { $0.padding(toLength: width, withPad: " ", startingAt: 0) }
        .joined()
    }.joined(separator: "\n")
  }
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

/// Lines from a pipe or a file, without a prompt.
struct PlainLines: LineSource {
  func read(prompt: String) -> LineOutcome { readLine().map { .line($0) } ?? .end }
  func remember(_ entry: String) {}
}
