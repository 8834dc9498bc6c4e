import TestSupport
import Testing

@Suite("The same seed")
struct DeterminismTests {
  @Test("Gives the same parameters on one and two threads, after kills and resumes")
  func sameParameters() throws {
    let outcome = try Program("scripts/determinism", Program.fedluaPath).run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("determinism: all is well\n"), "\(outcome.errors)")
  }
}
