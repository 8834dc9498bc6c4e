import Federation
import Foundation

/// What this machine has for runs on MPI.
public enum MPISetup {
  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// Where `fedlua mpi-plugin` puts the plug-in, and where it is looked for.
  public static var standardPath: String {
    (environment["HOME"] ?? NSHomeDirectory()) + "/.local/lib/fedlua/libfedlua_mpi.so"
  }

  /// The plug-in to use: that of `FEDLUA_MPI`, or the one in its standard place.
  ///
  /// - Throws: An error that tells how to make it, where there is none.
  static func plugin() throws -> String {
    let path = environment["FEDLUA_MPI"] ?? standardPath
    guard FileManager.default.fileExists(atPath: path) else {
      throw FederationError.setup(
        what: "--executor mpi", problem: "there is no plug-in at \(path)",
        allowed: "fedlua mpi-plugin makes it with this machine's mpicc")
    }
    return path
  }

  /// The MPI behind a plug-in; an error where it cannot be opened.
  public static func library(of path: String) throws -> String { try MPIGroup.library(of: path) }

  /// How many processes the launcher says it started, and the variable that tells; nil without one.
  static var launched: (name: String, count: Int)? {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"] {
      if let count = environment[name].flatMap({ Int($0) }) { return (name, count) }
    }
    return nil
  }

  /// What a launcher that started a program without `--executor mpi` must be told; nil where there is none.
  public static var complaintAboutLauncher: String? {
    guard let (name, count) = launched, count > 1 else { return nil }
    return "\(name) = \(count): each of these processes runs the whole script by itself; --executor mpi divides it"
  }

  /// What `fedlua doctor` tells.
  static var facts: String {
    do {
      let path = try plugin()
      return "\(try library(of: path)), through \(path)"
    } catch let error as FederationError {
      let path = environment["FEDLUA_MPI"] ?? standardPath
      guard !FileManager.default.fileExists(atPath: path) else { return "\(error)" }
      let compilers = ["mpicc", "mpicc.openmpi", "mpicc.mpich"].filter { Executables.path(of: $0) != nil }
      return compilers.isEmpty
        ? "no plug-in and no mpicc; load your cluster's MPI, or install openmpi-bin and libopenmpi-dev"
        : "no plug-in; fedlua mpi-plugin makes it with \(compilers.joined(separator: ", "))"
    } catch { return "\(error)" }
  }
}

/// Programs of the machine.
enum Executables {
  /// The first file of a name on the path.
  static func path(of name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
