import Foundation
import TestSupport
import Testing

@Suite("scripts/new")
struct TemplateTests {
  @Test("The script and the spec that it writes agree", arguments: ["aggregator", "schedule"])
  func templatesAgree(kind: String) throws {
    let scratch = try Scratch()
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("scripts"), withDestinationPath: Program.packageRoot + "/scripts")
    let made = try Program("scripts/new", folder: scratch.folder).run([kind, "my_own"])
    #expect(made.status == 0, "\(made.errors)")
    // The library of a built command is fixed, so the new member is put into its folder by hand.
    let script = try scratch.write(
      """
      local member, spec = ...
      fed.\(kind)s.my_own = require(member)
      dofile(spec)
      local count, failures = require("fed.spec").results()
      print(count, #failures, failures[1])
      """, to: "run.lua")
    let outcome = try Program.fedlua().run([
      "run", "--scripts", scratch.path("Sources/LuaLibrary/lua"), script, "fed.\(kind)s.my_own",
      scratch.path("Tests/LuaLibraryTests/specs/\(kind)s/my_own_spec.lua"),
    ])
    #expect(outcome.output == "1\t0\tnil\n", "\(outcome.errors)")
  }

  @Test("An existing rule is not written over, and a strange name is refused")
  func refusals() throws {
    let existing = try Program("scripts/new").run(["aggregator", "krum"])
    #expect(existing.status == 1)
    #expect(existing.errors == "new: Sources/LuaLibrary/lua/fed/aggregators/krum.lua exists\n")
    #expect(try Program("scripts/new").run(["aggregator", "../krum"]).status == 2)
    #expect(try Program("scripts/new").run(["layer", "mine"]).status == 2)
  }
}
