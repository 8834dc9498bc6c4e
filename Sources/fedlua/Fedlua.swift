import ArgumentParser
import LuaBindings

/// The command; each of its subcommands has a file of its own.
@main
struct Fedlua: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fedlua", abstract: "Federated learning under attack, in Lua.", version: fedluaVersion,
    subcommands: [
      RunCommand.self, ReplCommand.self, HelpNameCommand.self, DoctorCommand.self, BenchCommand.self,
      AuditCommand.self,
    ],
    helpNames: [.long, .short])
}

let fedluaVersion = HostSettings.version
