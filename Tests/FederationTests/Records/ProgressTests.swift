import Federation
import Testing

@Suite struct ProgressTests {
  /// Runs a bar through reports at given seconds and returns what it wrote.
  private func written(isTerminal: Bool, usesColor: Bool = false, _ reports: [(Double, Progress)]) -> [String] {
    var time = 0.0, lines: [String] = []
    var bar = ProgressBar(isTerminal: isTerminal, usesColor: usesColor, now: { time }) { lines.append($0) }
    for (seconds, progress) in reports {
      time = seconds
      bar.show(progress)
    }
    return lines
  }

  private func at(_ round: Int, _ done: Int) -> Progress {
    Progress(round: round, rounds: 10, clientsDone: done, clients: 5)
  }

  @Test func `without a terminal there is a plain line every five seconds`() {
    let lines = written(
      isTerminal: false, usesColor: true, [(0, at(1, 0)), (2, at(1, 2)), (6, at(2, 1)), (7, at(2, 2))])
    #expect(lines == ["round 2/10  client 1/5  5.0 s a round  44 s left\n"])
  }

  @Test func `on a terminal the line is redrawn in place`() {
    let lines = written(isTerminal: true, [(0, at(1, 0)), (0.05, at(1, 1)), (5, at(6, 0))])
    #expect(lines.count == 2)
    #expect(lines[1] == "\r\u{1B}[K██████████░░░░░░░░░░ round 6/10  client 0/5  1.0 s a round  5.0 s left")
  }

  @Test func `color is for terminals alone`() {
    #expect(written(isTerminal: true, usesColor: true, [(0, at(1, 0))])[0].contains("\u{1B}[36m"))
    let plain = written(isTerminal: false, usesColor: true, [(0, at(1, 0)), (9, at(1, 1))])
    #expect(plain.count == 1 && !plain[0].contains("\u{1B}"))
  }

  @Test func `the fraction counts rounds and clients`() {
    #expect(at(3, 0).fraction == 0.2)
    #expect(abs(at(10, 5).fraction - 1) < 1e-12)
  }
}
