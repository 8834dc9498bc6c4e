import ArgumentParser
import Federation
import Foundation
import LuaBindings

/// `fedlua replay DIR`
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Proves that a run repeats bit for bit.",
    discussion: """
      Runs the script again that the run's manifest.json holds, with its arguments and seed, from the start and in a \
      temporary folder, and compares what both ended with. The run itself is not touched. (To try rules on recorded \
      updates without training, see `fedlua help fed.replay`.)
      """)

  @Argument(help: "The folder of the run, its run_dir.", completion: .directory)
  var folder: String

  @Option(help: "Threads to use; the bits are the same for any number. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let script = try RecordedScript(folder)
    let place = FileManager.default.temporaryDirectory.path + "/fedlua-replay-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: place) }
    let folders = RunFolders.moved(into: place)
    let recorded = script.run
    try Self.silently { try script.execute(folders, threads: threads, progress) }
    guard let again = try? RecordedRun(folders.folder(for: script.runDir)) else {
      throw Failure("the script no longer makes a run with run_dir '\(script.runDir)'")
    }
    try expectSame(recorded, again)
    print("the same bits: \(recorded.hash ?? "\(recorded.history().count) rounds")")
  }

  /// Calls `body` with nowhere to print to: what the script says was read the first time.
  private static func silently(_ body: () throws -> Void) throws {
    fflush(nil)
    let output = dup(STDOUT_FILENO), nothing = open("/dev/null", O_WRONLY)
    dup2(nothing, STDOUT_FILENO)
    close(nothing)
    defer {
      fflush(nil)
      dup2(output, STDOUT_FILENO)
      close(output)
    }
    try body()
  }

  private func expectSame(_ recorded: RecordedRun, _ again: RecordedRun) throws {
    let before = recorded.history(), after = again.history()
    if let round = zip(before, after).first(where: { $0.json != $1.json })?.0.number {
      throw Failure("round \(round) is another one" + reasons(recorded, again))
    }
    guard before.count <= after.count else {
      throw Failure("it ended after \(after.count) rounds, the run had \(before.count)" + reasons(recorded, again))
    }
    // A run that was killed ended with nothing; its rounds are all that can be compared.
    guard let hash = recorded.hash, hash != again.hash else { return }
    throw Failure("the rounds are the same, and not what they ended with" + reasons(recorded, again))
  }

  private func reasons(_ recorded: RecordedRun, _ again: RecordedRun) -> String {
    let found = RecordedRun.differences(recorded, again, all: true).filter { $0.path != "hash" }
    return found.isEmpty ? "" : "; " + found.map(\.text).joined(separator: "; ")
  }

  /// A run that does not repeat.
  private struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ problem: String) { description = "the run does not repeat: \(problem)" }
  }
}
