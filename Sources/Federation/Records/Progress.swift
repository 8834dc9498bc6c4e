import Foundation

/// How far a run is.
public struct Progress: Sendable, Equatable {
  /// Round in work, from 1.
  public let round: Int
  public let rounds: Int
  /// Clients of the round that have finished training.
  public let clientsDone: Int
  public let clients: Int

  public init(round: Int, rounds: Int, clientsDone: Int, clients: Int) {
    self.round = round
    self.rounds = rounds
    self.clientsDone = clientsDone
    self.clients = clients
  }

  /// Share of the whole run that is done, in [0, 1].
  public var fraction: Double {
    (Double(round - 1) + Double(clientsDone) / Double(max(clients, 1))) / Double(max(rounds, 1))
  }
}

/// Turns progress into one line that a terminal redraws, or into a line every few seconds where there is none.
public struct ProgressBar {
  /// Whether the line is redrawn in place.
  private let isTerminal: Bool
  private let usesColor: Bool
  private let write: (String) -> Void
  private let now: () -> Double

  private var start: Double?
  private var startFraction = 0.0
  private var lastDrawn = -Double.infinity

  /// Seconds between two drawings.
  private var interval: Double { isTerminal ? 0.1 : 5 }

  /// - Parameters:
  ///   - isTerminal: Whether `write` goes to a terminal.
  ///   - usesColor: Whether color is welcome; a terminal with `NO_COLOR` set wants none.
  ///   - now: Seconds on a clock that only goes forward; nil for the system's.
  public init(
    isTerminal: Bool, usesColor: Bool, now: (() -> Double)? = nil, write: @escaping (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.usesColor = usesColor && isTerminal
    self.now = now ?? { ProcessInfo.processInfo.systemUptime }
    self.write = write
  }

  /// Draws, unless it did so a moment ago.
  public mutating func show(_ progress: Progress) {
    let time = now()
    if start == nil {
      start = time
      // The first report comes after work is done; the rate counts from there.
      startFraction = progress.fraction
      // A log needs no line for work that ends within seconds.
      if !isTerminal { lastDrawn = time }
    }
    guard time - lastDrawn >= interval else { return }
    lastDrawn = time
    let text = line(progress, elapsed: time - (start ?? time))
    write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
  }

  /// Clears the line, so that other output starts on a clean one.
  public mutating func clear() {
    guard isTerminal, lastDrawn > -.infinity else { return }
    write("\r\u{1B}[K")
    lastDrawn = -.infinity
  }

  private func line(_ progress: Progress, elapsed: Double) -> String {
    let done = progress.fraction - startFraction
    var text = "round \(progress.round)/\(progress.rounds)  client \(progress.clientsDone)/\(progress.clients)"
    if done > 0, elapsed > 0 {
      let perRound = elapsed / (done * Double(progress.rounds))
      text += "  \(Self.duration(perRound)) a round  \(Self.duration(elapsed / done * (1 - progress.fraction))) left"
    }
    guard isTerminal else { return text }
    let width = 20, filled = min(width, Int(progress.fraction * Double(width)))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return usesColor ? "\u{1B}[36m\(bar)\u{1B}[0m \(text)" : "\(bar) \(text)"
  }

  /// Writes seconds as people say them: `0.8 s`, `12 s`, `3 min 5 s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(min(seconds, 1e9).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
