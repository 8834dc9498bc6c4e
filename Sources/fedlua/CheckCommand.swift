import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua check script.lua …`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Looks for mistakes in scripts without running them.",
    discussion: """
      Tells of text that does not compile, of names that fed does not have, of unknown or mistyped options in tables, of \
      values of another type, of undefined and of unused variables. The status is 1 where something was found.
      """)

  @Flag(help: "Runs luacheck too, if it is installed, with what it must know of fed.")
  var luacheck = false

  @Option(name: .customLong("scripts"), help: "A folder of Lua modules to search first; may be given several times.")
  var folders: [String] = []

  @Argument(help: "Scripts, or folders with scripts.", completion: .file(extensions: ["lua"]))
  var paths: [String]

  func run() throws {
    let files = try LuaFiles.found(paths, suffix: ".lua")
    var settings = HostSettings()
    settings.scriptFolders = folders
    let state = try HostModules.open(settings)
    HostModules.catchInterrupts(state)
    let check: LuaFunction = try state.evaluate("return require('fed.tools.check').lines")
    var count = 0
    for file in files {
      let found = try complaints(file, state, check)
      for line in found { print(line) }
      count += found.count
    }
    if luacheck { count += try runLuacheck(files) }
    fflush(nil)
    if count > 0 { throw ExitCode(1) }
  }

  private func complaints(_ file: String, _ state: LuaState, _ check: LuaFunction) throws -> [String] {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      return ["\(file): cannot be read as UTF-8"]
    }
    do { _ = try state.compile(file: file) } catch { return [error.message] }
    return try check(file, text, returning: [String].self)
  }

  /// Prints what luacheck finds, and returns 1 if that is anything; without luacheck it says so and returns 0.
  private func runLuacheck(_ files: [String]) throws -> Int {
    let luacheck = Process()
    luacheck.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    luacheck.arguments =
      ["luacheck", "--quiet", "--no-color", "--std", "lua54", "--read-globals", "fed", "help", "--"] + files
    try luacheck.run()
    luacheck.waitUntilExit()
    if luacheck.terminationStatus == 127 { print("luacheck is not installed; on Debian, apt-get install lua-check") }
    return luacheck.terminationStatus == 1 || luacheck.terminationStatus == 2 ? 1 : 0
  }
}
