import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua run script.lua [argument …]`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Runs a script.")

  @OptionGroup var options: RunOptions

  @OptionGroup var progress: ProgressOptions

  @Argument(help: "The script.", completion: .file(extensions: ["lua"]))
  var script: String

  @Argument(help: "Arguments of the script, which finds them in `...` and `arg`.")
  var arguments: [String] = []

  func run() throws {
    var settings = progress.applied(to: options.settings)
    settings.scriptPath = script
    settings.scriptArguments = arguments
    do {
      try HostModules.withSettings(settings) {
        let state = try HostModules.open(settings)
        HostModules.catchInterrupts(state)
        try state.run(file: script, arguments: arguments)
      }
    } catch let error as LuaError {
      fflush(nil)
      report(error)
      throw ExitCode(error.kind == .interrupted ? 130 : 1)
    }
  }

  private func report(_ error: LuaError) {
    let traceback = error.traceback.map { "\n" + $0 } ?? ""
    FileHandle.standardError.write(Data("fedlua: \(error.message)\(traceback)\n".utf8))
  }
}
