import ArgumentParser
import LuaBindings
import LuaRuntime

/// `fedlua repl`
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "repl", abstract: "Opens a prompt.")

  @OptionGroup var options: RunOptions

  @OptionGroup var prompt: PromptOptions

  @Flag(name: .customLong("json"), help: "Read requests and write answers as JSON, one a line, for other programs.")
  var speaksJSON = false

  func run() throws {
    var settings = options.settings
    if !speaksJSON { settings.onProgress = ProgressOptions.bars(linesEvery: 5) }
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      state.searchCurrentFolder()
      HostModules.catchInterrupts(state)
      if speaksJSON { return try JSONRepl(state) { HostModules.clearInterrupt(state) }.run() }
      if !prompt.prompt(state) { throw ExitCode.failure }
    }
  }
}
