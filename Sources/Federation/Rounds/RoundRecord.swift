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
}

/// What one client sent, in numbers.
public struct ClientReport: Sendable, Equatable {
  public let id: Int
  public let sampleCount: Int
  /// Mean loss over the local steps.
  public let trainingLoss: Double
  /// Norm of the update as it arrived at the server.
  public let norm: Double
  /// Share in the aggregate, as the defense reported it.
  public internal(set) var weight: Double?
  public internal(set) var isFlagged = false
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
  /// Wall time of the round, in seconds. No result depends on it.
  public internal(set) var seconds: Double

  /// One line of `metrics.jsonl`.
  public var json: JSONValue {
    .object([
      ("round", .int(number)), ("cohort", .ints(cohort)), ("accuracy", .number(accuracy)), ("loss", .number(loss)),
      ("training_loss", .double(trainingLoss)), ("update_norm", .double(updateNorm)),
      ("clients", .array(clients.map(\.json))), ("failures", .array(failures.map(\.json))),
      ("quarantined", .ints(quarantined)), ("info", info ?? .null), ("seconds", .double(seconds)),
    ])
  }

  /// Reads what ``json`` wrote; nil if the text is something else.
  init?(_ json: JSONValue) {
    guard let number = json["round"]?.int, let cohort = json["cohort"]?.ints,
      let trainingLoss = json["training_loss"]?.double, let updateNorm = json["update_norm"]?.double,
      let quarantined = json["quarantined"]?.ints, let seconds = json["seconds"]?.double,
      let clients = json["clients"]?.array, let failures = json["failures"]?.array
    else { return nil }
    self.init(
      number: number, cohort: cohort, accuracy: json["accuracy"]?.double, loss: json["loss"]?.double,
      trainingLoss: trainingLoss, updateNorm: updateNorm, clients: clients.compactMap(ClientReport.init),
      failures: failures.compactMap(ClientFailure.init), quarantined: quarantined,
      info: json["info"].flatMap { $0 == .null ? nil : $0 }, seconds: seconds)
  }

  init(
    number: Int, cohort: [Int], accuracy: Double? = nil, loss: Double? = nil, trainingLoss: Double, updateNorm: Double,
    clients: [ClientReport], failures: [ClientFailure], quarantined: [Int], info: JSONValue?, seconds: Double = 0
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
    self.seconds = seconds
  }
}

extension ClientReport {
  var json: JSONValue {
    .object([
      ("id", .int(id)), ("samples", .int(sampleCount)), ("training_loss", .double(trainingLoss)),
      ("norm", .double(norm)), ("weight", .number(weight)), ("flagged", .bool(isFlagged)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.int, let sampleCount = json["samples"]?.int,
      let trainingLoss = json["training_loss"]?.double, let norm = json["norm"]?.double
    else { return nil }
    self.init(
      id: id, sampleCount: sampleCount, trainingLoss: trainingLoss, norm: norm, weight: json["weight"]?.double,
      isFlagged: json["flagged"] == .bool(true))
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
