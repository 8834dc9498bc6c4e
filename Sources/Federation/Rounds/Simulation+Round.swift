import Datasets
import Foundation
import Tensors

extension Simulation {
  /// Runs the next round.
  ///
  /// - Returns: Its record, or nil when all rounds are done or a policy stopped the run.
  /// - Throws: What a policy, a client or the data threw; the simulation is as it was before the round.
  public func nextRound() throws -> RoundRecord? {
    try ConvolutionMode.with(options.convolutions) { try advance() }
  }

  private func advance() throws -> RoundRecord? {
    try expectBetweenRounds("next_round")
    guard !isStopped, completedRounds < options.rounds else { return nil }
    isInRound = true
    defer { isInRound = false }
    let start = Date()
    let number = completedRounds + 1
    let round = try makeRound(number, cohort: try chooseCohort(number))
    if try startsStop(round) { return nil }
    let (arrivals, decision) = try keepsRows ? collect(round) : stream(round)
    let next = try applied(decision.update, arrivals)
    var record = try makeRecord(round, decision, arrivals)
    try measure(next, &record)
    record.seconds = Date().timeIntervalSince(start)
    try commit(next, decision.update, arrivals, record)
    isInRound = false
    try endRound(round, record)
    return record
  }

  private func makeRound(_ number: Int, cohort: [Int]) throws -> Round {
    Round(
      number: number, cohort: cohort, clientCount: options.clients.count,
      declaredByzantine: options.declaredByzantine, global: try globalVector.gathered(split.shared),
      previousUpdate: previousUpdate, history: history,
      seed: options.seed,
      rootUpdate: options.root == nil ? nil : { [unowned self] in try rootUpdate(round: number) })
  }

  // MARK: Cohort and events

  private func chooseCohort(_ number: Int) throws -> [Int] {
    let all = options.clients.map(\.id).sorted()
    guard let select = hooks.selectClients else {
      guard let size = options.clientsPerRound, size < all.count else { return all }
      var stream = RandomStream(seed: options.seed, purpose: .cohort, round: number)
      return stream.sample(size, of: all.count).map { all[$0] }.sorted()
    }
    let chosen = try select(try makeRound(number, cohort: all))
    if chosen.isEmpty {
      throw FederationError.cohort(round: number, problem: "no client is chosen; one or more are needed")
    }
    for (index, id) in chosen.enumerated() {
      if !all.contains(id) { throw FederationError.cohort(round: number, problem: "there is no client \(id)") }
      if chosen[..<index].contains(id) {
        throw FederationError.cohort(round: number, problem: "client \(id) is chosen twice")
      }
    }
    return chosen.sorted()
  }

  private var allEvents: [PolicyEvents] {
    [hooks.events, attack?.events, defense?.events].compactMap { $0 }
  }

  private func startsStop(_ round: Round) throws -> Bool {
    for events in allEvents where try events.onRoundStart?(round) == true { isStopped = true }
    return isStopped
  }

  private func endRound(_ round: Round, _ record: RoundRecord) throws {
    for events in allEvents where try events.onRoundEnd?(round, record) == true { isStopped = true }
  }

  // MARK: Local training

  /// What the clients of a round sent, apart from the updates themselves.
  struct Arrivals {
    /// Clients whose update arrived whole, in the order of ids.
    var clients: [Arrival] = []
    /// Mean over the clients, by samples, of the values that no update carries; nil where there are none.
    var averaged: Tensor?
    var failures: [ClientFailure] = []
    /// Clients whose update held NaN or an infinity.
    var quarantined: [Int] = []
  }

  struct Arrival {
    let client: Int
    let sampleCount: Int
    let trainingLoss: Double
    /// Norm of the update as it arrived at the server.
    let norm: Double
    let state: ClientState?
  }

  /// Whether someone reads single updates this round, so that all of them must be kept at once.
  private var keepsRows: Bool {
    isAttackOnRows || defense?.readsRows ?? false
  }

  /// Whether Byzantine clients read what the others send.
  var isAttackOnRows: Bool { attack?.replaceUpdates != nil && !options.byzantine.isEmpty }

  func reportProgress(_ round: Round, done: Int) {
    onProgress?(
      Progress(round: round.number, rounds: options.rounds, clientsDone: done, clients: round.cohort.count))
  }

  /// One task of local training a client, for a function of the workers.
  ///
  /// - Parameter share: What a client's update is multiplied by before it is added to the others.
  func trainingTasks(_ round: Round, share: (_ client: Int) throws -> Double = { _ in 1 }) throws -> [ClientTask] {
    try round.cohort.enumerated().map { index, client in
      ClientTask(
        index: index, client: client, state: clientStates[client], labels: try poisonedLabels(client, round),
        share: try share(client))
    }
  }

  private func poisonedLabels(_ client: Int, _ round: Round) throws -> Tensor? {
    guard options.byzantine.contains(client), let replace = attack?.replaceLabels else { return nil }
    let data = try place.data(of: client)
    return try replace(data.labels, data.classCount, round.number, round.stream(.attack, client: client))
      .map { Tensor(labels: $0) }
  }

  /// Trains on the server's root data as a client would; a difference, like the clients' updates.
  private func rootUpdate(round: Int) throws -> Tensor {
    let job = Job(
      function: ClientTrainer.Function.train, round: round, shared: [globalVector],
      tasks: [ClientTask(index: 0, client: 0)])
    switch try executor.map(job, onProgress: { _ in })[0].result {
    case .failure(let failure): throw FederationError.client(failure, round: round)
    case .success(let result):
      return try result.tensors[0].gathered(split.shared).sub_(globalVector.gathered(split.shared))
    }
  }

  /// The update in memory of its own, or an error if it cannot be added to the model.
  func checked(_ update: Tensor, rule: String, round: Round) throws -> Tensor {
    guard update.shape == [dimension] else {
      throw FederationError.vectorShape(rule: rule, got: update.shape, d: dimension)
    }
    guard update.elementType == .float32 else {
      throw TensorError.elementType(op: rule, got: update.elementType, expected: "a float32 update is needed")
    }
    let copy = try Tensor.uninitialized([dimension], .float32)
    try copy.copy_(update.detach())
    if let fault = copy.withFloats({ RowFault(row: 0, $0, count: dimension) }) {
      throw FederationError.aggregateNotFinite(
        rule: rule, round: round.number, value: fault.value, coordinate: fault.coordinate)
    }
    return copy
  }
}
