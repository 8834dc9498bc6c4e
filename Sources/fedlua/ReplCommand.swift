import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua repl`
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "repl", abstract: "Opens a prompt.")

  @OptionGroup var options: RunOptions

  @Flag(name: .customLong("no-history"), help: "Keep no history between sessions.")
  var forgets = false

  @Flag(name: .customLong("json"), help: "Read requests and write answers as JSON, one a line, for other programs.")
  var speaksJSON = false

  func run() throws {
    let settings = options.settings
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      HostModules.catchInterrupts(state)
      if speaksJSON { return try JSONRepl(state) { HostModules.clearInterrupt(state) }.run() }
      let repl = Repl(state, prompt) { HostModules.clearInterrupt(state) }
      if !repl.run() { throw ExitCode.failure }
    }
  }

  private var prompt: Repl.Options {
    var prompt = Repl.Options()
    prompt.greeting = "fedlua \(fedluaVersion): help() explains, Tab completes, Ctrl-C stops, Ctrl-D leaves"
    let home = ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory()
    if !forgets { prompt.historyPath = home + "/.fedlua_history" }
    return prompt
  }
}
