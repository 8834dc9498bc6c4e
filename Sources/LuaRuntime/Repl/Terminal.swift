import Foundation
import Synchronization

/// The terminal that the program writes to, as it is at the moment: windows are resized.
public enum Terminal {
  private static let isIgnored = Atomic(false)

  /// From now on what is printed looks the same wherever the program runs: as where there is no screen.
  public static func ignore() { isIgnored.store(true, ordering: .relaxed) }

  /// Whether a person types and reads.
  public static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Whether what is printed goes to a screen.
  public static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 && !isIgnored.load(ordering: .relaxed) }

  /// Whether the terminal knows no more than characters and line breaks.
  public static var isDumb: Bool { ["", "dumb", nil].contains(ProcessInfo.processInfo.environment["TERM"]) }

  /// Whether colors are welcome in what is printed.
  public static var usesColor: Bool {
    isOutput && !isDumb && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Columns of the screen; 80 where there is none.
  public static var width: Int { size.columns }

  /// Lines of the screen; nil where there is none.
  public static var height: Int? { size.rows }

  private static var size: (columns: Int, rows: Int?) {
    var size = winsize()
    guard isOutput, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, nil) }
    return (max(20, Int(size.ws_col)), size.ws_row > 0 ? Int(size.ws_row) : nil)
  }

  /// Columns that a text takes: escapes take none.
  static func columns(_ text: some StringProtocol) -> Int {
    var isEscape = false, width = 0
    for character in text.unicodeScalars {
      if character == "\u{1b}" { isEscape = true } else if isEscape { isEscape = character != "m" } else { width += 1 }
    }
    return width
  }
}

/// Breaks long lines between words.
public enum LineWrapping {
  /// The text with no line longer than `width`, as far as words allow. What a line is broken into goes on two columns to
  /// the right of where it began. Lines of an example are left as they are.
  public static func wrap(_ text: String, width: Int) -> String {
    var isExample = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("  "), !line.hasPrefix("   ") { isExample = line == "  Example" }
      return isExample || Terminal.columns(line) <= width ? String(line) : wrapped(line, width)
    }.joined(separator: "\n")
  }

  private static func wrapped(_ line: Substring, _ width: Int) -> String {
    let indent = String(line.prefix { $0 == " " }), deeper = indent + "  "
    var lines: [String] = [], current = indent, isEmpty = true
    for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, Terminal.columns(current) + 1 + Terminal.columns(word) > width {
        lines.append(String(current.trimmingSuffix { $0 == " " }))
        (current, isEmpty) = (deeper, true)
        if word.isEmpty { continue }
      }
      current += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [current]).joined(separator: "\n")
  }
}
