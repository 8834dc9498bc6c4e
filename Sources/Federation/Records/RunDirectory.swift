import Foundation
import Tensors

/// A folder that tells afterwards what a run was and how it went.
///
/// | file | what it holds |
/// |---|---|
/// | `manifest.json` | everything that made the run, by value, and at its end a hash of what became of it |
/// | `metrics.jsonl` | a line for each round |
/// | `checkpoint.safetensors` | lets the run go on |
/// | `timing.jsonl` | wall time of each round: equal runs differ in this file, and in `host` of the manifest, alone |
public final class RunDirectory {
  public let path: String
  public var checkpointPath: String { path + "/checkpoint.safetensors" }
  private var manifestPath: String { path + "/manifest.json" }
  private var metrics: LineFile { LineFile(path: path + "/metrics.jsonl") }
  private var timing: LineFile { LineFile(path: path + "/timing.jsonl") }
  private let program: ProgramFacts
  /// Rounds that have their lines.
  private var written = 0
  /// Events that the manifest tells.
  private var eventsWritten = 0
  /// Whether the manifest tells how the run ended.
  private var hasResult = false

  /// Makes the folder where it is missing.
  public init(_ path: String, program: ProgramFacts) throws {
    self.path = path
    self.program = program
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FederationError.setup(
        what: path, problem: "the folder cannot be made", allowed: "a writable place is needed")
    }
  }

  public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpointPath) }

  /// Whether the folder holds what a run left.
  public var holdsRun: Bool {
    hasCheckpoint || FileManager.default.fileExists(atPath: manifestPath) || !metrics.text.isEmpty
  }

  /// Removes what a run left, so that nothing of it can be taken for the next one's.
  public func removeRun() {
    guard FileSharing.isWriterHere else { return }
    for path in [checkpointPath, manifestPath, metrics.path, timing.path] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Begins the records of a run, or goes on with them.
  ///
  /// - Parameter changes: Brings back the folder's checkpoint, whose run may differ in these; nil begins anew.
  /// - Throws: ``FederationError/otherRun(path:differences:options:)`` for the folder of another run; nothing has changed
  ///   then.
  public func begin(_ run: Simulation, resuming changes: AllowedChanges? = nil) throws {
    if let changes {
      try expectSame(run, changes)
      if hasCheckpoint { try run.load(from: checkpointPath, allowing: changes) }
      restoreTimes(run)
    }
    let times = timing.text.split(separator: "\n").compactMap { JSONValue(String($0)) }
      .filter { ($0["round"]?.int ?? .max) <= run.completedRounds }
    try writing { try metrics.replace(run.history.map(\.json.text)) }
    try writing { try timing.replace(times.map(\.text)) }
    written = run.completedRounds
    try writeManifest(run)
  }

  /// Refuses a folder whose run was another one and left no checkpoint to say so.
  private func expectSame(_ run: Simulation, _ changes: AllowedChanges) throws {
    guard !hasCheckpoint, let text = try? String(contentsOfFile: manifestPath, encoding: .utf8),
      let manifest = JSONValue(text.trimmingCharacters(in: .newlines)), let options = manifest["options"],
      let sets = manifest["sets"]
    else { return }
    try run.facts().expectEqual(.object([("options", options), ("data", sets)]), manifestPath, allowing: changes)
  }

  /// Gives rounds of a checkpoint the times that they took.
  private func restoreTimes(_ run: Simulation) {
    for line in timing.text.split(separator: "\n").compactMap({ JSONValue(String($0)) }) {
      guard let round = line["round"]?.int, let seconds = line["seconds"]?.double else { continue }
      run.setSeconds(seconds, ofRound: round)
    }
  }

  /// Adds the lines of the rounds that have none yet.
  public func append(_ run: Simulation) throws {
    if hasResult || run.events.count != eventsWritten { try writeManifest(run) }
    let records = run.history.filter { $0.number > written }
    try writing { try metrics.append(records.map(\.json.text)) }
    written = run.completedRounds
    let now = Date().ISO8601Format()
    try writing {
      try timing.append(
        records.map { record in
          JSONValue.object([
            ("round", .int(record.number)), ("seconds", .double(record.seconds)), ("finished", .string(now)),
          ]).text
        })
    }
  }

  /// Writes a checkpoint, and after the last round what the run ended with.
  public func save(_ run: Simulation, isLast: Bool) throws {
    try writing { try run.save(to: checkpointPath) }
    guard isLast else { return }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: checkpointPath))
    let checkpoint = bytes.withUnsafeBytes { SHA256.hex($0) }
    try writeManifest(
      run, result: RunManifest(run: run, program: program).ending(metrics: metrics.text, checkpoint: checkpoint))
    hasResult = true
  }

  private func writeManifest(_ run: Simulation, result: JSONValue = .null) throws {
    let text = try RunManifest(run: run, program: program, result: result).json().text
    try writing { try AtomicFile.replace(manifestPath, bytes: Array((text + "\n").utf8)) }
    (hasResult, eventsWritten) = (false, run.events.count)
  }

  private func writing(_ body: () throws -> Void) throws {
    do { try body() } catch FileError.unwritable(let path, let reason) {
      throw FederationError.setup(
        what: path, problem: "the file cannot be written: \(reason)",
        allowed: "what was written before is whole; make room or choose another run_dir")
    }
  }
}

extension Simulation {
  fileprivate func setSeconds(_ seconds: Double, ofRound round: Int) {
    guard let index = state.history.firstIndex(where: { $0.number == round }) else { return }
    state.history[index].seconds = seconds
  }
}
