import ArgumentParser
import LuaBindings
import LuaRuntime

/// `fedlua repl`
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "repl", abstract: "Opens a prompt.")

  @OptionGroup var options: RunOptions

  @OptionGroup var prompt: PromptOptions

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let settings = progress.applied(to: options.settings)
    try HostModules.withSettings(settings) {
      let state = try HostModules.open(settings)
      state.searchCurrentFolder()
      HostModules.catchInterrupts(state)
      if !prompt.prompt(state) { throw ExitCode.failure }
    }
  }
}
