import Tensors

/// A run as tables: rounds, clients in rounds, and options.
struct CSVExport {
  private let run: ExportedRun

  init(_ run: ExportedRun) { self.run = run }

  func write(to folder: String) throws {
    try RunExport.make(folder)
    let columns = run.columns
    try write(
      ["round"] + columns.map(\.name),
      run.history.enumerated().map { place, record in
        ["\(record.number)"] + columns.map { $0.values[place].map(Self.text) ?? "" }
      }, to: folder + "/history.csv")
    let names = run.ledgerNames, ledgers = names.map(run.ledger)
    try write(
      ["round", "client", "samples", "norm", "training_loss", "weight", "flagged", "reason"] + names,
      run.rows.enumerated().map { place, row in
        let client = row.client
        return [
          "\(row.round)", "\(client.id)", "\(client.sampleCount)", Self.text(client.norm),
          Self.text(client.trainingLoss), client.weight.map(Self.text) ?? "", client.isFlagged ? "1" : "0",
          client.reason ?? "",
        ] + ledgers.map { $0[place].isNaN ? "" : Self.text($0[place]) }
      }, to: folder + "/ledger.csv")
    try write(["option", "value"], run.run.leaves.map { [$0.name, $0.text] }, to: folder + "/options.csv")
  }

  private static func text(_ value: Double) -> String {
    Int(exactly: value).flatMap { $0.magnitude < 1 << 53 ? "\($0)" : nil } ?? "\(value)"
  }

  /// - Source: RFC 4180, sections 2.5 to 2.7.
  private static func field(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  private func write(_ names: [String], _ rows: [[String]], to path: String) throws {
    let lines = ([names] + rows).map { $0.map(Self.field).joined(separator: ",") + "\r\n" }
    try AtomicFile.replace(path, bytes: Array(lines.joined().utf8))
  }
}
