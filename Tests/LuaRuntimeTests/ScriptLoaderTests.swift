import Foundation
import LuaRuntime
import Testing

@Suite struct ScriptLoaderTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lua-\(UUID().uuidString)").path

  private func write(_ text: String, _ name: String) throws -> String {
    let path = folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("require looks in the given folders, then beside the script, then in the library")
  func order() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let main = try write(
      "#!/usr/bin/env fedlua\nresult = require 'a' .. require 'b.c' .. require 'd' .. require 'e' .. arg[1] .. ...",
      "main/s.lua")
    _ = try write("return 'given '", "given/a.lua")
    _ = try write("return 'beside '", "main/a.lua")
    _ = try write("return 'beside '", "main/b/c.lua")
    _ = try write("return 'init '", "main/d/init.lua")
    let state = try makeState()
    state.searchModules(in: [folder + "/given"]) { $0 == "e" || $0 == "a" ? "return 'library '" : nil }
    try state.run(file: main, arguments: ["x"])
    #expect(try state.evaluate("return result", as: String.self) == "given beside init library xx")
  }

  @Test("A file in a folder of scripts is a member of the module that its folder is named after")
  func members() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in [
      "fed/b/mine.lua", "fed/a.lua", "fed/init.lua", "fed/no-lua.txt", "fed/not.a name.lua", "fed/b/parts/c.lua",
      "x.lua",
    ] {
      _ = try write("return 1", name)
    }
    #expect(ScriptLoader.modules(of: "fed", in: [folder, "/nowhere"]) == ["fed.a", "fed.b.mine"])
  }

  @Test("A missing module names every place, and no module leaves its folder")
  func missing() throws {
    let state = try makeState()
    state.searchModules(in: ["/nowhere"]) { _ in nil }
    let error = #expect(throws: LuaError.self) { try state.run("require 'fed.own'", name: "=s") }
    #expect(
      error?.message == """
        s:1: module 'fed.own' not found:
        \tno field package.preload['fed.own']
        \tno file '/nowhere/fed/own.lua'
        \tno file '/nowhere/fed/own/init.lua'
        \tno module 'fed.own' in the library
        """)
    let escape = #expect(throws: LuaError.self) { try state.run("require '../secret'") }
    #expect(escape?.message.contains("'../secret' is no module name") == true)
  }

  @Test("Errors in scripts name the file and the line, below a first line for the shell too")
  func positions() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try write("#!/usr/bin/env fedlua\n\ncount.fail('no')\n", "bad.lua")
    let state = try makeState()
    let error = #expect(throws: LuaError.self) { try state.run(file: path) }
    #expect(error?.message.hasSuffix("bad.lua:3: fed.count.fail: no") == true)
    #expect(throws: LuaError.self) { try state.run(file: folder + "/none.lua") }
    state.searchModules(in: []) { _ in "x = = 1" }
    let syntax = #expect(throws: LuaError.self) { try state.run("require 'broken'") }
    #expect(syntax?.message.contains("broken.lua:1: unexpected symbol near '='") == true)
  }

  @Test("A script that cannot be read says why, also where require finds it")
  func unreadable() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try write("", "latin.lua")
    try Data(Array("-- first\nprint('caf".utf8) + [0xE9] + Array("')\n".utf8)).write(to: URL(fileURLWithPath: path))
    try FileManager.default.createDirectory(atPath: folder + "/dir.lua", withIntermediateDirectories: true)
    let state = try makeState()
    state.searchModules(in: [folder]) { _ in nil }
    func message(_ body: () throws -> Void) -> String? { #expect(throws: LuaError.self, performing: body)?.message }
    #expect(message { try state.run(file: path) } == "cannot read '\(path)': not UTF-8 at line 2")
    #expect(
      message { try state.run("require 'latin'", name: "=s") } == "s:1: cannot read '\(path)': not UTF-8 at line 2")
    #expect(
      message { try state.run(file: folder + "/no.lua") }?.hasSuffix("/no.lua': No such file or directory") == true)
    #expect(message { try state.run(file: folder + "/dir.lua") }?.hasSuffix("/dir.lua': Is a directory") == true)
    #expect(message { try state.run("require 'dir'") }?.hasSuffix("/dir.lua': Is a directory") == true)
    #expect(message { try state.run("require 'latin.x'") }?.contains("not found") == true)
  }

  @Test("A tail call keeps the line of the script")
  func tailCall() throws {
    let state = try makeState()
    let error = #expect(throws: LuaError.self) { try state.run("local x\nreturn count.fail('no')", name: "=s") }
    #expect(error?.message == "s:2: fed.count.fail: no")
  }

  @Test("An undefined global is an error; assignment makes it known")
  func strictGlobals() throws {
    let state = try makeState()
    state.makeGlobalsStrict()
    let error = #expect(throws: LuaError.self) { try state.run("local x = coutn.new(1)", name: "=s") }
    #expect(error?.message == "s:1: undefined variable 'coutn'; did you mean 'count'?")
    #expect(try state.evaluate("y = 2 return y + 1", as: Int.self) == 3)
  }
}
