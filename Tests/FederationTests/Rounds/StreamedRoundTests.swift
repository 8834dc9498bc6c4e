import Datasets
@testable import Federation
import Networks
import Tensors
import Testing

/// Rounds that add updates up as they arrive, against the same rounds with all rows kept.
@Suite(.onBothExecutors) struct StreamedRoundTests {
  /// FedAvg by its definition, on rows.
  private func onRows(_ weights: SumWeights) -> Defense {
    var defense = Defense(name: "rows")
    defense.rule = .aggregating { _, updates, _ in
      let counts = updates.sampleCounts.map { weights == .samples ? Double($0) : 1 }, total = counts.reduce(0, +)
      return Decision(update: try updates.weightedMean(counts), weights: counts.map { $0 / total })
    }
    return defense
  }

  private func expectAlike(_ a: Simulation, _ b: Simulation) {
    #expect(areClose(a.globalVector.floats, b.globalVector.floats, 1e-5))
    for (one, other) in zip(a.history, b.history) {
      #expect(one.clients.map(\.id) == other.clients.map(\.id))
      #expect(areClose(one.clients.map { Float($0.norm) }, other.clients.map { Float($0.norm) }, 1e-4))
      #expect(areClose(one.clients.map { Float($0.weight ?? -1) }, other.clients.map { Float($0.weight ?? -1) }, 1e-6))
      #expect(one.quarantined == other.quarantined && one.failures.map(\.client) == other.failures.map(\.client))
    }
  }

  @Test(arguments: [StatisticsRule.aggregated, .averaged]) func `the mean by samples is that of the rows`(
    statistics: StatisticsRule
  ) throws {
    let small = SmallRun(clientCount: 11, hasBatchNorm: true, statistics: statistics)
    let streamed = try small.simulation(), kept = try small.simulation()
    kept.defense = onRows(.samples)
    try streamed.finishRounds()
    try kept.finishRounds()
    expectAlike(streamed, kept)
  }

  @Test func `the plain mean counts each client once`() throws {
    let small = SmallRun(clientCount: 5)
    let streamed = try small.simulation(), kept = try small.simulation(), bySamples = try small.simulation()
    streamed.defense = Defense(Mean())
    kept.defense = onRows(.equal)
    for run in [streamed, kept, bySamples] { try run.finishRounds() }
    expectAlike(streamed, kept)
    #expect(!areClose(streamed.globalVector.floats, bySamples.globalVector.floats, 1e-4))
  }

  @Test func `local state and values kept by clients are those of the rows`() throws {
    let small = SmallRun(isBatchNormLocal: true, keepsOptimizerState: true, hasBatchNorm: true)
    let streamed = try small.simulation(), kept = try small.simulation()
    kept.defense = onRows(.samples)
    try streamed.finishRounds()
    try kept.finishRounds()
    expectAlike(streamed, kept)
  }

  @Test func `a client whose update is no number is quarantined and the others share its weight`() throws {
    let small = SmallRun()
    let streamed = try SmallRun.simulate(withBadClient(small)), kept = try SmallRun.simulate(withBadClient(small))
    kept.defense = onRows(.samples)
    _ = try streamed.nextRound()
    _ = try kept.nextRound()
    #expect(streamed.history[0].quarantined == [2])
    expectAlike(streamed, kept)
  }

  /// Client 2 holds values whose products overflow, so its losses and updates are no numbers.
  private func withBadClient(_ small: SmallRun) throws -> SimulationOptions {
    var options = try small.options()
    let batch = try options.clients[1].data.batch(Array(0..<options.clients[1].data.count))
    let inputs = try Tensor.full(batch.inputs.shape, 1e38, .float32)
    options.clients[1] = Client(
      id: 2,
      data: try Dataset(name: "bad", inputs: inputs, labels: batch.labels, classNames: ["a", "b", "c"]))
    return options
  }

  @Test(arguments: [2, 3]) func `any number of threads gives the same bits`(threads: Int) throws {
    var small = SmallRun(clientCount: 19, hasBatchNorm: true, statistics: .averaged)
    let alone = try small.simulation().finishRounds()
    small.threads = threads
    #expect(try small.simulation().finishRounds() == alone)
  }

  @Test func `an executor that ends tasks in another order gives the same bits`() throws {
    let small = SmallRun(clientCount: 19)
    let backwards = try Simulation(small.options()) { _, makeWorker in try BackwardsExecutor(makeWorker) }
    #expect(try backwards.finishRounds() == small.simulation().finishRounds())
  }

  @Test func `a rule on the mean sees who sent it and decides what is added`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    var defense = Defense(name: "half")
    defense.rule = .averaging(.equal) { round, mean in
      #expect(mean.clientIDs == round.cohort && mean.shares == [0.25, 0.25, 0.25, 0.25])
      #expect(mean.norms.allSatisfy { $0 > 0 })
      return Decision(update: try mean.update.mul(0.5))
    }
    let plain = try SmallRun(rounds: 1).simulation(), before = run.globalVector
    plain.defense = Defense(Mean())
    run.defense = defense
    try run.finishRounds()
    try plain.finishRounds()
    let half = try run.globalVector.sub(before), whole = try plain.globalVector.sub(before)
    #expect(areClose(half.floats, try whole.mul(0.5).floats, 1e-6))
  }

  @Test func `an attack that reads updates keeps the rows, with the same rule on their mean`() throws {
    let run = try SmallRun(rounds: 1, byzantine: [2]).simulation()
    var attack = Attack(name: "mirror"), defense = Defense(name: "mean")
    attack.replaceUpdates = { context in try context.own.tensor.mul(-1) }
    defense.rule = .averaging(.samples) { _, mean in Decision(update: mean.update) }
    run.attack = attack
    run.defense = defense
    let plain = try SmallRun(rounds: 1, byzantine: [2]).simulation()
    plain.attack = attack
    try run.finishRounds()
    try plain.finishRounds()
    #expect(run.globalVector.floats == plain.globalVector.floats)
  }
}
