import Foundation

/// A program run from a test, with its output gathered in files, so that no pipe can fill up.
public struct Program {
  /// What a program printed and how it ended.
  public struct Outcome: Sendable {
    /// The exit status, or 128 and more where a signal ended it.
    public let status: Int32
    public let output: String
    public let errors: String

    /// The last line of the output that holds anything.
    public var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
  }

  /// Makes a program from its path or name and the first of its arguments.
  public init(_ command: String..., folder: String = Program.packageRoot, environment: [String: String] = [:]) {
    (self.command, self.folder, self.environment) = (command, folder, environment)
  }

  /// The path or name and the first arguments.
  public let command: [String]
  /// The folder that the program runs in.
  public let folder: String
  /// Variables set beside those of the test.
  public let environment: [String: String]

  /// The folder of the package.
  public static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The command `fedlua`, built beside the bundle of tests.
  public static let fedluaPath = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("fedlua").path

  /// Makes a run of the command `fedlua`.
  public static func fedlua(folder: String = packageRoot, environment: [String: String] = [:]) -> Program {
    Program(fedluaPath, folder: folder, environment: environment)
  }

  /// Runs the program to its end and returns what it printed; a hanging one is killed after ten minutes.
  public func run(_ arguments: [String] = [], input: String = "") throws -> Outcome {
    let scratch = try Scratch()
    let (inputPath, outputPath, errorPath) = (scratch.path("in"), scratch.path("out"), scratch.path("err"))
    try input.write(toFile: inputPath, atomically: false, encoding: .utf8)
    for path in [outputPath, errorPath] { try "".write(toFile: path, atomically: false, encoding: .utf8) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "--signal=KILL", "600"] + command + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle(forReadingAtPath: inputPath)
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Outcome(
      status: status, output: try String(contentsOfFile: outputPath, encoding: .utf8),
      errors: try String(contentsOfFile: errorPath, encoding: .utf8))
  }
}

/// A folder for one test, removed when the value goes away.
public final class Scratch {
  /// The folder's path.
  public let folder: String

  /// Makes an empty folder with a name of its own.
  public init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("fedlua-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Returns the path of a file in the folder.
  public func path(_ name: String) -> String { folder + "/" + name }

  /// Writes a file, with the folders that lead to it, and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    let file = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
