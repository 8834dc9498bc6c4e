import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua help NAME`
struct HelpNameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Explains a function, class or module of fed, or a command.")

  @Argument(help: "A name such as fed.zeros, Tensor:matmul or fed.aggregators.")
  var name: String?

  func run() throws {
    guard let name else { return print(HostModules.help()) }
    if let command = Fedlua.configuration.subcommands.first(where: { $0._commandName == name }) {
      return print(Fedlua.helpMessage(for: command))
    }
    guard let text = try HostModules.help(for: name) else {
      let suggestion = HelpText(HostModules.registry).suggestion(for: name)
      throw ValidationError("nothing is known of '\(name)'" + suggestion)
    }
    print(text)
  }
}
