import Datasets
import Tensors

extension Simulation {
  /// The next global vector: the update added, and the rest filled in so that the model can be evaluated.
  func applied(_ update: Tensor, _ arrivals: Arrivals) throws -> Tensor {
    let vector = globalVector.clone()
    try vector.scatter(vector.gathered(split.shared).add_(update), to: split.shared)
    if let averaged = arrivals.averaged { try vector.scatter(averaged, to: split.averaged) }
    for range in split.variances {
      let variance = try vector.narrow(axis: 0, start: range.lowerBound, count: range.count)
      try variance.copy_(variance.clamp(0, Double(Float.greatestFiniteMagnitude)))
    }
    if let root = options.root, options.statistics == .reestimated || options.localTraining.isBatchNormLocal {
      return try reestimated(vector, on: root)
    }
    return vector
  }

  private func reestimated(_ vector: Tensor, on root: Dataset) throws -> Tensor {
    let scratch = try model.replica(), size = options.localTraining.batchSize
    try scratch.load(vector)
    try scratch.reestimateStatistics(over: root.batchPositions(size: size).map { try root.batch($0).inputs })
    return try scratch.vector()
  }

  func makeRecord(_ round: Round, _ decision: Decision, _ arrivals: Arrivals) throws -> RoundRecord {
    let reports = arrivals.clients.enumerated().map { row, arrival in
      ClientReport(
        id: arrival.client, sampleCount: arrival.sampleCount, trainingLoss: arrival.trainingLoss, norm: arrival.norm,
        weight: decision.weights?[row], isFlagged: decision.flagged.contains(arrival.client))
    }
    let samples = reports.reduce(0) { $0 + $1.sampleCount }
    let loss = reports.reduce(0.0) { $0 + $1.trainingLoss * Double($1.sampleCount) } / Double(max(samples, 1))
    return RoundRecord(
      number: round.number, cohort: round.cohort, trainingLoss: loss, updateNorm: try decision.update.norm().item(),
      clients: reports, failures: arrivals.failures, quarantined: arrivals.quarantined, info: decision.info)
  }

  func measure(_ vector: Tensor, _ record: inout RoundRecord) throws {
    guard let test = options.test else { return }
    guard record.number % options.evaluationInterval == 0 || record.number == options.rounds else { return }
    (record.accuracy, record.loss) = try evaluate(vector, on: test)
  }

  /// Takes over the round's results. Until here a round has changed nothing.
  func commit(_ vector: Tensor, _ update: Tensor, _ arrivals: Arrivals, _ record: RoundRecord) throws {
    try model.load(vector)
    globalVector = vector
    previousUpdate = update
    // A client that sent NaN is not among them and keeps its older state, or it would never recover.
    for arrival in arrivals.clients { clientStates[arrival.client] = arrival.state }
    history.append(record)
  }
}
