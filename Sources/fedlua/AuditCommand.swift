import ArgumentParser
import Foundation
import LuaBindings

/// `fedlua audit DIR`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Finds copies, near-copies and leaks in a folder of pictures.",
    discussion: """
      DIR holds one folder for each class, or folders such as train and test that do. Two pictures are near-duplicates \
      when their difference hashes differ in at most --distance of 256 bits; what is near to the same picture is one \
      group. How far a random split lies is measured by the nearest neighbour in raw pixels, without any training.
      """)

  @Argument(help: "The folder.", completion: .directory)
  var folder: String

  @Option(help: "Side at which pixels are compared; 0 keeps the pictures' own size, the same for all.")
  var size = 64

  @Option(help: "Bits of 256 that near-duplicates may differ in, 0 to 32.")
  var distance = 6

  @Option(help: "Threads to use. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  @Option(help: "Decides the random splits.")
  var seed: UInt64 = 1

  @Flag(help: "Write the report as one JSON object.")
  var json = false

  @Flag(help: "End with status 1 where a problem is found.")
  var strict = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1, got \(threads)") }
    if size < 0 || size > 1024 { throw ValidationError("--size is from 0 to 1024, got \(size)") }
    if !(0...32).contains(distance) { throw ValidationError("--distance is from 0 to 32, got \(distance)") }
  }

  func run() throws {
    var audit = FolderAudit()
    (audit.size, audit.distance, audit.seed) = (size, distance, seed)
    if let threads { audit.threads = threads }
    FolderAudit.catchInterrupts()
    let line = StepLine()
    let outcome: FolderAudit.Outcome
    do {
      outcome = try audit.run(folder) { line.show($0, $1) }
      line.clear()
    } catch {
      line.clear()
      FileHandle.standardError.write(Data("fedlua: \(error)\n".utf8))
      throw ExitCode("\(error)" == "interrupted" ? 130 : 1)
    }
    print(json ? outcome.json : outcome.text)
    if strict, outcome.hasProblems { throw ExitCode(1) }
  }
}

/// A line on the error output that says what is being done: redrawn on a terminal, else one line a step.
private final class StepLine: @unchecked Sendable {
  private let lock = NSLock()
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = ""

  func show(_ step: String, _ share: Double) {
    lock.withLock {
      let text = isTerminal ? "\(step) \(Int(share * 100)) %" : step
      guard text != shown else { return }
      shown = text
      write(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
    }
  }

  func clear() {
    lock.withLock { if isTerminal, !shown.isEmpty { write("\r\u{1B}[K") } }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
