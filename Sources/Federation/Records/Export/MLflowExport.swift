import Foundation
import Tensors

/// A run in a folder that MLflow takes for its file store, `mlruns`: an experiment named `fedlua`, options as
/// parameters, measures by round.
///
/// MLflow 3.9 and later opens such folders where `MLFLOW_ALLOW_FILE_STORE=true` is set, or takes them over by
/// `mlflow migrate-filestore`.
///
/// - Source: <https://mlflow.org/docs/latest/self-hosting/architecture/backend-store/>, the layout of its FileStore.
struct MLflowExport {
  private let run: ExportedRun
  /// Number of the experiment: any that no other store makes up.
  private static let experiment = "510510510510510510"
  private static let longestText = 5_000

  init(_ run: ExportedRun) { self.run = run }

  func write(to folder: String) throws {
    let place = URL(fileURLWithPath: folder).standardizedFileURL.path + "/" + Self.experiment
    let first = Int((run.times.first ?? 0) * 1_000), last = Int((run.times.last ?? 0) * 1_000)
    try RunExport.make(place)
    try write(
      [
        ("artifact_location", quoted("file://\(place)")), ("creation_time", "\(first)"),
        ("experiment_id", "'\(Self.experiment)'"), ("last_update_time", "\(first)"), ("lifecycle_stage", "active"),
        ("name", "fedlua"),
      ], to: place + "/meta.yaml")
    // The same run gets the same number again, and so takes its own place.
    let id = String(SHA256.hex(run.name + (run.run.hash ?? run.run.manifest.text)).prefix(32))
    let folder = place + "/" + id
    for part in ["params", "metrics", "tags", "artifacts"] { try RunExport.make(folder + "/" + part) }
    try write(
      [
        ("artifact_uri", quoted("file://\(folder)/artifacts")), ("end_time", run.run.hash == nil ? "null" : "\(last)"),
        ("entry_point_name", "''"), ("experiment_id", "'\(Self.experiment)'"), ("lifecycle_stage", "active"),
        ("run_id", id), ("run_name", quoted(run.name)), ("source_name", "''"), ("source_type", "4"),
        ("source_version", "''"), ("start_time", "\(first)"), ("status", run.run.hash == nil ? "1" : "3"),
        ("tags", "[]"), ("user_id", "fedlua"),
      ], to: folder + "/meta.yaml")
    try writeNumbers(to: folder)
    try writeTexts(to: folder)
  }

  /// One line a round: time in milliseconds, value, round.
  private func writeNumbers(to folder: String) throws {
    for (name, values) in run.columns {
      let lines = zip(zip(run.history, run.times), values).compactMap { at, value in
        value.map { "\(Int(at.1 * 1_000)) \(Self.text($0)) \(at.0.number)\n" }
      }
      try AtomicFile.replace("\(folder)/metrics/\(Self.fileName(name))", bytes: Array(lines.joined().utf8))
    }
  }

  private func writeTexts(to folder: String) throws {
    for leaf in run.run.leaves {
      try write(leaf.text, to: "\(folder)/params/\(Self.fileName(leaf.name))")
    }
    let manifest = run.run.manifest
    let tags: [(String, String?)] = [
      ("mlflow.runName", run.name), ("mlflow.source.type", "LOCAL"),
      ("mlflow.source.name", manifest["script"]?["name"]?.string), ("mlflow.user", "fedlua"),
      ("fedlua.version", manifest["version"]?.string), ("fedlua.hash", run.run.hash),
      ("fedlua.instruction_set", manifest["instruction_set"]?.string),
      ("fedlua.arguments", manifest["arguments"].map(RunAccount.text)),
    ]
    for (name, text) in tags { if let text { try write(text, to: "\(folder)/tags/\(name)") } }
    try AtomicFile.replace("\(folder)/artifacts/manifest.json", bytes: Array((manifest.text + "\n").utf8))
  }

  private func write(_ text: String, to path: String) throws {
    try AtomicFile.replace(path, bytes: Array(text.prefix(Self.longestText).utf8))
  }

  private func write(_ members: [(String, String)], to path: String) throws {
    let text = members.map { "\($0.0): \($0.1)\n" }.joined()
    try AtomicFile.replace(path, bytes: Array(text.utf8))
  }

  /// A text as YAML takes it, whatever is in it.
  private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  /// Python's words for numbers that have no digits.
  private static func text(_ value: Double) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : "\(value)"
  }

  /// MLflow takes letters, digits and a few signs.
  private static func fileName(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-. ".contains($0)) ? $0 : "_" })
  }
}
