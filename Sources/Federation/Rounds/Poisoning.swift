public import Datasets
public import Tensors

/// Where an attack on data is at work.
public struct Poisoning {
  /// The Byzantine client whose data they are.
  public let client: Int
  /// All Byzantine clients of the run, rising.
  public let colluders: [Int]
  /// Round number, from 1.
  public let round: Int
  /// Keyed by run, round and client.
  public let stream: RandomStream

  /// Makes the place of one client in one round.
  public init(client: Int, colluders: [Int], round: Int, stream: RandomStream) {
    self.client = client
    self.colluders = colluders
    self.round = round
    self.stream = stream
  }
}

extension Attack {
  /// What a Byzantine client trains on in place of its data; nil to be honest this round.
  ///
  /// - Throws: What the attack threw, ``FederationError/setup(what:problem:allowed:)`` for samples of another kind.
  public func poison(_ data: Dataset, _ place: Poisoning) throws -> Dataset? {
    let replaced = try replaceData?(data, place)
    if let replaced { try expect(replaced, like: data) }
    guard let replaceLabels else { return replaced }
    let current = replaced ?? data
    let labels = try replaceLabels(current.labels, current.classCount, place.round, place.stream)
    return try labels.map { try current.relabeled($0) } ?? replaced
  }

  private func expect(_ replaced: Dataset, like data: Dataset) throws {
    func fail(_ problem: String, _ allowed: String) -> FederationError {
      .setup(what: "\(name): data", problem: problem, allowed: allowed)
    }
    guard replaced.sampleShape == data.sampleShape, replaced.classCount == data.classCount else {
      throw fail(
        "the attack returned samples of shape \(replaced.sampleShape) in \(replaced.classCount) classes",
        "\(data.sampleShape) in \(data.classCount), as the client has, are needed")
    }
    guard replaced.count > 0 else { throw fail("the attack returned no samples", "one or more are needed") }
  }
}

extension Simulation {
  /// Calls `body` with what the Byzantine ones of some clients train on in place of their data, by client.
  ///
  /// Labels alone cross to workers as labels; an attack that replaces samples hands the run a set of its own.
  func withPoison<Result>(
    _ clients: [Int], _ round: Round, _ body: ([Int: Cohort.Poison]) throws -> Result
  ) throws -> Result {
    guard let attack, attack.replaceData != nil || attack.replaceLabels != nil else { return try body([:]) }
    var sets: [(client: Int, set: Dataset)] = [], poison: [Int: Cohort.Poison] = [:]
    for client in clients where options.byzantine.contains(client) {
      let data = try catalog.set(.client(client)), stream = round.stream(.attack, client: client)
      if attack.replaceData == nil {
        let labels = try attack.replaceLabels?(data.labels, data.classCount, round.number, stream)
        poison[client] = labels.map { .labels($0) }
      } else {
        let place = Poisoning(
          client: client, colluders: options.byzantine.sorted(), round: round.number, stream: stream)
        if let set = try attack.poison(data, place) { sets.append((client, set)) }
      }
    }
    return try catalog.lending(sets.map(\.set)) { handles in
      for ((client, _), handle) in zip(sets, handles) { poison[client] = .data(handle) }
      return try body(poison)
    }
  }
}
