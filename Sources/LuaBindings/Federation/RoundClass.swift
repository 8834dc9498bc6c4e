import Federation
public import LuaRuntime
import Tensors

/// A round as one hook sees it: what the server may know, and a random stream of the hook's own.
public final class LuaRound: LuaObject {
  public static let luaClass = LuaClass("Round")

  let round: Round
  /// Keyed by seed, hook and round, so that what one hook draws never moves what another sees.
  let stream: Stream

  init(_ round: Round, hook: String) {
    self.round = round
    stream = Stream(round.stream(RandomPurpose(hook)))
  }

  init(_ round: Round, _ stream: Stream) {
    self.round = round
    self.stream = stream
  }
}

/// What a hook may know. No field tells who is Byzantine.
let roundClass = ClassBindings(LuaRound.self, "One round as the server knows it; read-only.") { type in
  type.property("number", "Number of the round, from 1.", get: { (r: LuaRound) in r.round.number })
  type.property(
    "cohort", "Ids of the clients asked this round, rising; for a defense, of those whose updates it gets, row by row.",
    get: { (r: LuaRound) in r.round.cohort })
  type.property("n", "How many clients are asked this round.", get: { (r: LuaRound) in r.round.cohort.count })
  type.property("clients", "How many clients there are in all.", get: { (r: LuaRound) in r.round.clientCount })
  type.property(
    "f", "Byzantine clients that the server expects at most.", get: { (r: LuaRound) in r.round.declaredByzantine })
  type.property("global", "The global parameters that updates are about, before this round: [d].") { (r: LuaRound) in
    // A copy: the model must not change under the hands of the simulation.
    r.round.global.clone()
  }
  type.property(
    "root_update", "What the server's root data would send, an update like the clients': [d]. Trained on first use.",
    get: { (r: LuaRound) in try r.round.rootUpdate() })
  type.property("has_root", "Whether the run has root data.", get: { (r: LuaRound) in r.round.hasRootData })
  type.property(
    "has_validation", "Whether the run has validation data.", get: { (r: LuaRound) in r.round.hasValidationData })
  type.property("previous_update", "What the rule decided in the round before: [d]; nil in round 1.") { (r: LuaRound) in
    r.round.previousUpdate?.clone()
  }
  type.property("history", "The rounds before this one.", get: { (r: LuaRound) in History(r.round.history) })
  type.property("stream", "Random numbers of this round and hook.", get: { (r: LuaRound) in r.stream })
  type.addRoundTraining()
  type.addVirtualRound()
  type.addRoundMeasuring()
  type.addRoundPredictions()
  type.addRoundGradients()
  type.addRoundLastLayer()
  type.addRoundContributions()
  type.addRoundAsking()
  type.addRoundValidation()
  type.description { (r: LuaRound) in "Round \(r.round.number) with clients \(r.round.cohort)" }
}

/// The finished rounds as scripts see them: a list of records, and each measure as a list of its own.
public final class History: LuaObject {
  public static let luaClass = LuaClass("History")

  let records: [RoundRecord]

  init(_ records: [RoundRecord]) { self.records = records }

  /// One measure, for the rounds that have it; nil for a name that is no measure.
  func measures(_ name: String) -> [(round: Int, value: Double)]? {
    guard let measure = Self.measures[name] else { return nil }
    return records.compactMap { record in measure.of(record).map { (record.number, $0) } }
  }

  /// What is measured in a round; nil where it was not.
  private struct Measure: Sendable {
    let of: @Sendable (RoundRecord) -> Double?
  }

  private static let measures: [String: Measure] = [
    "accuracy": Measure { $0.accuracy }, "loss": Measure { $0.loss }, "training_loss": Measure { $0.trainingLoss },
    "update_norm": Measure { $0.updateNorm }, "seconds": Measure { $0.seconds },
    "exchanges": Measure { Double($0.cost.exchanges) }, "downloads": Measure { Double($0.cost.downloads) },
    "uploads": Measure { Double($0.cost.uploads) },
  ].merging(
    Detection.names.map { name in
      (name, Measure { $0.detection?.named.first { $0.name == name }?.value })
    }
  ) { $1 }

  fileprivate static var measureNames: [String] { measures.keys.sorted() }
}

let historyClass = ClassBindings(
  History.self, "Records of finished rounds: history[i] is round i, history.accuracy a list of its values."
) { type in
  type.length("Number of finished rounds.") { (h: History) in h.records.count }
  type.index(
    "Returns the record of a round, or nil beyond the last; -1 is the last.", Parameter("round", "From 1."),
    returns: "The record."
  ) { (h: History, round: Int) in
    let position = round < 0 ? h.records.count + round : round - 1
    return h.records.indices.contains(position) ? h.records[position].luaRecord : nil
  }
  type.fields(
    "accuracy, loss, training_loss, update_norm and seconds, each as a list over the rounds that have it; `column` tells "
      + "which they are."
  ) { (h: History, name: String) in h.measures(name)?.map(\.value) }
  type.method(
    "column", "Returns the rounds that have a measure, and its values.",
    Parameter(
      "name",
      "accuracy, loss, training_loss, update_norm, seconds, exchanges, downloads, uploads; of a run with Byzantine "
        + "clients also \(Detection.names.joined(separator: ", "))."),
    returns: "A list of rounds and a list of values, equally long.",
    errors: ["There is no such measure."],
    example: Example(
      """
      local train, test = fed.data.blobs { train = 60, test = 30, classes = 3 }
      local run = fed.simulation {
        clients = fed.partition.identical(train, { clients = 2 }), test = test, rounds = 5, evaluate_every = 2,
        model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 },
      }
      for _ in run:rounds() do end
      local rounds, values = run.history:column "accuracy"
      print(table.concat(rounds, " "), #values)
      """, prints: "2 4 5\t3")
  ) { (h: History, name: String) in
    guard let found = h.measures(name) else {
      throw LuaFailure("there is no measure '\(name)'" + suggestion(for: name, among: History.measureNames))
    }
    return Results(found.map(\.round), found.map(\.value))
  }
  type.description { (h: History) in
    h.records.map { record in
      let accuracy = record.accuracy.map { "  accuracy \(($0 * 10_000).rounded() / 10_000)" } ?? ""
      return "round \(record.number)\(accuracy)  training loss \((record.trainingLoss * 10_000).rounded() / 10_000)"
    }.joined(separator: "\n")
  }
}

extension RoundRecord {
  /// The record as a plain table.
  var luaRecord: ShapedRecord<RoundRecordTable> {
    ShapedRecord([
      ("number", number), ("cohort", cohort), ("accuracy", accuracy), ("loss", loss), ("training_loss", trainingLoss),
      ("update_norm", updateNorm), ("seconds", seconds), ("quarantined", quarantined),
      ("flagged", clients.filter(\.isFlagged).map(\.id)), ("info", info.map(JSONResult.init)),
      ("detection", detection?.luaRecord),
      (
        "cost",
        ShapedRecord<CostTable>([
          ("exchanges", cost.exchanges), ("downloads", cost.downloads), ("uploads", cost.uploads),
        ])
      ),
      (
        "failures",
        failures.map {
          ShapedRecord<FailureTable>([("client", $0.client), ("message", $0.message), ("traceback", $0.traceback)])
        }
      ),
      (
        "clients",
        clients.map { client in
          ShapedRecord<ClientTable>([
            ("id", client.id), ("samples", client.sampleCount), ("training_loss", client.trainingLoss),
            ("norm", client.norm), ("weight", client.weight), ("flagged", client.isFlagged),
            ("reason", client.reason), ("ledger", LuaRecord(client.ledger.map { ($0.name, $0.value) })),
          ])
        }
      ),
    ])
  }
}

extension Detection {
  fileprivate var luaRecord: ShapedRecord<DetectionTable> {
    ShapedRecord(named.map { ($0.name, $0.value) })
  }
}

/// Data of the run's records as Lua values.
struct JSONResult: LuaWritable {
  static var luaType: String { "any" }

  let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  func write(_ frame: borrowing LuaFrame) -> Int32 {
    switch value {
    case .null: frame.writeNil()
    case .bool(let value): frame.write(value)
    case .int(let value): frame.write(value)
    case .double(let value): frame.write(value)
    case .string(let value): frame.write(value)
    case .array(let values): values.map(JSONResult.init).write(frame)
    case .object(let members): LuaRecord(members.pairs.map { ($0.name, JSONResult($0.value)) }).write(frame)
    }
  }
}
