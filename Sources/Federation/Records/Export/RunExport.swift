import Foundation
import Tensors

/// A recorded run in the files of other programs.
public enum RunExport: String, CaseIterable, Sendable {
  /// Event files of TensorBoard.
  case tensorboard
  /// The file store of MLflow.
  case mlflow
  /// `history.csv`, `ledger.csv` and `options.csv`.
  case csv
  /// `run.npz` for NumPy.
  case npz

  /// Writes a run.
  ///
  /// - Parameters:
  ///   - folder: Where it goes; made where it is missing.
  ///   - name: What the run is called there.
  public func write(_ run: RecordedRun, to folder: String, name: String) throws {
    let content = ExportedRun(run, name: name)
    switch self {
    case .tensorboard: try TensorBoardExport(content).write(to: folder + "/" + name)
    case .mlflow: try MLflowExport(content).write(to: folder + "/mlruns")
    case .csv: try CSVExport(content).write(to: folder + "/" + name)
    case .npz: try content.writeArchive(to: folder + "/" + name)
    }
  }

  /// Makes a folder.
  static func make(_ folder: String) throws {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw FederationError.setup(
        what: folder, problem: "the folder cannot be made", allowed: "a writable place is needed")
    }
  }
}

/// What every export tells: numbers of rounds, numbers of clients in rounds, and options in words.
struct ExportedRun {
  let run: RecordedRun
  let name: String
  let history: [RoundRecord]
  /// When each round ended, in seconds since 1970.
  let times: [Double]

  init(_ run: RecordedRun, name: String) {
    self.run = run
    self.name = name
    history = run.history()
    let start = run.started.flatMap { try? Date($0, strategy: .iso8601) }?.timeIntervalSince1970 ?? 0
    // The times of the rounds themselves, which do not depend on how long the program rested between them.
    var time = start
    times = history.map { record in
      time += record.seconds
      return time
    }
  }

  /// Measures of the rounds, by name; nil where a round has none.
  var columns: [(name: String, values: [Double?])] {
    var names: [String] = []
    for record in history { for (name, _) in record.scalars where !names.contains(name) { names.append(name) } }
    return names.map { name in (name, history.map { $0.scalars.first { $0.name == name }?.value }) }
  }

  /// Each client in each round.
  var rows: [(round: Int, client: ClientReport)] {
    history.flatMap { record in record.clients.map { (record.number, $0) } }
  }

  /// Names of the numbers that rules told of clients.
  var ledgerNames: [String] { Set(rows.flatMap { $0.client.ledger.map(\.name) }).sorted() }

  func ledger(_ name: String) -> [Double] {
    rows.map { row in row.client.ledger.first { $0.name == name }?.value ?? .nan }
  }

  /// Writes `run.npz`: `round` and a measure of that length each, and `ledger_…` of the length of `ledger_client`.
  func writeArchive(to folder: String) throws {
    try RunExport.make(folder)
    var arrays = [NumPyArchive.Array("round", history.map(\.number))]
    arrays += columns.map { .init($0.name, $0.values.map { $0 ?? .nan }) }
    arrays += [
      .init("ledger_round", rows.map(\.round)), .init("ledger_client", rows.map(\.client.id)),
      .init("ledger_samples", rows.map(\.client.sampleCount)), .init("ledger_norm", rows.map(\.client.norm)),
      .init("ledger_training_loss", rows.map(\.client.trainingLoss)),
      .init("ledger_weight", rows.map { $0.client.weight ?? .nan }),
      .init("ledger_flagged", rows.map { $0.client.isFlagged ? 1 : 0 }),
    ]
    arrays += ledgerNames.map { .init("ledger_of_rule_\($0)", ledger($0)) }
    try NumPyArchive.save(arrays, to: folder + "/run.npz")
  }
}

extension RoundRecord {
  /// All that the round says in one number each, by name.
  public var scalars: [(name: String, value: Double)] {
    let measured: [(String, Double?)] = [
      ("accuracy", accuracy), ("loss", loss), ("training_loss", trainingLoss), ("update_norm", updateNorm),
      ("seconds", seconds), ("exchanges", Double(cost.exchanges)), ("downloads", Double(cost.downloads)),
      ("uploads", Double(cost.uploads)), ("flagged", Double(clients.count(where: \.isFlagged))),
      ("quarantined", Double(quarantined.count)), ("failures", Double(failures.count)),
    ]
    let detected = (detection?.named ?? []).map { ("detection_\($0.name)", $0.value) }
    return (measured + detected).compactMap { name, value in value.map { (name, $0) } }
  }
}
