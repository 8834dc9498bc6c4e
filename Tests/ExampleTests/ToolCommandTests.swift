import Foundation
import TestSupport
import Testing

@Suite("The commands meta, check and test")
struct ToolCommandTests {
  @Test("A project gets stubs and settings, and keeps the files that it has")
  func installs() throws {
    let scratch = try Scratch()
    try scratch.write("std = \"lua54\"\n", to: ".luacheckrc")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["meta", "--install", "."])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(".luacheckrc is kept as it is"))
    #expect(try String(contentsOfFile: scratch.path(".luacheckrc"), encoding: .utf8) == "std = \"lua54\"\n")
    let stub = try String(contentsOfFile: scratch.path(".fedlua/library/fed/aggregators.lua"), encoding: .utf8)
    #expect(stub.contains("function aggregators.krum(options) end"))
    #expect(try String(contentsOfFile: scratch.path(".luarc.json"), encoding: .utf8).contains(".fedlua/library"))
    #expect(try Program.fedlua(folder: scratch.folder).run(["meta", "--install", "."]).output.contains("kept"))
  }

  @Test("One page for language models comes from the command")
  func digest() throws {
    let outcome = try Program.fedlua().run(["meta", "--llm"])
    #expect(outcome.output.hasPrefix("# fed: federated learning under attack"))
    #expect(try Program.fedlua().run(["meta"]).status == 64)
  }

  @Test("What is committed is compared with what would be written")
  func compares() throws {
    #expect(try Program.fedlua().run(["meta", "--check", "."]).status == 0)
    let scratch = try Scratch()
    let outcome = try Program.fedlua().run(["meta", "--check", scratch.folder])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("editor/library/fed.lua is out of date"))
  }

  @Test("A script is checked without running it")
  func checks() throws {
    let scratch = try Scratch()
    try scratch.write("error('it ran')\nreturn fed.aggregators.krum { g = 1 }\n", to: "rule.lua")
    try scratch.write("if x != 2 then end\n", to: "other.lua")
    try scratch.write("return fed.aggregators.krum { f = 1 }\n", to: "right.lua")
    let program = Program.fedlua(folder: scratch.folder)
    let outcome = try program.run(["check", "."])
    #expect(outcome.status == 1)
    #expect(
      outcome.output == """
        other.lua:1: 'then' expected near '!'; '~=' means different
        rule.lua:2: fed.aggregators.krum: unknown option 'g'; did you mean 'f'?; the options are f, neighbors, power, preset
        rule.lua:2: fed.aggregators.krum: option 'f' is missing, integer expected

        """)
    #expect(try program.run(["check", "right.lua"]).status == 0)
    #expect(try program.run(["check", "nowhere"]).status == 64)
  }

  private static let spec = """
    local spec = require "fed.spec"
    local gate = require "gate"
    spec.describe("gate", function()
      spec.it("keeps what is short", function() spec.expect(gate(1), true) end)
      spec.it("drops what is long", function() spec.expect(gate(9), true) end)
      spec.it("draws by the seed", function() spec.expect(fed.seed(), 5) end)
    end)
    """

  private static let gate = """
    local function gate(x)
      if x > 5 then
        return false
      end
      return true
    end

    local function never()
      return 1
    end

    return setmetatable({}, { __call = function(_, x) return gate(x) end, __index = never })
    """

  @Test("Specs are run, and a failure is told by its line")
  func testsRun() throws {
    let scratch = try Scratch()
    try scratch.write(Self.spec, to: "gate_spec.lua")
    try scratch.write(Self.gate, to: "gate.lua")
    let program = Program.fedlua(folder: scratch.folder)
    let outcome = try program.run(["test", "--scripts", ".", "--seed", "5"])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.output.contains("FAIL gate drops what is long\n       gate_spec.lua:5: got false, expected true"))
    #expect(outcome.output.hasSuffix("3 checks in 1 files, 1 failed\n"))
  }

  @Test("Checks are chosen and listed by name; no check at all is a status of its own")
  func testsAreChosen() throws {
    let scratch = try Scratch()
    try scratch.write(Self.spec, to: "gate_spec.lua")
    try scratch.write(Self.gate, to: "gate.lua")
    let program = Program.fedlua(folder: scratch.folder)
    #expect(try program.run(["test", "--scripts", ".", "--filter", "short"]).status == 0)
    let listed = try program.run(["test", "--scripts", ".", "--list"])
    #expect(listed.output.hasPrefix("gate_spec.lua: gate keeps what is short\n"))
    #expect(try program.run(["test", "--scripts", ".", "--filter", "nothing like it"]).status == 2)
    #expect(try program.run(["test", "gate.lua", "--scripts", "."]).status == 2)
  }

  @Test("Results and the lines that ran are written for other programs")
  func testsReport() throws {
    let scratch = try Scratch()
    try scratch.write(Self.spec, to: "gate_spec.lua")
    try scratch.write(Self.gate, to: "gate.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run([
      "test", "--scripts", ".", "--junit", "out.xml", "--coverage", "lcov.info",
    ])
    #expect(outcome.output.contains("gate.lua: 80 % of the lines ran"), "\(outcome.output)")
    let xml = try String(contentsOfFile: scratch.path("out.xml"), encoding: .utf8)
    #expect(xml.contains("<testsuite name=\"gate_spec.lua\" tests=\"3\" failures=\"2\">"))
    let report = try String(contentsOfFile: scratch.path("lcov.info"), encoding: .utf8)
    #expect(report.contains("DA:2,2\nDA:3,1\nDA:5,1\n"), "\(report)")
    #expect(!report.contains("gate_spec"))
  }

  @Test("Screens of a spec are written on request, compared without a terminal, and the first difference is told")
  func testsCompareScreens() throws {
    let scratch = try Scratch()
    let spec = """
      local spec = require "fed.spec"
      local fed = require "fed"
      spec.it("shows", function()
        spec.expect_screen("table", function()
          print("norms", 2)
          fed.show(fed.ones { 2 })
          io.write("end")
        end)
      end)
      """
    try scratch.write(spec, to: "folder/shown_spec.lua")
    let program = Program.fedlua(folder: scratch.folder)
    #expect(
      try program.run(["test"]).output.contains("folder/table.screen does not exist; fedlua test --write-screens"))
    #expect(try program.run(["test", "--write-screens"]).status == 0)
    let screen = scratch.path("folder/table.screen")
    #expect(
      try String(contentsOfFile: screen, encoding: .utf8) == "norms\t2\nTensor [2] float32\n  1  1\nend")
    #expect(try program.run(["test"]).status == 0)
    try scratch.write("norms\t3\nTensor", to: "folder/table.screen")
    let failed = try program.run(["test"])
    #expect(failed.status == 1)
    #expect(failed.output.contains(#"table.screen: line 1 is "norms\t2", expected "norms\t3""#))
  }
}
