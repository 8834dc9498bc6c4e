import Datasets
import Tensors

extension Simulation {
  /// The next global vector: the update added, and the rest filled in so that the model can be evaluated.
  func applied(_ update: Tensor, _ arrivals: Arrivals) throws -> Tensor {
    let vector = globalVector.clone()
    try vector.scatter(vector.gathered(split.shared).add_(update), to: split.shared)
    if !split.averaged.isEmpty { try vector.scatter(averagedValues(arrivals), to: split.averaged) }
    for range in split.variances {
      let variance = try vector.narrow(axis: 0, start: range.lowerBound, count: range.count)
      try variance.copy_(variance.clamp(0, Double(Float.greatestFiniteMagnitude)))
    }
    if let root = options.root, options.statistics == .reestimated || options.localTraining.isBatchNormLocal {
      return try reestimated(vector, on: root)
    }
    return vector
  }

  /// Mean over the clients, by samples, of the values that no update carries.
  private func averagedValues(_ arrivals: Arrivals) throws -> Tensor {
    let samples = arrivals.updates.sampleCounts, total = Double(samples.reduce(0, +))
    let sum = try Tensor.zeros([split.averaged.reduce(0) { $0 + $1.count }])
    for (values, count) in zip(arrivals.averagedValues, samples) {
      guard values.withFloats({ RowFault(row: 0, $0, count: values.count) }) == nil else { continue }
      try sum.addScaled_(values, Double(count) / total)
    }
    return sum
  }

  private func reestimated(_ vector: Tensor, on root: Dataset) throws -> Tensor {
    let scratch = try model.replica(), size = options.localTraining.batchSize
    try scratch.load(vector)
    try scratch.reestimateStatistics(over: root.batchPositions(size: size).map { try root.batch($0).inputs })
    return try scratch.vector()
  }

  func makeRecord(
    _ round: Round, _ updates: UpdateMatrix, _ accepted: UpdateMatrix, _ decision: Decision, _ arrivals: Arrivals,
    _ quarantined: [Int]
  ) throws -> RoundRecord {
    let norms = try accepted.geometry(for: "round").norms
    var reports: [ClientReport] = []
    for (row, client) in accepted.clientIDs.enumerated() {
      guard let arrival = updates.clientIDs.firstIndex(of: client) else { continue }
      reports.append(
        ClientReport(
          id: client, sampleCount: accepted.sampleCounts[row], trainingLoss: arrivals.trainingLosses[arrival],
          norm: norms[row], weight: decision.weights?[row], isFlagged: decision.flagged.contains(client)))
    }
    let samples = reports.reduce(0) { $0 + $1.sampleCount }
    let loss = reports.reduce(0.0) { $0 + $1.trainingLoss * Double($1.sampleCount) } / Double(max(samples, 1))
    return RoundRecord(
      number: round.number, cohort: round.cohort, trainingLoss: loss, updateNorm: try decision.update.norm().item(),
      clients: reports, failures: arrivals.failures, quarantined: quarantined, info: decision.info)
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
    // A client that sent NaN keeps its older state, or it would never recover.
    for (client, state) in arrivals.states where !record.quarantined.contains(client) { clientStates[client] = state }
    history.append(record)
  }
}
