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
    let arrivals = try train(round)
    let updates = try attacked(arrivals.updates, round)
    let (accepted, quarantined) = try quarantine(updates, round, failures: arrivals.failures)
    let decision = try decide(round.arrived(accepted.clientIDs), accepted)
    let next = try applied(decision.update, arrivals)
    var record = try makeRecord(round, updates, accepted, decision, arrivals, quarantined)
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

  /// What came back from the clients.
  struct Arrivals {
    let updates: UpdateMatrix
    let trainingLosses: [Double]
    /// Values of the positions that no update carries, in the order of the rows.
    let averagedValues: [Tensor]
    let states: [(client: Int, state: ClientState?)]
    let failures: [ClientFailure]
  }

  private func train(_ round: Round) throws -> Arrivals {
    let outcomes = try executor.map(trainingJob(round)) { [onProgress, options] done in
      onProgress?(
        Progress(round: round.number, rounds: options.rounds, clientsDone: done, clients: round.cohort.count))
    }
    var failures: [ClientFailure] = [], rows: [(client: Int, result: TaskResult)] = []
    for outcome in outcomes {
      switch outcome.result {
      case .success(let result): rows.append((outcome.client, result))
      case .failure(let failure):
        if options.onFailure == .fail { throw FederationError.client(failure, round: round.number) }
        failures.append(failure)
      }
    }
    guard !rows.isEmpty else {
      throw FederationError.nobodyLeft(round: round.number, failures: failures, quarantined: [])
    }
    var losses: [Double] = []
    let updates = try UpdateMatrix(count: rows.count, sections: split.sections) { index in
      let update = try update(rows[index].client, rows[index].result, global: round.global)
      losses.append(update.trainingLoss)
      return update
    }
    return Arrivals(
      updates: updates, trainingLosses: losses,
      averagedValues: try rows.map { try $0.result.tensors[0].gathered(split.averaged) },
      states: rows.map { ($0.client, $0.result.state) }, failures: failures)
  }

  private func trainingJob(_ round: Round) throws -> Job {
    let tasks = try round.cohort.enumerated().map { index, client in
      ClientTask(
        index: index, client: client, state: clientStates[client], labels: try poisonedLabels(client, round))
    }
    return Job(function: ClientTrainer.Function.train, round: round.number, shared: [globalVector], tasks: tasks)
  }

  private func poisonedLabels(_ client: Int, _ round: Round) throws -> Tensor? {
    guard options.byzantine.contains(client), let replace = attack?.replaceLabels else { return nil }
    let data = try place.data(of: client)
    return try replace(data.labels, data.classCount, round.number, round.stream(.attack, client: client))
      .map { Tensor(labels: $0) }
  }

  /// What a client sends after local training: local minus global.
  private func update(_ client: Int, _ result: TaskResult, global: Tensor) throws -> Update {
    Update(
      client: client, difference: try result.tensors[0].gathered(split.shared).sub_(global),
      sampleCount: try place.data(of: client).count, trainingLoss: result.numbers[0])
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

  // MARK: Attack, quarantine, defense

  private func attacked(_ updates: UpdateMatrix, _ round: Round) throws -> UpdateMatrix {
    guard let attack, let replace = attack.replaceUpdates else { return updates }
    let own = updates.clientIDs.indices.filter { options.byzantine.contains(updates.clientIDs[$0]) }
    guard !own.isEmpty else { return updates }
    let others = updates.clientIDs.indices.filter { !own.contains($0) }
    let mine = try updates.selecting(own)
    let honest = others.isEmpty ? mine : try updates.selecting(others)
    guard let sent = try replace(AttackContext(round: round, honest: honest, own: mine)) else { return updates }
    guard sent.shape == [own.count, dimension] || sent.shape == [dimension] else {
      throw FederationError.vectorShape(rule: attack.name, got: sent.shape, d: dimension)
    }
    // The clients' own rows are replaced in a copy: a policy may still hold the ones it was shown.
    let rows = updates.tensor.clone()
    for (position, row) in own.enumerated() {
      try rows.row(row).copy_(sent.shape.count == 1 ? sent : sent.row(position))
    }
    return try UpdateMatrix(
      rows, clientIDs: updates.clientIDs, sampleCounts: updates.sampleCounts, sections: updates.sections)
  }

  private func quarantine(
    _ updates: UpdateMatrix, _ round: Round, failures: [ClientFailure]
  ) throws -> (accepted: UpdateMatrix, quarantined: [Int]) {
    let faulty = updates.faults.map(\.row)
    guard !faulty.isEmpty else { return (updates, []) }
    let quarantined = faulty.map { updates.clientIDs[$0] }
    let whole = (0..<updates.count).filter { !faulty.contains($0) }
    guard !whole.isEmpty else {
      throw FederationError.nobodyLeft(
        round: round.number, failures: failures, quarantined: quarantined)
    }
    return (try updates.selecting(whole), quarantined)
  }

  private func decide(_ round: Round, _ updates: UpdateMatrix) throws -> Decision {
    try Parallel.withThreads(options.threads) {
      let rule = defense?.name ?? "weighted_mean"
      let weights = try defense?.weigh?(round, updates)
      if let weights { try updates.checkWeights(weights, for: rule) }
      var decision: Decision
      if let aggregate = defense?.aggregate {
        decision = try aggregate(round, updates, weights)
      } else {
        let shares = zip(weights ?? [Double](repeating: 1, count: updates.count), updates.sampleCounts).map {
          $0 * Double($1)
        }
        let total = shares.reduce(0, +)
        decision = Decision(update: try updates.weightedMean(shares, for: rule), weights: shares.map { $0 / total })
      }
      decision.update = try checked(decision.update, rule: rule, round: round)
      if let weights = decision.weights { try updates.checkWeights(weights, for: rule) }
      return decision
    }
  }

  /// The update in memory of its own, or an error if it cannot be added to the model.
  private func checked(_ update: Tensor, rule: String, round: Round) throws -> Tensor {
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
