import Foundation
import LuaRuntime
import Testing

@Suite struct ReloadTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reload-\(UUID().uuidString)").path
  private let state: LuaState

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    state = try makeState()
    state.searchModules(in: [folder], library: { _ in nil })
  }

  private func write(_ text: String) throws {
    try text.write(toFile: folder + "/policy.lua", atomically: true, encoding: .utf8)
  }

  private func value(_ expression: String) throws -> String { try state.evaluate("return tostring(\(expression))") }

  @Test("The table that everybody holds gets the new functions, and what is gone goes")
  func splice() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("return { rule = function() return 1 end, gone = true, inner = { f = function() return 'a' end } }")
    try state.run("policy = require 'policy'; held = policy.inner")
    try write(
      """
      local M = { rule = function() return 2 end, new = 5, inner = { f = function() return 'b' end } }
      function M.on_reload(old) M.before = old.rule() .. tostring(old.gone) end
      return M
      """)
    #expect(state.hasChangedModules)
    let report = try #require(state.reloadChangedModules().first)
    #expect(report.failure == nil && report.description == "policy reloaded")
    #expect(try value("policy.rule()") == "2")
    #expect(try value("policy.gone") == "nil")
    #expect(try value("held.f()") == "b")
    #expect(try value("policy.before") == "1true")
    #expect(try value("require 'policy' == policy") == "true")
    #expect(!state.hasChangedModules)
  }

  @Test(
    "A text that does not load, or fails, leaves the old module and says so",
    arguments: ["return {", "error('broken')"])
  func broken(text: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("return { rule = function() return 1 end }")
    try state.run("policy = require 'policy'")
    try write(text)
    let report = state.reload("policy")
    #expect(report.failure?.contains("policy.lua:1:") == true)
    #expect(report.description.hasPrefix("policy: the old one stays: "))
    #expect(try value("policy.rule()") == "1")
    #expect(state.reloadChangedModules().isEmpty)
  }

  @Test("A module that is a function is replaced where require and its folder give it, and its holders can ask")
  func functions() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("return function() return 1 end")
    try state.run("rule = require 'policy'")
    let old: LuaFunction = try state.evaluate("return rule")
    #expect(old.replacement == nil)
    try write("return function() return 2 end")
    #expect(state.reload("policy").description.contains("what kept the old function goes on with it"))
    #expect(try value("rule()") == "1")
    #expect(try value("require 'policy' ()") == "2")
    let new = try #require(old.replacement?.as(LuaFunction.self))
    #expect(try new(returning: Int.self) == 2)
  }

  @Test("Listeners are told until they go, and what they say is in the report")
  func listeners() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("return {}")
    try state.run("require 'policy'")
    var calls = 0
    var listening: ReloadListening? = state.afterReloads {
      calls += 1
      return "a run keeps its rule"
    }
    #expect(state.reload("policy").description == "policy reloaded; a run keeps its rule")
    #expect(listening != nil)
    listening = nil
    #expect(state.reload("policy").description == "policy reloaded")
    #expect(calls == 1)
    #expect(state.reload("other").failure?.contains("it is not loaded") == true)
  }
}
