import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// Options of the commands that open a prompt.
struct PromptOptions: ParsableArguments {
  @Flag(name: .customLong("no-history"), help: "Keep no history between sessions.")
  var forgets = false

  @Flag(name: .customLong("no-rc"), help: "Do not run ~/.config/fedlua/rc.lua before the prompt.")
  var skipsStartScript = false

  /// Opens the prompt on a state and returns whether all entries ran.
  func prompt(_ state: LuaState) -> Bool {
    Repl(state, settings) { HostModules.clearInterrupt(state) }.run()
  }

  private var settings: Repl.Options {
    var options = Repl.Options()
    options.greeting = "fedlua \(fedluaVersion): help(), :help, Tab completes, Ctrl-D leaves"
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSHomeDirectory()
    if !forgets { options.historyPath = home + "/.fedlua_history" }
    let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
    if !skipsStartScript { options.startScript = folder + "/fedlua/rc.lua" }
    options.shorthands = [
      Shorthand("profile", "EXPRESSION", "Runs it once and tells where its time went, by native operations.") {
        "fed.profile(function() return \($0) end);"
      }
    ]
    return options
  }
}
