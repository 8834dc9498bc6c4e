import Datasets
import Tensors

/// Rounds whose rule or attack reads single updates, or how they lie to each other: all of them are kept, as the rows of
/// one matrix.
extension Simulation {
  /// Trains, lets the Byzantine clients lie, sets aside what is no number, and asks the defense.
  func collect(_ round: Round) throws -> (Arrivals, Decision) {
    var arrivals = Arrivals()
    let sent = try train(round, &arrivals)
    let updates = try attacked(sent.updates, round)
    let accepted = try quarantine(updates, round, &arrivals)
    let decision = try decide(round.arrived(accepted.clientIDs), accepted)
    let norms = try accepted.geometry(for: "round").norms
    var row = 0
    arrivals.clients = sent.results.enumerated().compactMap { index, result in
      guard row < accepted.count, accepted.clientIDs[row] == updates.clientIDs[index] else { return nil }
      defer { row += 1 }
      return Arrival(
        client: accepted.clientIDs[row], sampleCount: accepted.sampleCounts[row], trainingLoss: result.numbers[0],
        norm: norms[row], state: result.state)
    }
    return (arrivals, decision)
  }

  /// Each update goes into its row as soon as it is there, on the thread that brings it.
  private func train(
    _ round: Round, _ arrivals: inout Arrivals
  ) throws -> (updates: UpdateMatrix, results: [TaskResult]) {
    let awaited = try UpdateMatrix(
      awaiting: round.cohort, sampleCounts: try round.cohort.map { try place.data(of: $0).count },
      sections: split.sections, isInFile: defense?.weighGram != nil && !isAttackOnRows)
    let job = Job(
      function: ClientTrainer.Function.train, round: round.number, shared: [globalVector],
      tasks: try trainingTasks(round))
    let (split, global) = (split, round.global)
    let outcomes = try executor.map(job) { index, result in
      awaited.put(try result.tensors[0].gathered(split.shared).sub_(global), at: index)
      result.tensors = split.averaged.isEmpty ? [] : [try result.tensors[0].gathered(split.averaged)]
    } onProgress: {
      reportProgress(round, done: $0)
    }
    return try arrived(outcomes, awaited, round, &arrivals)
  }

  /// Leaves out the rows of clients that failed, and adds up what no update carries.
  private func arrived(
    _ outcomes: [Outcome], _ awaited: UpdateMatrix, _ round: Round, _ arrivals: inout Arrivals
  ) throws -> (updates: UpdateMatrix, results: [TaskResult]) {
    var arrived: [Int] = [], results: [TaskResult] = []
    for (index, outcome) in outcomes.enumerated() {
      switch outcome.result {
      case .success(let result):
        arrived.append(index)
        results.append(result)
      case .failure(let failure):
        if options.onFailure == .fail { throw FederationError.client(failure, round: round.number) }
        arrivals.failures.append(failure)
      }
    }
    guard !arrived.isEmpty else {
      throw FederationError.nobodyLeft(round: round.number, failures: arrivals.failures, quarantined: [])
    }
    let updates = try awaited.compacted(to: arrived)
    arrivals.averaged = try averagedValues(results, samples: updates.sampleCounts)
    return (updates, results)
  }

  /// Mean over the clients, by samples, of the values that no update carries.
  private func averagedValues(_ results: [TaskResult], samples: [Int]) throws -> Tensor? {
    guard !split.averaged.isEmpty else { return nil }
    let total = Double(samples.reduce(0, +))
    let sum = try Tensor.zeros([split.averaged.reduce(0) { $0 + $1.count }])
    for (result, count) in zip(results, samples) where result.tensors[0].isFinite {
      try sum.addScaled_(result.tensors[0], Double(count) / total)
    }
    return sum
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

  private func quarantine(_ updates: UpdateMatrix, _ round: Round, _ arrivals: inout Arrivals) throws -> UpdateMatrix {
    let faulty = updates.faults.map(\.row)
    guard !faulty.isEmpty else { return updates }
    arrivals.quarantined = faulty.map { updates.clientIDs[$0] }
    let whole = (0..<updates.count).filter { !faulty.contains($0) }
    guard !whole.isEmpty else {
      throw FederationError.nobodyLeft(
        round: round.number, failures: arrivals.failures, quarantined: arrivals.quarantined)
    }
    return try updates.compacted(to: whole)
  }

  private func decide(_ round: Round, _ updates: UpdateMatrix) throws -> Decision {
    try Parallel.withThreads(options.threads) {
      let rule = defense?.name ?? "weighted_mean"
      let weights = try defense?.weigh?(round, updates) ?? defense?.weighGram?(round, UpdateGram(updates))
      if let weights { try updates.checkWeights(weights, for: rule) }
      var decision: Decision
      if let aggregate = defense?.aggregate {
        decision = try aggregate(round, updates, weights)
      } else if let combine = defense?.combine {
        let mean = try UpdateMean(of: updates, weights: defense?.sumWeights ?? .samples)
        decision = try combine(round, mean)
        decision.weights = mean.shares
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
}
