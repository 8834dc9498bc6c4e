import LuaBindings
import LuaRuntime
import Testing

@Suite("The host's modules")
struct HostModulesTests {
  @Test("A state has fed as a global and for require")
  func fedIsThere() throws {
    let state = try HostModules.open()
    #expect(try state.evaluate("return require 'fed' == fed", as: Bool.self))
  }

  @Test("Scripts see the settings of the run")
  func settings() throws {
    var settings = HostSettings()
    (settings.threads, settings.seed, settings.isSmokeRun) = (3, 42, true)
    let state = try HostModules.open(settings)
    let seen = try state.evaluate("return {fed.threads(), fed.seed(), fed.smoke and 1 or 0}", as: [Int].self)
    #expect(seen == [3, 42, 1])
  }

  @Test("An undefined global is an error with its line and the nearest name")
  func strictGlobals() throws {
    let state = try HostModules.open()
    let error = #expect(throws: LuaError.self) { try state.run("\nreturn pirnt(1)", name: "=script.lua") }
    #expect(error?.message == "script.lua:2: undefined variable 'pirnt'; did you mean 'print'?")
  }

  @Test("A traceback begins in the script and leaves out what the library did for it")
  func tracebacks() throws {
    for (script, message) in [
      ("return fed.nothing", "fed has no member 'nothing'"),
      ("local _ = fed.aggregators.krum { f = 1 } { { 1 }, { 2 } }", "fed.aggregators.krum: f = 1 is too large"),
      ("local _ = fed.aggregators.krum()", "fed.aggregators.krum: option 'f' is missing"),
    ] {
      let state = try HostModules.open()
      let error = try #require(throws: LuaError.self) { try state.run("\n" + script, name: "=script.lua") }
      #expect(error.message.hasPrefix("script.lua:2: " + message))
      let traceback = try #require(error.traceback)
      #expect(traceback.contains("script.lua:2: in ") && !traceback.contains("fed/"), "\(traceback)")
    }
  }

  @Test("A failure inside the library itself shows where")
  func libraryFailures() throws {
    let state = try HostModules.open()
    let error = try #require(throws: LuaError.self) { try state.run("require('fed.util').sum(3)", name: "=script.lua") }
    #expect(error.message.hasPrefix("fed/util.lua:"))
    #expect(error.traceback?.contains("fed/util.lua:") == true)
  }
}

@Suite("Facts of the host")
struct HostFactsTests {
  @Test("Each fact is one line, and a data set's fact does not repeat its name")
  func facts() {
    let facts = HostFacts.all(HostSettings())
    #expect(facts.contains { $0.name == "mnist" })
    for fact in facts {
      #expect(!fact.value.isEmpty && !fact.value.contains("\n"), "\(fact.name)")
      #expect(!fact.value.hasPrefix(fact.name + ": "))
    }
  }

  @Test("help finds what is written in Swift and in Lua")
  func help() throws {
    #expect(try HostModules.help(for: "fed.threads")?.hasPrefix("fed.threads()") == true)
    #expect(try HostModules.help(for: "fed.nothing") == nil)
    #expect(HostModules.help().contains("fed: "))
  }
}
