import Federation
import Foundation
import LuaBindings

/// Turns progress into bars that a terminal redraws, one in the other: what is around runs, rounds, clients. Where there
/// is no terminal, a line every few seconds.
struct ProgressBar {
  /// What is shown, from the outermost bar to the innermost.
  struct Row: Equatable {
    var name: String
    var done: Int
    var total: Int
    /// What stands behind the numbers.
    var note = ""

    var share: Double { min(1, Double(done) / Double(max(total, 1))) }
  }

  /// Whether lines are redrawn in place.
  let isTerminal: Bool
  let usesColor: Bool
  /// Seconds between two drawings.
  var interval: Double
  private let write: (String) -> Void
  private let now: () -> Double
  private let width: () -> Int

  private var outer: Row?
  private var start: Double?
  private var startShare = 0.0
  private var lastDrawn = -Double.infinity
  private var drawnLines = 0

  /// - Parameters:
  ///   - width: Columns of the terminal, which may change.
  ///   - interval: Seconds between two lines where there is no terminal.
  ///   - now: Seconds on a clock that only goes forward.
  init(
    isTerminal: Bool, usesColor: Bool, interval: Double = 5, width: @escaping () -> Int,
    now: @escaping () -> Double, write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.usesColor = usesColor && isTerminal
    self.interval = isTerminal ? 0.1 : interval
    self.width = width
    self.now = now
    self.write = write
  }

  /// Takes what a script tells of work around its runs.
  mutating func show(_ row: Row) {
    outer = row.done < row.total ? row : nil
    start = nil
  }

  /// Draws a run, unless it did so a moment ago.
  mutating func show(_ progress: Federation.Progress, last: RoundRecord?, isEnding: Bool) {
    let time = now()
    if start == nil || progress.fraction < startShare {
      start = time
      // The first report comes after work is done; the rate counts from there.
      startShare = progress.fraction
      // A log needs no line for work that ends within seconds.
      if !isTerminal { lastDrawn = max(lastDrawn, time) }
    }
    guard time - lastDrawn >= interval else { return }
    lastDrawn = time
    let rows = rows(progress, last, isEnding, elapsed: time - (start ?? time))
    if isTerminal { redraw(rows) } else { write(rows.map(plain).joined(separator: "  ") + "\n") }
  }

  /// Removes the bars, so that other output starts on a clean line.
  mutating func clear() {
    guard isTerminal, drawnLines > 0 else { return }
    write(cursorHome + "\u{1B}[J")
    drawnLines = 0
    lastDrawn = -.infinity
  }

  // MARK: What is said

  private func rows(_ progress: Federation.Progress, _ last: RoundRecord?, _ isEnding: Bool, elapsed: Double) -> [Row] {
    let done = progress.fraction - startShare
    var notes: [String] = []
    if isEnding {
      notes.append("ending with this round; Ctrl-C again stops at once")
    } else if done > 0, elapsed > 0 {
      notes.append(Self.duration(elapsed / (done * Double(progress.rounds))) + " a round")
      notes.append(Self.duration(elapsed / done * (1 - progress.fraction)) + " left")
    }
    if let accuracy = last?.accuracy { notes.append(String(format: "accuracy %.4f", accuracy)) }
    let round = Row(
      name: "round", done: progress.round, total: progress.rounds, note: notes.joined(separator: "  "))
    let clients = Row(name: "client", done: progress.clientsDone, total: progress.clients)
    return [outer, round, clients].compactMap { $0 }
  }

  private func plain(_ row: Row) -> String {
    "\(row.name) \(row.done)/\(row.total)" + (row.note.isEmpty ? "" : "  " + row.note)
  }

  // MARK: How it is drawn

  private var cursorHome: String { drawnLines > 1 ? "\r\u{1B}[\(drawnLines - 1)A" : "\r" }

  private mutating func redraw(_ rows: [Row]) {
    let columns = max(20, width()) - 1, names = rows.map(\.name.count).max() ?? 0
    // The row of rounds counts the one in work as half done.
    let lines = rows.map { row in
      Self.line(row, name: names, columns: columns, color: usesColor)
    }
    write(cursorHome + "\u{1B}[J" + lines.joined(separator: "\n"))
    drawnLines = lines.count
  }

  /// One bar of at most `columns` columns: what does not fit is cut, the numbers last.
  static func line(_ row: Row, name: Int, columns: Int, color: Bool) -> String {
    let width = columns >= 60 ? 20 : 10, filled = Int(row.share * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let label = row.name.padding(toLength: name, withPad: " ", startingAt: 0)
    let text = "\(row.done)/\(row.total)" + (row.note.isEmpty ? "" : "  " + row.note)
    let whole = "\(label) \(bar) \(text)"
    guard whole.count > columns else { return color ? "\(label) \u{1B}[36m\(bar)\u{1B}[0m \(text)" : whole }
    return String("\(label) \(text)".prefix(columns))
  }

  /// Writes seconds as people say them: `0.8 s`, `12 s`, `3 min 5 s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(min(seconds, 1e9).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
