import ArgumentParser
import Federation
import Foundation
import LuaBindings

/// How a command tells of progress on the error output.
struct ProgressOptions: ParsableArguments {
  @Flag(help: "Show no progress.")
  var quiet = false

  @Flag(help: "Tell progress as lines of JSON on the error output: one a round.")
  var json = false

  @Option(name: .customLong("progress-every"), help: "Seconds between two lines where there is no terminal.")
  var interval = 5.0

  func validate() throws {
    if quiet, json { throw ValidationError("--quiet and --json exclude each other") }
    if !(interval >= 0) { throw ValidationError("--progress-every is 0 or more, got \(interval)") }
  }

  /// Settings whose runs are shown as these options say.
  func applied(to settings: HostSettings) -> HostSettings {
    var settings = settings
    if quiet { return settings }
    if json {
      settings.onProgress = { report in
        guard case .round(let record, let total) = report else { return }
        Self.write(Self.line(record, of: total) + "\n")
      }
      return settings
    }
    settings.onProgress = Self.bars(linesEvery: interval)
    return settings
  }

  /// Shows progress as bars on a terminal, and as a line every few seconds elsewhere.
  static func bars(linesEvery interval: Double) -> @Sendable (ProgressReport) -> Void {
    let display = Display(interval: interval)
    return { display.show($0) }
  }

  /// A round in one line of JSON.
  static func line(_ record: RoundRecord, of total: Int) -> String {
    JSONValue.object([
      ("round", .int(record.number)), ("rounds", .int(total)), ("accuracy", .number(record.accuracy)),
      ("loss", .number(record.loss)), ("training_loss", .double(record.trainingLoss)),
      ("seconds", .double(record.seconds)),
    ]).text
  }

  fileprivate static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// The bars of one process.
private final class Display: @unchecked Sendable {  // all behind the lock
  private let lock = NSLock()
  private var bar: ProgressBar

  init(interval: Double) {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    bar = ProgressBar(
      isTerminal: isTerminal, usesColor: environment["NO_COLOR"] == nil, interval: interval,
      width: Self.columns, now: { ProcessInfo.processInfo.systemUptime }, write: ProgressOptions.write)
  }

  func show(_ report: ProgressReport) {
    lock.withLock {
      switch report {
      case .clients(let progress, let last, let isEnding): bar.show(progress, last: last, isEnding: isEnding)
      case .outer(let name, let done, let total, let note):
        bar.show(.init(name: name, done: done, total: total, note: note))
      case .round: break
      case .ended: bar.clear()
      }
    }
  }

  /// Columns of the terminal on the error output.
  private static func columns() -> Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
