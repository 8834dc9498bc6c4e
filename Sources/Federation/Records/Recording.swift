import Tensors

/// A folder of recorded rounds, on which rules and attacks are tried without training.
public final class Recording {
  static let format = "fedlua updates 1"

  /// The folder.
  public let path: String
  /// Numbers of the recorded rounds, ascending.
  public let rounds: [Int]

  /// Opens what a run with a recorder left.
  ///
  /// - Throws: ``FederationError/unreadable(path:problem:)`` for a folder without rounds.
  public init(_ path: String) throws {
    self.path = path
    rounds = UpdateRecorder.rounds(in: path)
    if rounds.isEmpty { throw FederationError.unreadable(path: path, problem: "it holds no recorded round") }
  }

  /// One recorded round.
  public struct Entry {
    /// What a rule may know of the round; nothing can be trained or measured in it.
    public let round: Round
    /// What arrived whole.
    public let updates: UpdateMatrix
    /// Ids of the Byzantine clients among them.
    public let byzantine: [Int]
    /// What these would have sent if they were honest; nil where nobody attacked.
    public let own: UpdateMatrix?
    /// The round as the run told it.
    public let record: RoundRecord
  }

  /// Reads one round.
  ///
  /// - Throws: ``FederationError/unreadable(path:problem:)``, and ``FileError`` for a file that is none.
  public func entry(_ number: Int) throws -> Entry {
    let file = UpdateRecorder.file(number, in: path), truthFile = UpdateRecorder.file(number, in: path + "/truth")
    let (tensors, facts, updates) = try read(file)
    let (_, truth, own) = try read(truthFile)
    func damaged(_ path: String) -> FederationError {
      .unreadable(path: path, problem: "it is no recorded round, or damaged")
    }
    guard let updates, let global = tensors["global"], global.shape == [updates.dimension],
      let clients = facts["clients"]?.int, let f = facts["f"]?.int,
      let seed = facts["seed"]?.string.flatMap(UInt64.init)
    else { throw damaged(file) }
    guard let byzantine = truth["byzantine"]?.ints, let record = truth["record"].flatMap(RoundRecord.init) else {
      throw damaged(truthFile)
    }
    let sections = (facts["sections"]?.array ?? []).compactMap(UpdateSection.init)
    func named(_ matrix: UpdateMatrix) throws -> UpdateMatrix {
      try UpdateMatrix(
        matrix.tensor, clientIDs: matrix.clientIDs, sampleCounts: matrix.sampleCounts, sections: sections)
    }
    let round = Round(
      number: number, cohort: updates.clientIDs, clientCount: clients, declaredByzantine: f, global: global,
      previousUpdate: tensors["previous_update"], history: [], seed: seed,
      tools: RoundTools(recorded: tensors["root_update"]))
    return Entry(
      round: round, updates: try named(updates), byzantine: byzantine, own: try own.map(named), record: record)
  }

  private func read(_ path: String) throws -> ([String: Tensor], JSONValue, UpdateMatrix?) {
    let file = try TensorFile.load(path)
    guard file.metadata["format"] == Self.format, let facts = file.metadata["facts"].flatMap({ JSONValue($0) }) else {
      throw FederationError.unreadable(path: path, problem: "it is no recorded round")
    }
    let named = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    guard let rows = named["updates"] else { return (named, facts, nil) }
    let who = file.metadata["rows"].flatMap { JSONValue($0) }
    let matrix = try UpdateMatrix(rows, clientIDs: who?["ids"]?.ints, sampleCounts: who?["samples"]?.ints)
    guard let scales = named["scales"] else { return (named, facts, matrix) }
    return (named, facts, try matrix.scaled(scales.values, for: "replay"))
  }

  // MARK: Rules and attacks

  /// What a rule made of one recorded round.
  public struct Trial {
    public let decision: Decision
    /// Filled as in a run; no time has passed, and nothing was trained.
    public let record: RoundRecord
    /// The round as the run told it.
    public let recorded: RoundRecord
    /// Ids of the Byzantine clients.
    public let byzantine: [Int]
  }

  /// Asks a rule about every recorded round, one after the other.
  ///
  /// - Parameters:
  ///   - attack: Sends in the place of what the Byzantine clients sent, which stands there as if they were honest; nil
  ///     takes what they did send.
  public func trials(of defense: Defense, attack: Attack?) throws -> [Trial] {
    try rounds.map { number in
      try Interrupt.check()
      let entry = try entry(number)
      for events in [attack?.events, defense.events].compactMap({ $0 }) { _ = try events.onRoundStart?(entry.round) }
      let trial = try trial(of: defense, attack, entry)
      for events in [attack?.events, defense.events].compactMap({ $0 }) {
        _ = try events.onRoundEnd?(entry.round, trial.record.seenByPolicies)
      }
      return trial
    }
  }

  private func trial(of defense: Defense, _ attack: Attack?, _ entry: Entry) throws -> Trial {
    let intake = RowIntake(defense.rule, isInFile: false)
    let losses = Dictionary(entry.record.clients.map { ($0.id, $0.trainingLoss) }) { first, _ in first }
    intake.take(try attack == nil ? entry.updates : entry.asHonest(), losses: losses)
    if let attack {
      try intake.replace(
        by: attack, byzantine: entry.byzantine, fakes: [], entry.round, exchange: 1
      ) { updates in
        try defense.events.rehearsing {
          try defense.rule.decide(entry.round.arrived(updates.clientIDs), updates, name: defense.name)
            .checked(by: defense.name, entry.round, clients: updates.clientIDs, d: updates.dimension)
        }
      }
    }
    let decision = try intake.decide(entry.round, name: defense.name, threads: Parallel.threads)
    var record = try RoundRecord(entry.round, decision, intake.arrivals, added: decision.update)
    if !entry.byzantine.isEmpty {
      record.detection = try Detection(
        record, decision, byzantine: Set(entry.byzantine), honestMean: intake.mean(without: entry.byzantine))
    }
    return Trial(decision: decision, record: record, recorded: entry.record, byzantine: entry.byzantine)
  }
}

extension Recording.Entry {
  /// The updates as they would be if nobody attacked.
  public func asHonest() throws -> UpdateMatrix {
    guard let own else { return updates }
    let rows = updates.tensor.clone()
    for (place, client) in own.clientIDs.enumerated() {
      guard let row = updates.clientIDs.firstIndex(of: client) else { continue }
      try rows.row(row).copy_(own.row(place))
    }
    return try updates.with(rows)
  }
}
