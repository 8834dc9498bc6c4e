import Datasets
import Tensors

/// Rounds whose rule needs no more than a weighted mean: each update is added up and let go as soon as it arrives.
extension Simulation {
  /// Trains, sets aside what is no number, and asks the defense what to make of the mean.
  ///
  /// Memory is that of a few updates, however many clients there are.
  func stream(_ round: Round) throws -> (Arrivals, Decision) {
    let rule = defense?.sumWeights ?? .samples
    let weights = try round.cohort.map { rule.weight(sampleCount: try place.data(of: $0).count) }
    let total = weights.reduce(0, +)
    let shares = Dictionary(uniqueKeysWithValues: zip(round.cohort, weights.map { $0 / total }))
    let sum = try executor.reduce(
      Job(
        function: ClientTrainer.Function.contribute, round: round.number, shared: [globalVector, round.global],
        tasks: trainingTasks(round) { shares[$0] ?? 0 }),
      shardSize: Self.shardSize
    ) { reportProgress(round, done: $0) }
    var arrivals = try arrivals(of: sum, round)
    // Where nobody was left out the shares add up to 1 but for rounding.
    let accepted = arrivals.clients.reduce(0) { $0 + (shares[$1.client] ?? 0) }
    guard !arrivals.clients.isEmpty, let difference = sum.tensors.first else {
      throw FederationError.nobodyLeft(
        round: round.number, failures: arrivals.failures, quarantined: arrivals.quarantined)
    }
    let isComplete = arrivals.clients.count == round.cohort.count
    if !isComplete { for tensor in sum.tensors { try tensor.mul_(1 / accepted) } }
    arrivals.averaged = sum.tensors.count > 1 ? sum.tensors[1] : nil
    let mean = UpdateMean(
      update: difference, clientIDs: arrivals.clients.map(\.client), sampleCounts: arrivals.clients.map(\.sampleCount),
      norms: arrivals.clients.map(\.norm), shares: arrivals.clients.map { (shares[$0.client] ?? 0) / accepted })
    return (arrivals, try decide(round.arrived(mean.clientIDs), mean))
  }

  /// Tasks whose contributions are added before the sum goes on; the grouping of the sum, whatever runs the tasks.
  private static let shardSize = 8

  private func arrivals(of sum: Reduction, _ round: Round) throws -> Arrivals {
    var arrivals = Arrivals()
    for outcome in sum.outcomes {
      switch outcome.result {
      case .failure(let failure):
        if options.onFailure == .fail { throw FederationError.client(failure, round: round.number) }
        arrivals.failures.append(failure)
      case .success(let result):
        let contribution = Contribution(result.numbers)
        guard contribution.isFinite else {
          arrivals.quarantined.append(outcome.client)
          continue
        }
        arrivals.clients.append(
          Arrival(
            client: outcome.client, sampleCount: try place.data(of: outcome.client).count,
            trainingLoss: contribution.loss, norm: contribution.norm, state: result.state))
      }
    }
    return arrivals
  }

  private func decide(_ round: Round, _ mean: UpdateMean) throws -> Decision {
    var decision =
      try defense?.combine.map { combine in try Parallel.withThreads(options.threads) { try combine(round, mean) } }
      ?? Decision(update: mean.update)
    decision.update = try checked(decision.update, rule: defense?.name ?? "weighted_mean", round: round)
    decision.weights = mean.shares
    return decision
  }
}
