import Foundation

/// Shows a text that is longer than the screen page by page.
enum Pager {
  /// Prints a text, wrapped to the terminal, and waits for a key after each page where a person reads.
  static func show(_ text: String) {
    guard Terminal.isOutput else { return write(text + "\n") }
    let text = LineWrapping.wrap(text, width: Terminal.width)
    guard Terminal.isInteractive, !Terminal.isDumb, let height = Terminal.height else { return write(text + "\n") }
    var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...], page = height - 1
    while rest.count > page, page > 0 {
      write(rest.prefix(page).joined(separator: "\n") + "\n")
      rest = rest.dropFirst(page)
      write("-- \(rest.count) more lines: space, Enter or q --")
      let key = readKey()
      write("\r\u{1b}[K")
      switch key {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): page = 1
      case UInt8(ascii: " "), UInt8(ascii: "f"): page = height - 1
      default: return
      }
    }
    write(rest.joined(separator: "\n") + "\n")
  }

  private static func write(_ text: String) {
    print(text, terminator: "")  // lint:allow print, because a pager shows text.
    fflush(nil)
  }

  /// Reads one key without waiting for Enter; nil at the end of the input and after Ctrl-C.
  private static func readKey() -> UInt8? {
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
    defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
    var key: UInt8 = 0
    return read(STDIN_FILENO, &key, 1) == 1 ? key : nil
  }
}
