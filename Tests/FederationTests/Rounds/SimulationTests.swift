import Datasets
@testable import Federation
import Networks
import Tensors
import Testing

@Suite(.onBothExecutors) struct SimulationTests {
  @Test func `one honest client makes the global model equal to its own`() throws {
    var small = SmallRun(clientCount: 1)
    small.momentum = 0
    let run = try small.simulation()
    let before = run.globalVector
    _ = try run.nextRound()

    // The same steps by hand, on the same batches.
    let model = try run.options.model.replica(), training = run.options.localTraining
    try model.load(before)
    let state = try training.optimizer.makeState(for: model)
    let order = RandomStream(seed: 7, purpose: .batches, round: 1, client: 1).derive("epoch", 0)
    let data = run.options.clients[0].data
    for positions in data.batchPositions(size: 16, stream: order) {
      let batch = try data.batch(positions)
      try model.backward(Loss.crossEntropy()(model.forward(batch.inputs, mode: .training), batch.labels))
      try training.optimizer.step(model, state)
    }
    #expect(run.globalVector.floats != before.floats)
    // local - global + global may round once.
    #expect(areClose(run.globalVector.floats, try model.vector().floats, 1e-6))
  }

  @Test func `the server adds what the defense returns, at its full size`() throws {
    let run = try SmallRun().simulation()
    let before = run.globalVector.floats
    var defense = Defense(name: "constant")
    defense.rule = .aggregating { _, updates, _ in Decision(update: try Tensor.full([updates.dimension], 0.25)) }
    run.defense = defense
    _ = try run.nextRound()
    #expect(run.globalVector.floats == before.map { $0 + 0.25 })
  }

  @Test func `honest rounds learn`() throws {
    let run = try SmallRun(rounds: 8).simulation()
    try run.finishRounds()
    #expect(run.history.count == 8)
    #expect(run.history[7].accuracy! > 0.9)
    #expect(run.history[7].loss! < run.history[0].loss!)
    #expect(run.history[7].trainingLoss < run.history[0].trainingLoss)
    let again = try run.evaluate(on: run.options.test!)
    #expect(again.accuracy == run.history[7].accuracy && again.loss == run.history[7].loss)
  }

  @Test func `after the last round there is none`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    #expect(try run.nextRound()?.number == 1)
    #expect(try run.nextRound() == nil)
  }

  @Test(arguments: [2, 3]) func `any number of threads gives the same bits`(threads: Int) throws {
    var small = SmallRun(hasBatchNorm: true, byzantine: [2])
    let alone = try small.simulation().finishRounds()
    small.threads = threads
    #expect(try small.simulation().finishRounds() == alone)
  }

  @Test func `another executor gives the same bits`() throws {
    let here = try SmallRun(keepsOptimizerState: true).simulation().finishRounds()
    let elsewhere = try Simulation(SmallRun(keepsOptimizerState: true).options()) { _, makeWorker in
      try BackwardsExecutor(makeWorker)
    }
    #expect(try elsewhere.finishRounds() == here)
  }

  @Test func `another seed gives another model`() throws {
    #expect(try SmallRun().simulation().finishRounds() != SmallRun(seed: 8).simulation().finishRounds())
  }

  @Test func `without a defense updates are averaged by samples`() throws {
    let run = try SmallRun().simulation()
    let plain = try SmallRun().simulation()
    run.defense = Defense(WeightedMean())
    #expect(try run.finishRounds() == plain.finishRounds())
  }

  @Test func `weights of a trust rule multiply the samples`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    var defense = Defense(name: "trust")
    defense.rule = .weighing { _, updates in updates.clientIDs.map { $0 == 3 ? 0 : 0.5 } }
    run.defense = defense
    let record = try run.nextRound()!
    #expect(record.clients.map { $0.weight == 0 } == [false, false, true, false])
    let samples = record.clients.filter { $0.id != 3 }.reduce(0) { $0 + $1.sampleCount }
    #expect(abs(record.clients[0].weight! - Double(record.clients[0].sampleCount) / Double(samples)) < 1e-12)
  }

  @Test func `a defense may be exchanged between two rounds`() throws {
    let run = try SmallRun(rounds: 2).simulation()
    _ = try run.nextRound()
    let before = run.globalVector.floats
    var frozen = Defense(name: "frozen")
    frozen.rule = .aggregating { _, updates, _ in Decision(update: try Tensor.zeros([updates.dimension])) }
    run.defense = frozen
    _ = try run.nextRound()
    #expect(run.globalVector.floats == before)
  }

  @Test func `a part of the clients is drawn anew each round`() throws {
    let run = try SmallRun(clientCount: 8, rounds: 6, clientsPerRound: 3).simulation()
    try run.finishRounds()
    let cohorts = run.history.map(\.cohort)
    #expect(cohorts.allSatisfy { $0.count == 3 && $0 == $0.sorted() && Set($0).count == 3 })
    #expect(Set(cohorts).count > 2)
    #expect(run.history.allSatisfy { $0.clients.map(\.id) == $0.cohort })
  }

  @Test func `a hook picks the clients, and its mistakes are errors`() throws {
    let run = try SmallRun().simulation()
    run.hooks.selectClients = { round in [4, round.number] }
    #expect(try run.nextRound()?.cohort == [1, 4])
    run.hooks.selectClients = { _ in [2, 2] }
    #expect(throws: FederationError.cohort(round: 2, problem: "client 2 is chosen twice")) { try run.nextRound() }
    run.hooks.selectClients = { _ in [9] }
    #expect(throws: FederationError.cohort(round: 2, problem: "there is no client 9")) { try run.nextRound() }
    run.hooks.selectClients = { _ in [] }
    #expect(throws: FederationError.self) { try run.nextRound() }
  }

  @Test func `events see the rounds, and may stop the run`() throws {
    let run = try SmallRun(rounds: 5).simulation()
    var seen: [String] = []
    run.hooks.events.onRoundStart = { round in
      seen.append("start \(round.number)")
      return round.number == 3
    }
    run.hooks.events.onRoundEnd = { _, record in
      seen.append("end \(record.number)")
      return false
    }
    try run.finishRounds()
    #expect(seen == ["start 1", "end 1", "start 2", "end 2", "start 3"])
    #expect(run.isStopped && run.completedRounds == 2)
  }

  @Test func `the round tells the server what it may know and no more`() throws {
    let run = try SmallRun(rounds: 2, hasRoot: true, byzantine: [1]).simulation()
    let names = Mirror(reflecting: try roundSeen(run)).children.compactMap(\.label)
    #expect(!names.contains { $0.localizedLowercaseContains("byzantine") && $0 != "declaredByzantine" })
  }

  private func roundSeen(_ run: Simulation) throws -> Round {
    var seen: Round?
    var defense = Defense(name: "witness")
    defense.rule = .weighing { round, updates in
      seen = round
      return updates.clientIDs.map { _ in 1 }
    }
    run.defense = defense
    _ = try run.nextRound()
    return try #require(seen)
  }

  @Test func `the root update is what a client with the root data would send`() throws {
    let run = try SmallRun(rounds: 1, hasRoot: true).simulation()
    var cosine = 0.0, norm = 0.0
    var defense = Defense(name: "witness")
    defense.rule = .weighing { round, updates in
      let root = try round.rootUpdate()
      let mean = try updates.weightedMean(updates.sampleCounts.map(Double.init))
      norm = try root.norm().item()
      cosine = try root.dot(mean).item() / norm / mean.norm().item()
      #expect(try round.rootUpdate() === root)
      return updates.clientIDs.map { _ in 1 }
    }
    run.defense = defense
    _ = try run.nextRound()
    #expect(norm > 0 && cosine > 0.5)
  }

  @Test func `without root data the root update is an error`() throws {
    let round = try roundSeen(SmallRun().simulation())
    #expect(throws: FederationError.noRootData) { try round.rootUpdate() }
  }
}

extension String {
  fileprivate func localizedLowercaseContains(_ part: String) -> Bool { lowercased().contains(part) }
}
