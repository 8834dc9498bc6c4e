import ArgumentParser
import Foundation
import LuaBindings
import LuaLibrary

/// `fedlua mpi-plugin`
struct MPIPluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mpi-plugin", abstract: "Compiles what joins this program to the MPI of your cluster.",
    discussion: """
      Load your cluster's MPI first, as by 'module load openmpi'. The program itself holds no MPI; what is made here is \
      opened by 'fedlua run --executor mpi', and FEDLUA_MPI names another one. Make it again for another MPI.
      """)

  @Option(help: "The compiler of the MPI to use.")
  var mpicc = "mpicc"

  @Option(help: "The file to write. (default: ~/.local/lib/fedlua/libfedlua_mpi.so)", completion: .file())
  var output: String?

  @Flag(help: "Print the source that is compiled, and do nothing.")
  var source = false

  func run() throws {
    guard let text = LuaLibrary.file("fedlua_mpi.c") else { return }
    if source { return print(text, terminator: "") }
    let path = output ?? MPISetup.standardPath
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fedlua-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let place = URL(fileURLWithPath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try text.write(to: folder.appendingPathComponent("fedlua_mpi.c"), atomically: true, encoding: .utf8)
      try compile(in: folder, to: URL(fileURLWithPath: path).path)
      print("\(path): \(try MPISetup.library(of: path))")
    } catch let error as ExitCode { throw error } catch {
      FileHandle.standardError.write(Data("fedlua: mpi-plugin: \(error)\n".utf8))
      throw ExitCode.failure
    }
  }

  private func compile(in folder: URL, to path: String) throws {
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [mpicc, "-O2", "-fPIC", "-shared", "fedlua_mpi.c", "-o", path]
    compiler.currentDirectoryURL = folder
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else {
      FileHandle.standardError.write(Data("fedlua: mpi-plugin: '\(mpicc)' failed; --mpicc names another one\n".utf8))
      throw ExitCode.failure
    }
  }
}
