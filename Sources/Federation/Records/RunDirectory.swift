import Foundation
import Kernels
import Tensors

/// A folder that tells afterwards what a run was and how it went.
///
/// `manifest.json` says what is needed to repeat the run, `metrics.jsonl` has one line a round, and
/// `checkpoint.safetensors` lets it go on.
public final class RunDirectory {
  public let path: String
  public var checkpointPath: String { path + "/checkpoint.safetensors" }
  private var metricsPath: String { path + "/metrics.jsonl" }

  /// Makes the folder where it is missing.
  public init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FederationError.setup(
        what: path, problem: "the folder cannot be made", allowed: "a writable place is needed")
    }
  }

  public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpointPath) }

  /// Whether the folder holds what a run left: rounds in `metrics.jsonl`, or a checkpoint.
  public var holdsRun: Bool {
    let size = try? FileManager.default.attributesOfItem(atPath: metricsPath)[.size] as? Int
    return hasCheckpoint || (size ?? 0) > 0
  }

  /// Removes what a run left, so that nothing of it can be taken for the next one's.
  public func removeRun() {
    guard FileSharing.isWriterHere else { return }
    for path in [checkpointPath, metricsPath] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Writes the manifest of a run.
  ///
  /// - Parameters:
  ///   - script: Text of the script that made the run; nil in a session.
  ///   - options: The options as the script gave them.
  ///   - version: Of the program.
  public func writeManifest(
    of simulation: Simulation, script: (name: String, text: String)?, options: JSONValue, version: String
  ) throws {
    let run = simulation.options
    let manifest = JSONValue.object([
      ("version", .string(version)), ("instruction_set", .string(Kernels.isa.rawValue)),
      ("threads", .int(run.threads)), ("conv", .string(run.convolutions.rawValue)), ("seed", .string("\(run.seed)")),
      ("model", .string("\(run.model)")), ("layout", .string(simulation.model.layout.digest)),
      ("dimension", .int(simulation.dimension)), ("rounds", .int(run.rounds)),
      (
        "clients",
        .array(
          run.clients.map { client in
            .object([
              ("id", .int(client.id)), ("samples", .int(client.data.count)),
              ("classes", .ints(client.data.classCounts)),
            ])
          })
      ),
      ("byzantine", .ints(run.byzantine)), ("fake_clients", .ints(run.fakeIDs)), ("data", dataSources(run)),
      ("skipped_files", skippedFiles(run)),
      ("data_audit", DataAccount(run).json),
      ("options", options),
      (
        "script",
        script.map { script in
          .object([
            ("name", .string(script.name)), ("sha256", .string(SHA256.hex(script.text))),
            ("text", .string(script.text)),
          ])
        } ?? .null
      ),
    ])
    try writeWhole(manifest.text + "\n", to: path + "/manifest.json")
  }

  /// Each file that the data came from, once.
  private func dataSources(_ run: SimulationOptions) -> JSONValue {
    var seen: Set<String> = [], files: [JSONValue] = []
    for data in [run.test, run.root].compactMap({ $0 }) + run.clients.map(\.data) {
      for source in data.sources where seen.insert(source.path).inserted {
        files.append(.object([("path", .string(source.path)), ("sha256", .string(source.hash))]))
      }
    }
    return .array(files)
  }

  /// Each file that was left out because it could not be read, once.
  private func skippedFiles(_ run: SimulationOptions) -> JSONValue {
    var seen: Set<String> = [], files: [JSONValue] = []
    for data in [run.test, run.root].compactMap({ $0 }) + run.clients.map(\.data) {
      for file in data.skipped where seen.insert(file.path).inserted {
        files.append(.object([("path", .string(file.path)), ("reason", .string(file.reason))]))
      }
    }
    return .array(files)
  }

  /// Makes `metrics.jsonl` tell of exactly these rounds, as after a resume from an older checkpoint.
  public func rewriteMetrics(_ history: [RoundRecord]) throws {
    try writeWhole(history.map { $0.json.text + "\n" }.joined(), to: metricsPath)
  }

  /// Adds a round's line.
  public func append(_ record: RoundRecord) throws {
    guard FileSharing.isWriterHere else { return }
    guard isRegularFile(metricsPath), let file = FileHandle(forWritingAtPath: metricsPath) else {
      return try write(to: metricsPath) {
        try AtomicFile.replaceAlone(metricsPath, bytes: Array((record.json.text + "\n").utf8))
      }
    }
    defer { try? file.close() }
    do {
      try file.seekToEnd()
      try file.write(contentsOf: Data((record.json.text + "\n").utf8))
    } catch {
      throw FederationError.setup(
        what: metricsPath, problem: "the file cannot be written", allowed: "a writable place is needed")
    }
  }

  /// A pipe under that name would make the opening wait for a reader.
  private func isRegularFile(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeRegular
  }

  private func writeWhole(_ text: String, to path: String) throws {
    try write(to: path) { try AtomicFile.replace(path, bytes: Array(text.utf8)) }
  }

  private func write(to path: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as RankError { throw error } catch {
      throw FederationError.setup(
        what: path, problem: "the file cannot be written", allowed: "a writable place is needed")
    }
  }
}
