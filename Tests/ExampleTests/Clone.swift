import Foundation
import TestSupport

/// A folder that looks like a fresh clone with the command already built, and a home folder beside it.
struct Clone {
  private let scratch: Scratch
  private let program: Program

  /// Makes the folder. `swift` is replaced by a program that has nothing left to build.
  init() throws {
    scratch = try Scratch()
    let files = FileManager.default
    for folder in ["clone/.build/release", "home", "bin"] {
      try files.createDirectory(atPath: scratch.path(folder), withIntermediateDirectories: true)
    }
    for shared in ["scripts", "examples"] {
      try files.createSymbolicLink(
        atPath: scratch.path("clone/\(shared)"), withDestinationPath: Program.packageRoot + "/" + shared)
    }
    try files.createSymbolicLink(
      atPath: scratch.path("clone/.build/release/fedlua"), withDestinationPath: Program.fedluaPath)
    let swift = try scratch.write("#!/bin/sh\necho 'Swift version 6.2 (none)'\n", to: "bin/swift")
    try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    program = Program(
      "bash", "-c", folder: scratch.path("clone"),
      environment: [
        "HOME": scratch.path("home"), "PWD": scratch.path("clone"),
        "PATH": "\(scratch.path("home/.local/bin")):\(scratch.path("bin")):\(path)",
      ])
  }

  /// Runs one line of shell in the clone.
  func bash(_ line: String) throws -> Program.Outcome { try program.run([line]) }
}
