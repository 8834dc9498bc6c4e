import Federation
import Foundation
import GRDB

/// An index of the runs in a folder: a table of runs and one of their options, in a file of SQLite beside them.
///
/// The folders are the truth and the index a copy of what their manifests say: it is brought up to date before it is
/// asked, made anew where it is damaged or of another version, and may be deleted at any time. Where the folder cannot
/// be written, it lives in memory.
public final class RunIndex {
  /// The name of its file.
  public static let fileName = ".fedlua-runs.sqlite"
  private static let version = 1

  private let folder: String
  private let database: DatabaseQueue

  /// What the index knows of a run.
  public struct Row: Sendable, Equatable {
    /// The folder of the run.
    public let path: String
    /// Rounds that are done, and rounds in all.
    public let completed, total: Int
    /// Test accuracy of the last round that was measured.
    public let accuracy: Double?
    /// What it ended with; nil where it did not end.
    public let hash: String?
    /// When it began.
    public let started: String?
  }

  /// Opens the index of a folder, and reads what has changed since.
  public init(_ folder: String) throws {
    self.folder = folder
    database = try Self.opened(folder + "/" + Self.fileName)
    try refresh()
  }

  private static func opened(_ path: String) throws -> DatabaseQueue {
    for _ in 0..<2 {
      if let queue = try? DatabaseQueue(path: path), (try? prepare(queue)) != nil { return queue }
      try? FileManager.default.removeItem(atPath: path)  // damaged: it can be made anew
    }
    let queue = try DatabaseQueue()
    try prepare(queue)
    return queue
  }

  private static func prepare(_ queue: DatabaseQueue) throws {
    try queue.write { db in
      if try Int.fetchOne(db, sql: "PRAGMA user_version") != version {
        try db.execute(sql: "DROP TABLE IF EXISTS option; DROP TABLE IF EXISTS run")
        try db.execute(
          sql: """
            CREATE TABLE run (
              path TEXT PRIMARY KEY, stamp TEXT NOT NULL, completed INTEGER NOT NULL, total INTEGER NOT NULL,
              accuracy REAL, hash TEXT, started TEXT);
            CREATE TABLE option (
              path TEXT NOT NULL REFERENCES run(path) ON DELETE CASCADE, name TEXT NOT NULL, text TEXT NOT NULL,
              short TEXT NOT NULL, PRIMARY KEY (path, name));
            CREATE INDEX option_by_text ON option (name, text);
            PRAGMA user_version = \(version);
            """)
      }
    }
  }

  // MARK: Bringing up to date

  private func refresh() throws {
    let found = Self.manifests(in: folder)
    try database.write { db in
      let known = try Dictionary(
        uniqueKeysWithValues: SwiftRow.fetchAll(db, sql: "SELECT path, stamp FROM run").map {
          ($0["path"] as String, $0["stamp"] as String)
        })
      for path in known.keys where found[path] == nil {
        try db.execute(sql: "DELETE FROM run WHERE path = ?", arguments: [path])
      }
      for (path, stamp) in found.sorted(by: { $0.key < $1.key }) where known[path] != stamp {
        try Self.insert(path, stamp, folder, db)
      }
    }
  }

  private typealias SwiftRow = GRDB.Row

  /// The folders of runs below a folder, relative to it, and what tells whether they have changed.
  private static func manifests(in folder: String) -> [String: String] {
    var found: [String: String] = [:]
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for file in files where file == "manifest.json" || file.hasSuffix("/manifest.json") {
      let run = file == "manifest.json" ? "." : String(file.dropLast("/manifest.json".count))
      found[run] = ["manifest.json", "metrics.jsonl"].map { stamp(of: "\(folder)/\(run)/\($0)") }.joined(separator: " ")
    }
    return found
  }

  private static func stamp(of path: String) -> String {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    let date = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(facts?[.size] as? Int ?? 0)@\(date)"
  }

  private static func insert(_ path: String, _ stamp: String, _ folder: String, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM run WHERE path = ?", arguments: [path])
    guard let run = try? RecordedRun("\(folder)/\(path)") else { return }
    let history = run.history()
    try db.execute(
      sql: "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        path, stamp, history.last?.number ?? 0, run.total, history.last { $0.accuracy != nil }?.accuracy, run.hash,
        run.started,
      ])
    for leaf in run.leaves {
      try db.execute(
        sql: "INSERT OR REPLACE INTO option VALUES (?, ?, ?, ?)", arguments: [path, leaf.name, leaf.text, leaf.short])
    }
  }

  // MARK: Asking

  /// A condition on an option: `defense = krum`, `defense.f = 3`, or with `!=` the reverse.
  public struct Condition: Sendable, Equatable {
    let name: String
    let value: String
    let isEqual: Bool

    /// - Returns: nil for a text without `=`.
    public init?(_ text: String) {
      let isEqual = !text.contains("!=")
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      name = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: " !"))
      value = parts[1].trimmingCharacters(in: .whitespaces)
      self.isEqual = isEqual
    }
  }

  /// The runs that meet all conditions, by their folders.
  public func runs(where conditions: [Condition]) throws -> [Row] {
    var sql = "SELECT * FROM run", arguments: StatementArguments = []
    for (number, condition) in conditions.enumerated() {
      sql += number == 0 ? " WHERE " : " AND "
      sql +=
        (condition.isEqual ? "" : "NOT ")
        + "EXISTS (SELECT 1 FROM option WHERE option.path = run.path AND name = ? AND (text = ? OR short = ?))"
      arguments += [condition.name, condition.value, condition.value]
    }
    return try database.read { db in
      try SwiftRow.fetchAll(db, sql: sql + " ORDER BY path", arguments: arguments).map { row in
        Row(
          path: row["path"], completed: row["completed"], total: row["total"], accuracy: row["accuracy"],
          hash: row["hash"], started: row["started"])
      }
    }
  }

  /// The options in which some runs differ, as far as one word or number tells them, by name; for each the values in the
  /// order of the runs, nil where a run has none.
  public func differing(_ runs: [Row]) throws -> [(name: String, values: [String?])] {
    let all = try database.read { db in
      try runs.map { run in
        let rows = try SwiftRow.fetchAll(
          db, sql: "SELECT name, short FROM option WHERE path = ?", arguments: [run.path])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"] as String, $0["short"] as String) })
      }
    }
    let names = Set(all.flatMap(\.keys)).sorted()
    let columns = names.map { name in (name: name, values: all.map { $0[name] }) }
    return columns.filter { Set($0.values).count > 1 }
  }

  /// The values of some options, in the order of the runs.
  public func values(of names: [String], _ runs: [Row]) throws -> [(name: String, values: [String?])] {
    try database.read { db in
      try names.map { name in
        let values = try runs.map { run in
          try String.fetchOne(
            db, sql: "SELECT short FROM option WHERE path = ? AND name = ?", arguments: [run.path, name])
        }
        return (name, values)
      }
    }
  }
}
