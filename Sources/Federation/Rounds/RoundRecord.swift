import Tensors

/// A client that sent nothing, and why. A value, not an exception: the run's policy decides what follows.
public struct ClientFailure: Sendable, Equatable {
  public let client: Int
  public let message: String
  /// Where it happened, if the failure came from a script.
  public let traceback: String?

  public init(client: Int, message: String, traceback: String? = nil) {
    self.client = client
    self.message = message
    self.traceback = traceback
  }

  init(_ failure: TaskFailure) {
    self.init(client: failure.owner.streamKey, message: failure.message, traceback: failure.traceback)
  }
}

/// What one client sent, in numbers.
public struct ClientReport: Sendable, Equatable {
  public let id: Int
  public let sampleCount: Int
  /// Mean loss over the local steps; 0 for a client that did not train.
  public let trainingLoss: Double
  /// Norm of the update as it arrived at the server.
  public let norm: Double
  /// Share in the aggregate, as the defense reported it.
  public internal(set) var weight: Double?
  public internal(set) var isFlagged = false
  /// Named numbers of the defense about the client, names ascending.
  public internal(set) var ledger: [LedgerEntry] = []
  /// Why the defense decided so about the client, in words.
  public internal(set) var reason: String?
}

/// What happened in one round.
public struct RoundRecord: Sendable, Equatable {
  /// Round number, from 1.
  public let number: Int
  /// Ids of the clients asked, ascending.
  public let cohort: [Int]
  /// Share of test images classified right, in [0, 1]; nil where the run has no test data or skipped the round.
  public internal(set) var accuracy: Double?
  /// Mean test loss.
  public internal(set) var loss: Double?
  /// Mean of the clients' losses while training, weighted by samples.
  public let trainingLoss: Double
  /// Norm of what the server added.
  public let updateNorm: Double
  /// One for each update that arrived whole, in the order of ids.
  public let clients: [ClientReport]
  public let failures: [ClientFailure]
  /// Clients whose update held NaN or an infinity and was left out.
  public let quarantined: [Int]
  /// What the defense tells about its decision.
  public let info: JSONValue?
  /// What was asked of the clients.
  public internal(set) var cost = RoundCost()
  /// How well the flags tell who attacks; nil where nobody does. No policy gets to see it.
  public internal(set) var detection: Detection?
  /// Wall time of the round, in seconds; 0 where it is not known. No result depends on it, and it is no part of
  /// checkpoints.
  public var seconds: Double

  /// One line of `metrics.jsonl`: what was measured is said of the global model, after the round, on the test set. Wall
  /// time is not among it, so that equal runs leave equal bytes.
  public var json: JSONValue {
    .object([
      ("round", .int(number)), ("model", .string("global")), ("moment", .string("after_round")),
      ("split", accuracy == nil && loss == nil ? .null : .string("test")), ("cohort", .ints(cohort)),
      ("accuracy", .number(accuracy)), ("loss", .number(loss)),
      ("training_loss", .double(trainingLoss)), ("update_norm", .double(updateNorm)),
      ("clients", .array(clients.map(\.json))), ("failures", .array(failures.map(\.json))),
      ("quarantined", .ints(quarantined)), ("info", info ?? .null), ("detection", detection?.json ?? .null),
      ("cost", cost.json),
    ])
  }

  /// Reads what ``json`` wrote; nil if the text is something else.
  init?(_ json: JSONValue) {
    guard let number = json["round"]?.int, let cohort = json["cohort"]?.ints,
      let trainingLoss = json["training_loss"]?.double, let updateNorm = json["update_norm"]?.double,
      let quarantined = json["quarantined"]?.ints,
      let clients = json["clients"]?.array, let failures = json["failures"]?.array
    else { return nil }
    self.init(
      number: number, cohort: cohort, accuracy: json["accuracy"]?.double, loss: json["loss"]?.double,
      trainingLoss: trainingLoss, updateNorm: updateNorm, clients: clients.compactMap(ClientReport.init),
      failures: failures.compactMap(ClientFailure.init), quarantined: quarantined,
      info: json["info"].flatMap { $0 == .null ? nil : $0 }, detection: json["detection"].flatMap(Detection.init))
    cost = RoundCost(json["cost"])
  }

  init(
    number: Int, cohort: [Int], accuracy: Double? = nil, loss: Double? = nil, trainingLoss: Double, updateNorm: Double,
    clients: [ClientReport], failures: [ClientFailure], quarantined: [Int], info: JSONValue?,
    detection: Detection? = nil, seconds: Double = 0
  ) {
    self.number = number
    self.cohort = cohort
    self.accuracy = accuracy
    self.loss = loss
    self.trainingLoss = trainingLoss
    self.updateNorm = updateNorm
    self.clients = clients
    self.failures = failures
    self.quarantined = quarantined
    self.info = info
    self.detection = detection
    self.seconds = seconds
  }

  /// The record as policies see it, without what only the run knows.
  var seenByPolicies: RoundRecord {
    var record = self
    record.detection = nil
    return record
  }
}

extension RoundRecord {
  /// The record of a round that has just been decided.
  ///
  /// - Parameter added: What was added to the global model.
  init(_ round: Round, _ decision: Decision, _ arrivals: Arrivals, added: Tensor) throws {
    let reports = arrivals.clients.enumerated().map { row, arrival in
      ClientReport(
        id: arrival.client, sampleCount: arrival.sampleCount, trainingLoss: arrival.trainingLoss ?? 0,
        norm: arrival.norm, weight: decision.weights?[row], isFlagged: decision.flagged.contains(arrival.client),
        ledger: decision.ledger.entries(ofRow: row), reason: decision.ledger.reasons[arrival.client])
    }
    let trained = arrivals.clients.filter { $0.trainingLoss != nil },
      samples = trained.reduce(0) { $0 + $1.sampleCount }
    let loss = trained.reduce(0.0) { $0 + ($1.trainingLoss ?? 0) * Double($1.sampleCount) } / Double(max(samples, 1))
    self.init(
      number: round.number, cohort: round.cohort, trainingLoss: loss, updateNorm: try added.norm().item(),
      clients: reports, failures: arrivals.failures, quarantined: arrivals.quarantined, info: decision.info)
  }
}

extension ClientReport {
  var json: JSONValue {
    .object([
      ("id", .int(id)), ("samples", .int(sampleCount)), ("training_loss", .double(trainingLoss)),
      ("norm", .double(norm)), ("weight", .number(weight)), ("flagged", .bool(isFlagged)),
      ("ledger", .object(ledger.map { ($0.name, .double($0.value)) })),
      ("reason", reason.map(JSONValue.string) ?? .null),
    ])
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.int, let sampleCount = json["samples"]?.int,
      let trainingLoss = json["training_loss"]?.double, let norm = json["norm"]?.double
    else { return nil }
    self.init(
      id: id, sampleCount: sampleCount, trainingLoss: trainingLoss, norm: norm, weight: json["weight"]?.double,
      isFlagged: json["flagged"] == .bool(true), ledger: json["ledger"]?.members ?? [], reason: json["reason"]?.string)
  }
}

extension ClientFailure {
  var json: JSONValue {
    .object([
      ("client", .int(client)), ("message", .string(message)), ("traceback", traceback.map(JSONValue.string) ?? .null),
    ])
  }

  init?(_ json: JSONValue) {
    guard let client = json["client"]?.int, let message = json["message"]?.string else { return nil }
    self.init(client: client, message: message, traceback: json["traceback"]?.string)
  }
}

extension JSONValue {
  /// The numbers of an object, by name.
  fileprivate var members: [LedgerEntry] {
    guard case .object(let members) = self else { return [] }
    return members.pairs.compactMap { pair in pair.value.double.map { LedgerEntry(name: pair.name, value: $0) } }
  }
}
