import Federation
import Testing

@testable import fedlua

@Suite("Progress bars")
struct ProgressBarTests {
  /// Runs a bar through reports at given seconds and returns what it wrote.
  private func written(
    isTerminal: Bool, usesColor: Bool = false, width: Int = 100, outer: ProgressBar.Row? = nil,
    _ reports: [(Double, Federation.Progress)]
  ) -> [String] {
    var time = 0.0, lines: [String] = []
    var bar = ProgressBar(
      isTerminal: isTerminal, usesColor: usesColor, width: { width }, now: { time }, write: { lines.append($0) })
    if let outer { bar.show(outer) }
    for (seconds, progress) in reports {
      time = seconds
      bar.show(progress, last: nil, isEnding: false)
    }
    return lines
  }

  private func at(_ round: Int, _ done: Int) -> Federation.Progress {
    Federation.Progress(round: round, rounds: 10, clientsDone: done, clients: 5)
  }

  @Test("Without a terminal there is a plain line every five seconds")
  func plain() {
    let lines = written(
      isTerminal: false, usesColor: true, [(0, at(1, 0)), (2, at(1, 2)), (6, at(2, 1)), (7, at(2, 2))])
    #expect(lines == ["round 2/10  5.0 s a round  44 s left  client 1/5\n"])
  }

  @Test("On a terminal the bars lie under each other and are redrawn in place")
  func terminal() {
    let sweep = ProgressBar.Row(name: "sweep", done: 3, total: 18, note: "krum")
    let lines = written(isTerminal: true, outer: sweep, [(0, at(1, 0)), (0.05, at(1, 1)), (5, at(6, 0))])
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix("\r\u{1B}[2A\u{1B}[J"))
    let rows = lines[1].dropFirst("\r\u{1B}[2A\u{1B}[J".count).split(separator: "\n")
    #expect(rows[0] == "sweep  ███░░░░░░░░░░░░░░░░░ 3/18  krum")
    #expect(rows[1] == "round  ████████████░░░░░░░░ 6/10  1.0 s a round  5.0 s left")
    #expect(rows[2] == "client ░░░░░░░░░░░░░░░░░░░░ 0/5")
  }

  @Test("No line is wider than the terminal", arguments: [20, 30, 40, 61, 80])
  func narrow(width: Int) {
    let sweep = ProgressBar.Row(name: "sweep", done: 3, total: 18, note: String(repeating: "long ", count: 30))
    let lines = written(isTerminal: true, width: width, outer: sweep, [(0, at(1, 0)), (5, at(6, 0))])
    for line in lines {
      let text = line.drop { $0 != "s" }  // behind what moves the cursor
      #expect(text.split(separator: "\n").allSatisfy { $0.count < width }, "\(text)")
    }
  }

  @Test("Color is for terminals alone")
  func color() {
    #expect(written(isTerminal: true, usesColor: true, [(0, at(1, 0))])[0].contains("\u{1B}[36m"))
    let plain = written(isTerminal: false, usesColor: true, [(0, at(1, 0)), (9, at(1, 1))])
    #expect(plain.count == 1 && !plain[0].contains("\u{1B}"))
  }

  @Test("A duration is told as people say it")
  func duration() {
    #expect(ProgressBar.duration(0.84) == "0.8 s" && ProgressBar.duration(12.4) == "12 s")
    #expect(ProgressBar.duration(185) == "3 min 5 s")
  }
}
