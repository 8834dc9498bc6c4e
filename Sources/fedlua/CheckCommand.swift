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

  @Flag(help: "Looks for unused variables too only with luacheck, if it is installed.")
  var luacheck = false

  @Argument(help: "Scripts, or folders with scripts.", completion: .file(extensions: ["lua"]))
  var paths: [String]

  func run() throws {
    let files = try LuaFiles.found(paths, suffix: ".lua")
    let state = try HostModules.open()
    HostModules.catchInterrupts(state)
    let check: LuaFunction = try state.evaluate("return require('fed.tools.check').command")
    let isClean = try check(files, luacheck, returning: Bool.self)
    fflush(nil)
    if !isClean { throw ExitCode(1) }
  }
}
