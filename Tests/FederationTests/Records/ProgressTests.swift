import Federation
import Testing

@Suite struct ProgressTests {
  private func at(_ round: Int, _ done: Int) -> Progress {
    Progress(round: round, rounds: 10, clientsDone: done, clients: 5)
  }

  @Test func `the fraction counts rounds and clients`() {
    #expect(at(3, 0).fraction == 0.2)
    #expect(abs(at(10, 5).fraction - 1) < 1e-12)
  }
}
