import Datasets
import Tensors

/// Adds each update up and lets it go as soon as it arrives, for rules that need no more than a weighted mean.
///
/// Memory is that of a few updates, however many clients there are.
final class MeanIntake: RoundIntake {
  private(set) var arrivals = Arrivals()
  private let weights: SumWeights
  private let combine: Rule.Combine?
  private var mean: UpdateMean?

  /// Tasks whose contributions are added before the sum goes on; the grouping of the sum, whatever runs the tasks.
  private static let shardSize = 8

  init(_ weights: SumWeights, _ combine: Rule.Combine?) {
    self.weights = weights
    self.combine = combine
  }

  func receive(_ training: CohortTraining) throws {
    let counts = try training.sampleCounts(), shares = Self.shares(counts, weights)
    let bySamples = Self.shares(counts, .samples), equally = Self.shares(counts, .equal)
    let tasks = training.tasks.enumerated().map { index, task in
      var task = task
      task.inputs.merge(
        Exchange(numbers: [
          .share: shares[index], .sampleShare: bySamples[index], .equalShare: equally[index],
        ]))
      return task
    }
    let sum = try training.executor.reduce(
      training.job(ClientTrainer.Function.contribute, tasks), shardSize: Self.shardSize
    ) { training.onProgress($0) }
    let accepted = try accept(sum.outcomes, counts, training)
    guard !accepted.isEmpty, let update = sum.sums.tensors[.update] else { throw arrivals.nobodyLeft(training.round) }
    let isComplete = accepted.count == tasks.count
    /// Brings a sum of shares to a mean where clients are missing; the shares of all add up to 1 but for rounding.
    func correction(_ shares: [Double]) -> Double? {
      isComplete ? nil : 1 / accepted.reduce(0) { $0 + shares[$1] }
    }
    if let factor = correction(shares) { try update.mul_(factor) }
    var means = [(ExchangeKey.averaged, shares)]
    means += training.run.training.algorithm.sentBeside.map { ($0.key, $0.weights == .samples ? bySamples : equally) }
    for (key, shares) in means {
      arrivals.beside.tensors[key] = sum.sums.tensors[key]
      arrivals.beside.numbers[key] = sum.sums.numbers[key]
      guard let factor = correction(shares) else { continue }
      try arrivals.beside.tensors[key]?.mul_(factor)
      arrivals.beside.numbers[key]? *= factor
    }
    let total = accepted.reduce(0) { $0 + shares[$1] }
    mean = UpdateMean(
      update: update, clientIDs: arrivals.clients.map(\.client), sampleCounts: arrivals.clients.map(\.sampleCount),
      norms: arrivals.clients.map(\.norm), shares: accepted.map { shares[$0] / total })
  }

  private static func shares(_ counts: [Int], _ weights: SumWeights) -> [Double] {
    let weights = counts.map { weights.weight(sampleCount: $0) }, total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// Sorts the clients by what became of them; returns the positions of those whose update is in the sum.
  private func accept(_ outcomes: [Outcome], _ counts: [Int], _ training: CohortTraining) throws -> [Int] {
    var accepted: [Int] = []
    for (index, outcome) in outcomes.enumerated() {
      let client = training.clientIDs[index]
      switch outcome.result {
      case .failure(let failure): try arrivals.take(failure, training.onFailure, training.round)
      case .success(let result):
        guard let report = result.report, report.isFinite else {
          arrivals.quarantined.append(client)
          continue
        }
        accepted.append(index)
        arrivals.clients.append(
          Arrival(
            client: client, sampleCount: counts[index], trainingLoss: report.loss, norm: report.norm ?? .nan,
            state: result.state))
      }
    }
    return accepted
  }

  /// Nobody reads single updates here, so nobody replaces any.
  func replace(
    by attack: Attack, byzantine: [Int], fakes: [Int], _ round: Round, exchange: Int,
    rehearse: ((UpdateMatrix) throws -> Decision)?
  ) -> AttackContext? { nil }

  func mean(without clients: [Int]) -> Tensor? { nil }

  func decide(_ round: Round, name: String, threads: Int) throws -> Decision {
    guard let mean else { throw arrivals.nobodyLeft(round) }
    return try Parallel.withThreads(threads) {
      try Rule.decide(round.arrived(mean.clientIDs), mean, combine)
        .checked(by: name, round, clients: mean.clientIDs, d: mean.update.count)
    }
  }
}
