import Datasets
@testable import Federation
import Networks
import Tensors
import Testing

/// Rounds in which something goes wrong leave the run as it was, and say what it was.
@Suite(.onBothExecutors) struct FaultyRoundTests {
  private func expectUnchanged(_ run: Simulation, _ body: () throws -> Void) rethrows {
    let before = (run.digest, run.history)
    try body()
    #expect(run.digest == before.0 && run.history == before.1)
  }

  @Test func `an update with NaN is left out and reported`() throws {
    let run = try SmallRun(byzantine: [2, 3]).simulation()
    var attack = Attack(name: "nan")
    attack.replaceUpdates = { context in
      let rows = context.own.tensor.clone()
      try rows.row(0).fill_(.nan)
      return rows
    }
    run.attack = attack
    var cohort: [Int] = []
    var defense = Defense(name: "witness")
    defense.rule = .weighing { round, updates in
      cohort = round.cohort
      return updates.clientIDs.map { _ in 1 }
    }
    run.defense = defense
    let record = try run.nextRound()!
    #expect(cohort == [1, 3, 4] && record.cohort == [1, 2, 3, 4])
    #expect(record.quarantined == [2])
    #expect(record.clients.map(\.id) == [1, 3, 4])
    #expect(run.globalVector.floats.allSatisfy { $0.isFinite })
  }

  @Test func `a round without a whole update is an error`() throws {
    let run = try SmallRun(clientCount: 2, byzantine: [1, 2]).simulation()
    var attack = Attack(name: "nan")
    attack.replaceUpdates = { context in try Tensor.full([context.own.dimension], .infinity) }
    run.attack = attack
    expectUnchanged(run) {
      #expect(throws: FederationError.nobodyLeft(round: 1, failures: [], quarantined: [1, 2])) { try run.nextRound() }
    }
  }

  @Test func `rubbish from a rule is an error that names the rule`() throws {
    let run = try SmallRun().simulation()
    let d = run.dimension
    func expect(_ update: @escaping () throws -> Tensor, _ error: FederationError) throws {
      var defense = Defense(name: "rubbish")
      defense.rule = .aggregating { _, _, _ in Decision(update: try update()) }
      run.defense = defense
      expectUnchanged(run) { _ = #expect(throws: error) { try run.nextRound() } }
    }
    try expect({ try .zeros([3]) }, .vectorShape(rule: "rubbish", got: [3], d: d))
    try expect({ try .zeros([1, d]) }, .vectorShape(rule: "rubbish", got: [1, d], d: d))
    try expect(
      { try Tensor.full([d], .infinity) },
      .aggregateNotFinite(rule: "rubbish", round: 1, value: .infinity, coordinate: 0))
    run.defense = nil
    #expect(try run.nextRound()?.number == 1)
  }

  @Test func `weights that are none are an error`() throws {
    let run = try SmallRun().simulation()
    var defense = Defense(name: "trust")
    for (weights, error) in [
      ([1, 1], FederationError.rowCount(what: "trust weights", got: 2, n: 4)),
      ([1, -1, 1, 1], .weight(rule: "trust", client: 2, got: -1)), ([0, 0, 0, 0], .weightsVanish(rule: "trust")),
    ] as [([Double], FederationError)] {
      defense.rule = .weighing { _, _ in weights }
      run.defense = defense
      #expect(throws: error) { try run.nextRound() }
    }
  }

  @Test func `an attack of the wrong shape is an error`() throws {
    let run = try SmallRun(byzantine: [1]).simulation()
    var attack = Attack(name: "odd")
    attack.replaceUpdates = { _ in try .zeros([3]) }
    run.attack = attack
    #expect(throws: FederationError.vectorShape(rule: "odd", got: [3], d: run.dimension)) { try run.nextRound() }
  }

  @Test func `a failed client ends the round, or is skipped, as the run says`() throws {
    // Labels that do not exist make the data of client 2 refuse them: a failure inside its task.
    var attack = Attack(name: "broken")
    attack.replaceLabels = { labels, _, _, _ in labels.map { _ in 99 } }
    let strict = try SmallRun(byzantine: [2]).simulation()
    strict.attack = attack
    let error = try #require(throws: FederationError.self) { try strict.nextRound() }
    guard case .client(let failure, let round) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(failure.client == 2 && round == 1)
    #expect(strict.completedRounds == 0)

    let lenient = try SmallRun(byzantine: [2], onFailure: .skip).simulation()
    lenient.attack = attack
    let record = try #require(try lenient.nextRound())
    #expect(record.failures.map(\.client) == [2] && record.clients.map(\.id) == [1, 3, 4])
  }

  @Test func `a round that fails after training leaves the clients' momentum alone`() throws {
    let small = SmallRun(keepsOptimizerState: true)
    let smooth = try small.simulation().finishRounds()
    let run = try small.simulation()
    _ = try run.nextRound()
    var defense = Defense(name: "broken")
    defense.rule = .aggregating { _, _, _ in throw FederationError.noRootData }
    run.defense = defense
    #expect(throws: FederationError.noRootData) { try run.nextRound() }
    run.defense = nil
    #expect(try run.finishRounds() == smooth)
  }

  @Test func `a policy cannot run, save or load the run inside its round`() throws {
    let run = try SmallRun().simulation()
    var defense = Defense(name: "restless"), refused: [String] = []
    defense.rule = .weighing { [unowned run] _, updates in
      for call in [{ _ = try run.nextRound() }, { try run.save(to: "x") }, { try run.load(from: "x") }] {
        do { try call() } catch { refused.append("\(error)") }
      }
      return updates.clientIDs.map { _ in 1 }
    }
    run.defense = defense
    #expect(try run.nextRound()?.number == 1)
    #expect(refused.map { $0.prefix { $0 != ":" } } == ["next_round", "save", "load"])
    #expect(refused[0] == "next_round: a round of this run is in progress; call it between two rounds")
  }

  @Test func `an attacker is shown the honest rows and its own`() throws {
    let run = try SmallRun(byzantine: [2, 4]).simulation()
    var seen: (honest: [Int], own: [Int]) = ([], [])
    var attack = Attack(name: "witness")
    attack.replaceUpdates = { context in
      seen = (context.honest.clientIDs, context.own.clientIDs)
      return nil
    }
    run.attack = attack
    _ = try run.nextRound()
    #expect(seen == ([1, 3], [2, 4]))
  }

  @Test func `options that do not fit are refused`() throws {
    func expect(_ change: (inout SimulationOptions) -> Void, _ text: String) throws {
      var options = try SmallRun().options()
      change(&options)
      let error = #expect(throws: FederationError.self) { try SmallRun.simulate(options) }
      #expect("\(error!)" == text)
    }
    try expect({ $0.clients = [] }, "clients: there are none; one or more are needed")
    try expect({ $0.rounds = 0 }, "rounds: got 0; 1 or more are needed")
    try expect({ $0.byzantine = [9] }, "byzantine: there is no client 9; ids of the run's clients are allowed")
    try expect({ $0.byzantine = [1, 1] }, "byzantine: got [1, 1]; each id may occur once")
    try expect({ $0.declaredByzantine = 4 }, "f: got 4; 0 to 3 is allowed")
    try expect({ $0.clientsPerRound = 5 }, "clients_per_round: got 5; 1 to 4 is allowed")
    try expect(
      { $0.localTraining.localParameters = .batchNormalization },
      "local_batch_norm: the model has no batch normalization; without it this is plain local training: use fedavg or fedprox"
    )
    try expect(
      { $0.model = (try? $0.model.replica(elementType: .float64)) ?? $0.model },
      "model: its parameters are float64; float32 is needed")
    try expect({ $0.statistics = .reestimated }, "statistics: 'reestimated' without root data; pass root = DATASET")
  }
}
