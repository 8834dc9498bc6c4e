import ArgumentParser
import Foundation
import LuaBindings

/// Where the clients of a script's runs train.
struct ExecutionOptions: ParsableArguments {
  enum Executor: String, ExpressibleByArgument, CaseIterable {
    case threads, mpi
  }

  @Option(help: "threads, or mpi where mpirun or srun starts the command on many processors or machines.")
  var executor = Executor.threads

  @Option(help: "Seconds that MPI ranks wait for each other before the run ends.")
  var deadline = 1800.0

  func validate() throws {
    if !(deadline >= 1) { throw ValidationError("--deadline is at least 1, got \(deadline)") }
  }

  /// Joins the other processes of the run; nil where it has one.
  func join(_ settings: inout HostSettings, threads: Int?, _ arguments: [String]) throws -> RankSession? {
    guard executor == .mpi else {
      if let complaint = MPISetup.complaintAboutLauncher { complain("warning: \(complaint)") }
      return nil
    }
    do {
      return try RankSession(&settings, plugin: nil, threads: threads, deadline: deadline, arguments: arguments)
    } catch {
      complain("\(error)")
      throw ExitCode.failure
    }
  }

  private func complain(_ message: String) { FileHandle.standardError.write(Data("fedlua: \(message)\n".utf8)) }
}
