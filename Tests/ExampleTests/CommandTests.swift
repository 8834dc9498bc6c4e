import Foundation
import TestSupport
import Testing

@Suite("The command fedlua")
struct CommandTests {
  @Test("The tests find the command that was built with them")
  func commandExists() throws {
    #expect(FileManager.default.isExecutableFile(atPath: Program.fedluaPath), "\(Program.fedluaPath)")
    let outcome = try Program.fedlua().run(["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("fedlua"))
  }
}
