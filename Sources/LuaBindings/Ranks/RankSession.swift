import Federation
import Foundation
import Glibc
import Kernels
import Tensors

/// The processes that run a script side by side, from the start of MPI to its end.
public final class RankSession {
  private let group: MPIGroup
  private let exchange: RankExchange
  /// Why the script ended early; what rank 0 says itself has been said by then.
  public var problem = ""

  /// Whether this process speaks for all.
  public var speaks: Bool { group.rank == 0 }

  /// Where rank 0 is given time to tell what all know, before another one does.
  private static let patience: UInt32 = 5

  /// Joins the processes that a launcher started, and lets the settings' runs be divided among them.
  ///
  /// - Parameters:
  ///   - plugin: The compiled plug-in; nil looks for it.
  ///   - threads: Threads that the user asked for; nil gives each rank its part of its machine.
  ///   - deadline: Seconds that ranks wait for each other.
  ///   - arguments: Those of the script.
  public init(
    _ settings: inout HostSettings, plugin: String?, threads: Int?, deadline: Double, arguments: [String]
  ) throws {
    group = try MPIGroup(plugin: plugin ?? MPISetup.plugin(), deadline: deadline)
    exchange = RankExchange(group)
    try Self.expectWhole(group)
    settings.threads = threads ?? Self.threads(neighbors: group.neighbors)
    settings.ranks = exchange
    try exchange.join(
      host: ProcessInfo.processInfo.hostName, threads: settings.threads,
      facts: [
        ("the version", HostSettings.version), ("the instruction set", Kernels.isa.rawValue),
        ("the script", Self.hash(ofFile: settings.scriptPath)),
        ("the list of arguments", arguments.joined(separator: " ")), ("--seed", "\(settings.seed)"),
        ("--conv", settings.conv), ("--smoke", "\(settings.isSmokeRun)"),
      ])
    let exchange = exchange
    FileSharing.share(FileSharing(isWriter: speaks) { try exchange.meet($0) })
    if !speaks { Self.silenceOutput() }
    endWithProcess()
  }

  private static func hash(ofFile path: String?) -> String {
    path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }.map(SHA256.hex) ?? ""
  }

  /// Refuses a launcher that started many processes of which each is alone, as that of another MPI does.
  private static func expectWhole(_ group: MPIGroup) throws {
    guard group.size == 1, let (name, started) = MPISetup.launched, started > 1 else { return }
    throw FederationError.setup(
      what: "--executor mpi", problem: "\(name) says \(started) processes, but \(group.library) sees one",
      allowed: "the launcher of the MPI that the plug-in was made with is needed, or srun with --mpi=pmix or --mpi=pmi2"
    )
  }

  /// Processors of this rank: those that it is bound to, or its part of the machine where it is not bound.
  private static func threads(neighbors: Int) -> Int {
    if let named = ProcessInfo.processInfo.environment["FEDLUA_THREADS"].flatMap({ Int($0) }) { return max(1, named) }
    let own = ProcessInfo.processInfo.activeProcessorCount, all = ProcessInfo.processInfo.processorCount
    return max(1, own < all ? own : all / neighbors)
  }

  /// What scripts print goes nowhere.
  private static func silenceOutput() {
    let nowhere = open("/dev/null", O_WRONLY)
    guard nowhere >= 0 else { return }
    dup2(nowhere, 1)
    close(nowhere)
  }

  // MARK: The end

  /// Whatever ends the process, `os.exit` of a script too, ends its part in MPI.
  private func endWithProcess() {
    let session = Unmanaged.passRetained(self)
    on_exit(
      { status, session in
        guard let session else { return }
        Unmanaged<RankSession>.fromOpaque(session).takeUnretainedValue().end(status: status)
      }, session.toOpaque())
  }

  private func end(status: Int32) {
    fflush(nil)
    if status == 0 {
      do {
        try exchange.end()
        group.finish()
        return
      } catch { problem = "\(error)" }
      if speaks { complain() }
    } else if !speaks {
      exchange.fail(problem.isEmpty ? "the script ended with status \(status)" : problem)
    }
    if !speaks {
      sleep(Self.patience)
      complain()
    }
    fflush(nil)
    group.abort(status: status == 0 ? 1 : status)
  }

  private func complain() {
    FileHandle.standardError.write(Data("fedlua: \(exchange.name(exchange.rank)): \(problem)\n".utf8))
  }
}
