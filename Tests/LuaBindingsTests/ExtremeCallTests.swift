import Foundation
import LuaBindings
import TestSupport
import Testing

/// Every function with numbers that no one means: each call ends, by itself or after Ctrl-C, and the host lives on.
@Suite("Extreme numbers")
struct ExtremeCallTests {
  /// Of all cases, one in so many runs; `scripts/fuzz` runs them all.
  private static let parts = ProcessInfo.processInfo.environment["FEDLUA_FUZZ"] == nil ? 40 : 1

  @Test("never end the host, nor make it deaf to Ctrl-C")
  func survives() throws {
    let scratch = try Scratch()
    let registry = try HostModules.wholeRegistry()
    let names = registry.bindings.filter { $0.documentation.example != nil }.map(\.fullName)
    #expect(names.count > 400)
    let list = try scratch.write(Array(Set(names)).sorted().joined(separator: "\n") + "\n", to: "names")
    var first = 1, restarts = 0
    while true {
      let run = try ExtremeRun(list, first: first, parts: Self.parts, in: scratch)
      try run.wait()
      if run.isComplete { break }
      #expect(run.wasInterrupted, "the host ended at: \(run.lastLine)\n\(run.errors)")
      #expect(!run.wasDeaf, "deaf to Ctrl-C: \(run.lastLine)")
      first = try #require(run.lastCase, "\(run.errors)") + 1
      restarts += 1
      try #require(restarts < 2000)
    }
  }
}

/// One process that runs cases until one takes too long.
private final class ExtremeRun {
  private(set) var wasInterrupted = false
  private(set) var wasDeaf = false

  private let process = Process()
  private let outputPath: String
  private let errorPath: String

  /// Seconds that a case may take before Ctrl-C, and the host after it.
  private static let patience = 2.0, patienceAfterInterrupt = 10.0

  init(_ list: String, first: Int, parts: Int, in scratch: Scratch) throws {
    (outputPath, errorPath) = (try scratch.write("", to: "out"), try scratch.write("", to: "err"))
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("extreme_calls.lua")
    process.executableURL = URL(fileURLWithPath: Program.fedluaPath)
    process.arguments =
      ["run", "--memory", "600M", "--threads", "1", script.path, list] + [first, parts, 0].map(String.init)
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
  }

  var errors: String { String(((try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "").suffix(600)) }
  var isComplete: Bool { !process.isRunning && process.terminationStatus == 0 && lastLine == "end" }
  var lastCase: Int? { lastLine.split(separator: "\t").first.flatMap { Int($0) } }

  private(set) var lastLine = ""

  /// Waits for the end; asks the process to stop where it stays at one case.
  func wait() throws {
    var sizes: [Int] = [], since = Date()
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.05)
      let size = (try FileManager.default.attributesOfItem(atPath: outputPath)[.size] as? Int) ?? 0
      if sizes.last != size { (sizes, since) = ([size], Date()) }
      let waited = Date().timeIntervalSince(since)
      if !wasInterrupted, size > 0, waited > Self.patience {
        process.interrupt()
        (wasInterrupted, since) = (true, Date())
      } else if wasInterrupted, waited > Self.patienceAfterInterrupt {
        wasDeaf = true
        kill(process.processIdentifier, SIGKILL)
      }
    }
    let output = try String(contentsOfFile: outputPath, encoding: .utf8)
    lastLine = output.split(separator: "\n").last.map(String.init) ?? ""
  }
}
