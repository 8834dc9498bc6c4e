import Datasets
import Tensors

/// In what a checkpoint's run may differ from the one that takes it up.
public enum AllowedChanges: Sendable {
  case nothing
  /// Defense and attack, which a script may exchange between two rounds.
  case otherRules
  case anything
}

/// What a run was made of, in words that a checkpoint keeps: a run that goes on from it must be made of the same.
struct RunFacts {
  struct Fact {
    let name: String
    let value: String
    let isRule: Bool
  }

  let all: [Fact]

  init(_ run: Simulation) throws {
    let options = run.options
    var facts: [(String, String)] = []
    for client in options.clients { facts.append(("data of client \(client.id)", try Self.text(of: client.data))) }
    let sets = [("test", options.test), ("root", options.root), ("validation", options.validation)]
    for (name, set) in sets { facts.append((name, try set.map(Self.text) ?? "none")) }
    facts += [
      ("model", "\(options.model)"), ("local_training", "\(options.localTraining)"),
      ("server_optimizer", options.serverOptimizer.map { "\($0)" } ?? "none"),
      ("statistics", options.statistics.rawValue), ("byzantine", "\(options.attackers.sorted())"),
      ("f", "\(options.declaredByzantine)"),
      ("clients_per_round", options.clientsPerRound.map { "\($0)" } ?? "all"),
      ("on_failure", options.onFailure.rawValue), ("conv", options.convolutions.rawValue),
    ]
    let rules = [
      ("defense", run.defense.map { $0.summary ?? $0.name } ?? "none"),
      ("attack", run.attack.map { $0.summary ?? $0.name } ?? "none"),
    ]
    all =
      facts.map { Fact(name: $0.0, value: $0.1, isRule: false) }
      + rules.map { Fact(name: $0.0, value: $0.1, isRule: true) }
  }

  /// Samples, classes and a hash of labels and values.
  ///
  /// The hash takes all labels and every sample of a small set; of a large one some hundred samples evenly over it, so
  /// that it costs nothing beside a round.
  private static func text(of set: Dataset) throws -> String {
    let step = max(1, set.count / 256)
    let positions = Array(stride(from: 0, to: set.count, by: step))
    let batch = try set.batch(positions).inputs.contiguous()
    let values = batch.withFloats { SHA256.hex(UnsafeRawBufferPointer(start: $0, count: batch.byteCount)) }
    let hash = SHA256.hex(values + set.labels.map(String.init).joined(separator: " "))
    return "\(set.count) samples, classes \(set.classCounts), sha256 \(hash.prefix(16))"
  }

  /// Throws for the facts that differ from those of a checkpoint, naming each.
  func expectEqual(_ saved: String?, _ path: String, allowing changes: AllowedChanges) throws {
    guard changes != .anything else { return }
    guard let json = saved.flatMap({ JSONValue($0) }) else {
      throw FederationError.unreadable(path: path, problem: "it does not tell what its run was made of")
    }
    let differing = all.filter { fact in
      !(fact.isRule && changes == .otherRules) && json[fact.name]?.string != fact.value
    }
    guard !differing.isEmpty else { return }
    throw FederationError.otherRun(
      path: path,
      differences: differing.map { fact in
        "\(fact.name) is \(json[fact.name]?.string ?? "missing") in the checkpoint and \(fact.value) in this run"
      })
  }
}
