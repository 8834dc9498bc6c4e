import Datasets
import Kernels
import Tensors

/// What only the program knows of a run: itself, the script, and the machine.
public struct ProgramFacts: Sendable {
  /// Version of the program.
  public var version: String
  /// The script that made the run, as it stood when it was started; nil in a session.
  public var script: (name: String, text: String)?
  /// What the script was called with.
  public var arguments: [String] = []
  /// The machine, the date and whatever else changes no result: it stands apart, and no hash takes it in.
  public var host: [(name: String, value: JSONValue)] = []

  public init(version: String) { self.version = version }
}

/// The text of `manifest.json`: everything that made a run, by value, and what became of it.
struct RunManifest {
  static let format = "fedlua run 1"

  let run: Simulation
  let program: ProgramFacts
  /// What the run ended with; null while it goes on.
  var result = JSONValue.null

  func json() throws -> JSONValue {
    let options = run.options, facts = try run.facts()
    return .object([
      ("format", .string(Self.format)), ("version", .string(program.version)),
      ("instruction_set", .string(Kernels.isa.rawValue)), ("conv", .string(options.convolutions.rawValue)),
      ("seed", .string("\(options.seed)")), ("model", .string("\(options.model)")),
      ("layout", .string(run.model.layout.digest)), ("dimension", .int(run.dimension)),
      ("rounds", .int(options.rounds)), ("options", run.account ?? facts.options), ("sets", facts.data),
      ("clients", .array(clients(facts))), ("byzantine", .ints(options.byzantine)),
      ("fake_clients", .ints(options.fakeIDs)), ("data", dataSources), ("skipped_files", skippedFiles),
      ("data_audit", DataAccount(options).json), ("script", script),
      ("arguments", .array(program.arguments.map(JSONValue.string))), ("events", .array(run.events.map(\.json))),
      ("host", .object([("threads", .int(options.threads))] + program.host.map { ($0.name, $0.value) })),
      ("result", result),
    ])
  }

  private func clients(_ facts: RunFacts) -> [JSONValue] {
    zip(run.options.clients, facts.data["clients"]?.array ?? []).map { client, set in
      guard case .object(let members) = set else { return set }
      return .object([("id", .int(client.id))] + members.pairs.map { ($0.name, $0.value) })
    }
  }

  private var script: JSONValue {
    program.script.map { script in
      .object([
        ("name", .string(script.name)), ("sha256", .string(SHA256.hex(script.text))), ("text", .string(script.text)),
      ])
    } ?? .null
  }

  private var sets: [Dataset] {
    [run.options.test, run.options.root].compactMap { $0 } + run.options.clients.map(\.data)
  }

  /// Each file that the data came from, once.
  private var dataSources: JSONValue {
    var seen: Set<String> = [], files: [JSONValue] = []
    for source in sets.flatMap(\.sources) where seen.insert(source.path).inserted {
      files.append(.object([("path", .string(source.path)), ("sha256", .string(source.hash))]))
    }
    return .array(files)
  }

  /// Each file that was left out because it could not be read, once.
  private var skippedFiles: JSONValue {
    var seen: Set<String> = [], files: [JSONValue] = []
    for file in sets.flatMap(\.skipped) where seen.insert(file.path).inserted {
      files.append(.object([("path", .string(file.path)), ("reason", .string(file.reason))]))
    }
    return .array(files)
  }

  /// What a run ended with: the same script, seed and instruction set give the same `hash`, on any number of threads
  /// and on any day.
  ///
  /// - Parameters:
  ///   - metrics: The text of `metrics.jsonl`.
  ///   - checkpoint: SHA-256 of the checkpoint's bytes; nil where there is none.
  func ending(metrics: String, checkpoint: String?) throws -> JSONValue {
    let digest = run.digest, metrics = SHA256.hex(metrics), facts = try run.facts()
    let all = JSONValue.object([
      ("version", .string(program.version)), ("instruction_set", .string(Kernels.isa.rawValue)),
      ("run", facts.json), ("events", .array(run.events.map(\.json))), ("digest", .string(digest)),
      ("metrics", .string(metrics)),
    ])
    return .object([
      ("rounds", .int(run.completedRounds)), ("digest", .string(digest)), ("metrics_sha256", .string(metrics)),
      ("checkpoint_sha256", checkpoint.map(JSONValue.string) ?? .null), ("hash", .string(SHA256.hex(all.text))),
    ])
  }
}
