import Foundation
import TestSupport
import Testing

/// Random programs in sandboxes, from the grammar in `fuzz/programs.lua`: none ends or hangs the host, and each gives the
/// same in two sandboxes.
@Suite("Random programs")
struct ProgramFuzzTests {
  /// How many; `scripts/fuzz` runs 10,000, in processes that a crash would end alone.
  private static let long = ProcessInfo.processInfo.environment["FEDLUA_FUZZ"].flatMap { Int($0) }.map { $0 / 10 }

  @Test("end well in a sandbox, or are stopped")
  func endWell() throws {
    let script = Program.packageRoot + "/Tests/LuaBindingsTests/fuzz/run.lua"
    let place = Self.long == nil ? "state" : "process"
    let outcome = try Program.fedlua().run(["run", script, "1", "\(Self.long ?? 200)", place])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lastLine.hasSuffix("; 0 problems"), "\(outcome.output)")
    #expect(outcome.lastLine.hasPrefix("\(Self.long ?? 200) programs: "))
  }
}
