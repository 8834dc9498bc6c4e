import Datasets
import Tensors

/// Keeps all updates of a round as the rows of one matrix, for rules and attacks that read or compare them.
final class RowIntake: RoundIntake {
  private(set) var arrivals = Arrivals()
  private let rule: Rule
  /// Whether the rows lie in a file, of which only what is read is in memory.
  private let isInFile: Bool
  private(set) var updates: UpdateMatrix?
  /// What Byzantine clients would have sent if they were honest; nil where no attack replaced anything.
  private(set) var unattacked: UpdateMatrix?
  /// What each row's client gave beside it.
  private var results: [Int: TaskResult] = [:]
  private var beside: [SentValue] = []
  private var sections: [UpdateSection] = []

  init(_ rule: Rule, isInFile: Bool) {
    self.rule = rule
    self.isInFile = isInFile
  }

  /// Each update goes into its row as soon as it is there, on the thread that brings it.
  func receive(_ training: CohortTraining) throws {
    sections = training.run.split.sections
    guard !training.tasks.isEmpty else { return }
    let awaited = try UpdateMatrix(
      awaiting: training.clientIDs, sampleCounts: training.sampleCounts(), sections: training.run.split.sections,
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

  /// Takes updates that were recorded, with the losses of their clients.
  func take(_ recorded: UpdateMatrix, losses: [Int: Double]) {
    updates = recorded
    for (client, loss) in losses.sorted(by: { $0.key < $1.key }) {
      results[client] = TaskResult(report: TrainingReport(loss: loss, steps: 0))
    }
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
    let weights = zip(updates.clientIDs, updates.sampleCounts).map { client, count in
      results[client]?.values.has(value.key) == true ? value.weights.weight(sampleCount: count) : 0
    }
    let total = weights.reduce(0, +)
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

  @discardableResult
  func replace(
    by attack: Attack, byzantine: [Int], fakes: [Int], _ round: Round, exchange: Int,
    rehearse: ((UpdateMatrix) throws -> Decision)?
  ) throws -> AttackContext? {
    guard let replace = attack.replaceUpdates, let updates = try awaiting(fakes) else { return nil }
    let own = updates.clientIDs.indices.filter {
      byzantine.contains(updates.clientIDs[$0]) || fakes.contains(updates.clientIDs[$0])
    }
    guard !own.isEmpty else { return nil }
    let others = updates.clientIDs.indices.filter { !own.contains($0) }
    // What holds no numbers is set aside before the rule, so attackers reckon without it. A round of nothing else ends.
    let faulty = updates.faults.map(\.row), whole = others.filter { !faulty.contains($0) }
    guard faulty.count < updates.count else { return nil }
    let mine = try updates.selecting(own)
    let honest = whole.isEmpty ? mine : try updates.selecting(whole)
    unattacked = mine
    let context = AttackContext(round: round, honest: honest, own: mine, exchange: exchange, rule: rehearse)
    // Who has no data has nothing to compare with: fake clients alone know what every client gets.
    let seen = own.count == fakes.count ? try context.limited(to: .global) : context
    guard let sent = try replace(seen) else { return seen }
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
    return seen
  }

  /// The updates with a row of zeros for each fake client, which says that it has as many samples as the others have in
  /// the mean.
  private func awaiting(_ fakes: [Int]) throws -> UpdateMatrix? {
    guard !fakes.isEmpty else { return updates }
    let counts = updates?.sampleCounts ?? [1]
    let claimed = Int((Double(counts.reduce(0, +)) / Double(counts.count)).rounded())
    let zeros = try Tensor.zeros([fakes.count, sections.last?.columns.upperBound ?? 0])
    return try UpdateMatrix(
      updates.map { try Tensor.concatenate([$0.tensor, zeros], axis: 0) } ?? zeros,
      clientIDs: (updates?.clientIDs ?? []) + fakes,
      sampleCounts: (updates?.sampleCounts ?? []) + fakes.map { _ in max(1, claimed) }, sections: sections)
  }

  func mean(without clients: [Int]) throws -> Tensor? {
    guard let updates else { return nil }
    let weights = zip(updates.clientIDs, updates.sampleCounts).map { clients.contains($0) ? 0 : Double($1) }
    return weights.contains { $0 > 0 } ? try updates.weightedMean(weights, for: "round") : nil
  }

  func decide(_ round: Round, name: String, threads: Int) throws -> Decision {
    guard let sent = updates else { throw arrivals.nobodyLeft(round) }
    let accepted = try quarantine(sent, round)
    updates = accepted
    for value in beside { try average(value, accepted) }
    let decision = try Parallel.withThreads(threads) {
      try rule.decide(round.arrived(accepted.clientIDs), accepted, name: name)
        .checked(by: name, round, clients: accepted.clientIDs, d: accepted.dimension)
    }
    let norms = try accepted.geometry(for: "round").norms
    arrivals.clients = accepted.clientIDs.indices.map { row in
      let client = accepted.clientIDs[row], result = results[client]
      return Arrival(
        client: client, sampleCount: accepted.sampleCounts[row], trainingLoss: result?.report?.loss,
        norm: norms[row], state: result?.state)
    }
    return decision
  }

  /// What has come in, without what holds NaN or infinity.
  func wholeUpdates(_ round: Round) throws -> UpdateMatrix {
    guard let updates else { throw arrivals.nobodyLeft(round) }
    return try quarantine(updates, round)
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
