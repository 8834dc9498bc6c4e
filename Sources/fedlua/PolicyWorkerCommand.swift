import ArgumentParser
import LuaBindings

/// `fedlua policy-worker`: what `isolation = "process"` starts. It talks in frames, and is of no use at a prompt.
struct PolicyWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy-worker", abstract: "Runs one policy for another fedlua.", shouldDisplay: false)

  func run() throws {
    var settings = HostSettings()
    settings.threads = 1
    HostModules.withThreads(settings) { PolicyWorker().run() }
  }
}
