import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua test [path …]`
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Runs specs: files NAME_spec.lua that describe what rules and scripts should do.",
    discussion: """
      A spec says describe, it and expect of fed.spec; fed.spec.check_aggregator and fed.spec.check_attack hold a rule of \
      your own to what all rules of fedlua hold to. The status is 1 where a check failed, and 2 where there was none.
      """)

  @OptionGroup var options: RunOptions

  @Option(help: "Runs the checks alone whose full name holds this text.")
  var filter: String?

  @Option(help: "Writes the results as JUnit does, for continuous integration.")
  var junit: String?

  @Option(help: "Writes which lines ran, as lcov does, and prints the share of each file.")
  var coverage: String?

  @Flag(help: "Prints the names of the checks and runs none.")
  var list = false

  @Flag(help: "Writes the files that expect_screen of fed.spec compares with anew.")
  var writeScreens = false

  @Argument(help: "Specs, or folders with specs; this folder by default.", completion: .file(extensions: ["lua"]))
  var paths: [String] = ["."]

  func run() throws {
    let files = try LuaFiles.found(paths, suffix: "_spec.lua")
    let settings = options.settings
    Terminal.ignore()
    let status = try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      let run: LuaFunction = try state.evaluate("return require('fed.tools.tester').command")
      let table: LuaTable = try state.evaluate("return {}")
      try table.set("filter", filter)
      try table.set("junit", junit)
      try table.set("list", list)
      try table.set("write_screens", writeScreens)
      let say: LuaFunction = try state.evaluate("return print")
      if coverage != nil { state.countLines() }
      let status = try run(files, table, say, returning: Int.self)
      if let coverage { try report(state, files, to: coverage) }
      return status
    }
    fflush(nil)
    if status != 0 { throw ExitCode(Int32(status)) }
  }

  /// Writes which lines ran, and prints the share of each file.
  private func report(_ state: LuaState, _ files: [String], to path: String) throws {
    let counts = LuaRecord(state.stopCountingLines().map { ($0.path, LuaSparseTable($0.counts)) })
    let make: LuaFunction = try state.evaluate(
      "return function(...) return { require('fed.tools.coverage').report(...) } end")
    let report = try make(counts, files, returning: LuaTable.self)
    try report.get(1, as: String.self).write(toFile: path, atomically: true, encoding: .utf8)
    for line in try report.get(2, as: [String].self) { print(line) }
  }
}
