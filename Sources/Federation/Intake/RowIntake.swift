import Datasets
import Tensors

/// Keeps all updates of a round as the rows of one matrix, for rules and attacks that read or compare them.
final class RowIntake: RoundIntake {
  private(set) var arrivals = Arrivals()
  private let rule: Rule
  /// Whether the rows lie in a file, of which only what is read is in memory.
  private let isInFile: Bool
  private var updates: UpdateMatrix?
  /// What each row's client gave beside it.
  private var results: [Int: TaskResult] = [:]
  private var beside: [SentValue] = []

  init(_ rule: Rule, isInFile: Bool) {
    self.rule = rule
    self.isInFile = isInFile
  }

  /// Each update goes into its row as soon as it is there, on the thread that brings it.
  func receive(_ training: CohortTraining) throws {
    let awaited = try UpdateMatrix(
      awaiting: training.round.cohort, sampleCounts: training.sampleCounts(), sections: training.run.split.sections,
      isInFile: isInFile)
    let outcomes = try training.executor.map(training.job(ClientTrainer.Function.train, training.tasks)) {
      index, result in
      awaited.put(try result.values.tensor(.update), at: index)
      result.values.tensors[.update] = nil
    } onProgress: {
      training.onProgress($0)
    }
    try keep(outcomes, awaited, training)
  }

  /// Leaves out the rows of clients that failed.
  private func keep(_ outcomes: [Outcome], _ awaited: UpdateMatrix, _ training: CohortTraining) throws {
    var arrived: [Int] = []
    for (index, outcome) in outcomes.enumerated() {
      switch outcome.result {
      case .success(let result):
        arrived.append(index)
        results[awaited.clientIDs[index]] = result
      case .failure(let failure): try arrivals.take(failure, training.onFailure, training.round)
      }
    }
    guard !arrived.isEmpty else { throw arrivals.nobodyLeft(training.round) }
    updates = try awaited.compacted(to: arrived)
    beside = training.run.training.algorithm.sentBeside + [SentValue(.averaged, .samples)]
  }

  /// Mean over the clients of one thing beside the updates; what is not finite adds nothing.
  private func average(_ value: SentValue, _ updates: UpdateMatrix) throws {
    let weights = updates.sampleCounts.map { value.weights.weight(sampleCount: $0) }, total = weights.reduce(0, +)
    for (client, weight) in zip(updates.clientIDs, weights) {
      guard let sent = results[client]?.values else { continue }
      if let tensor = sent.tensors[value.key] {
        let sum = try arrivals.beside.tensors[value.key] ?? Tensor.zeros(tensor.shape)
        if tensor.isFinite { try sum.addScaled_(tensor, weight / total) }
        arrivals.beside.tensors[value.key] = sum
      }
      if let number = sent.numbers[value.key] {
        arrivals.beside.numbers[value.key, default: 0] += number * weight / total
      }
      results[client]?.values.tensors[value.key] = nil
    }
  }

  func replace(
    by attack: Attack, byzantine: [Int], _ round: Round, rehearse: @escaping (UpdateMatrix) throws -> Decision
  ) throws {
    guard let updates, let replace = attack.replaceUpdates else { return }
    let own = updates.clientIDs.indices.filter { byzantine.contains(updates.clientIDs[$0]) }
    guard !own.isEmpty else { return }
    let others = updates.clientIDs.indices.filter { !own.contains($0) }
    // What holds no numbers is set aside before the rule, so attackers reckon without it. A round of nothing else ends.
    let faulty = updates.faults.map(\.row), whole = others.filter { !faulty.contains($0) }
    guard faulty.count < updates.count else { return }
    let mine = try updates.selecting(own)
    let honest = whole.isEmpty ? mine : try updates.selecting(whole)
    guard let sent = try replace(AttackContext(round: round, honest: honest, own: mine, rule: rehearse)) else { return }
    let d = updates.dimension
    guard sent.shape == [own.count, d] || sent.shape == [d] else {
      throw FederationError.vectorShape(rule: attack.name, got: sent.shape, d: d)
    }
    // The clients' own rows are replaced in a copy: a policy may still hold the ones it was shown.
    let rows = updates.tensor.clone()
    for (position, row) in own.enumerated() {
      try rows.row(row).copy_(sent.shape.count == 1 ? sent : sent.row(position))
    }
    self.updates = try UpdateMatrix(
      rows, clientIDs: updates.clientIDs, sampleCounts: updates.sampleCounts, sections: updates.sections)
  }

  func decide(_ round: Round, name: String, threads: Int) throws -> Decision {
    guard let sent = updates else { throw arrivals.nobodyLeft(round) }
    let accepted = try quarantine(sent, round)
    for value in beside { try average(value, accepted) }
    let decision = try Parallel.withThreads(threads) {
      try rule.decide(round.arrived(accepted.clientIDs), accepted, name: name)
        .checked(by: name, round, clients: accepted.clientIDs, d: accepted.dimension)
    }
    let norms = try accepted.geometry(for: "round").norms
    arrivals.clients = accepted.clientIDs.indices.map { row in
      let client = accepted.clientIDs[row], result = results[client]
      return Arrival(
        client: client, sampleCount: accepted.sampleCounts[row], trainingLoss: result?.report?.loss ?? .nan,
        norm: norms[row], state: result?.state)
    }
    return decision
  }

  private func quarantine(_ updates: UpdateMatrix, _ round: Round) throws -> UpdateMatrix {
    let faulty = updates.faults.map(\.row)
    guard !faulty.isEmpty else { return updates }
    arrivals.quarantined = faulty.map { updates.clientIDs[$0] }
    let whole = (0..<updates.count).filter { !faulty.contains($0) }
    guard !whole.isEmpty else { throw arrivals.nobodyLeft(round) }
    return try updates.compacted(to: whole)
  }
}
