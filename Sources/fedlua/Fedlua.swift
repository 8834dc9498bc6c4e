import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// The command; each of its subcommands has a file of its own.
@main
struct Fedlua: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fedlua", abstract: "Federated learning under attack, in Lua.", version: fedluaVersion,
    subcommands: [
      RunCommand.self, ReplCommand.self, HelpNameCommand.self, DoctorCommand.self, BenchCommand.self,
      AuditCommand.self, MetaCommand.self, CheckCommand.self, TestCommand.self, RunsCommand.self, ResumeCommand.self,
      ReplayCommand.self, ExportCommand.self, MPIPluginCommand.self, FlowerCommand.self, PolicyWorkerCommand.self,
      KernelCommand.self,
    ],
    helpNames: [.long, .short])

  static func main() {
    // A file that may not grow is an error like a full device, and no end of the program.
    signal(SIGXFSZ, SIG_IGN)
    // After whatever ends the program, `os.exit` of a script too.
    atexit { StandardOutput.expectWritten() }
    if let position = CommandLine.unreadableArgument {
      StandardOutput.complain("argument \(position) is not UTF-8")
      Foundation.exit(64)  // as for any other mistake on the command line
    }
    let commands = configuration.subcommands.map { $0._commandName } + ["help"]
    main(Invocation(commands: commands).arguments(Array(CommandLine.arguments.dropFirst())))
  }
}

extension CommandLine {
  /// The position of the first argument whose bytes Swift would change; nil if there is none.
  fileprivate static var unreadableArgument: Int? {
    (1..<max(1, Int(argc))).first { position in
      unsafeArgv[position].map { String(validatingCString: $0) == nil } ?? false
    }
  }
}

/// What the program has printed, which may lie in a buffer until its end.
private enum StandardOutput {
  /// Ends the program with a status of failure if a part of its output is lost, as on a full device.
  static func expectWritten() {
    guard LuaState.losesOutput() else { return }
    complain("standard output could not be written, so a part of it is lost")
    _exit(74)
  }

  static func complain(_ message: String) { FileHandle.standardError.write(Data("fedlua: \(message)\n".utf8)) }
}

let fedluaVersion = HostSettings.version
