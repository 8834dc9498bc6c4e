import Networks
import Tensors
import TestSupport
import Testing

@testable import Federation

/// Byzantine clients without data.
@Suite(.onBothExecutors) struct FakeClientTests {
  private func options(_ byzantine: [Int] = [], perRound: Int? = nil) throws -> SimulationOptions {
    var options = try SmallRun(rounds: 2, byzantine: byzantine, clientsPerRound: perRound).options()
    options.fakeClients = 2
    return options
  }

  @Test func `they count, and send what the attack says from what every client gets`() throws {
    let run = try SmallRun.simulate(options())
    var attack = Attack(name: "mpaf")
    attack.replaceUpdates = { context in
      #expect(context.knowledge == .global && context.own.clientIDs == [5, 6])
      #expect(context.own.tensor.floats.allSatisfy { $0 == 0 } && context.honest.count == 2)
      #expect(context.round.clientCount == 6 && context.round.history.isEmpty)
      return try context.round.global.mul(-2)
    }
    run.attack = attack
    run.defense = Defense(
      name: "witness",
      rule: .rows(aggregate: { round, updates, _ in
        #expect(updates.clientIDs == [1, 2, 3, 4, 5, 6] && round.clientCount == 6)
        #expect(try updates.row(4).floats == round.global.mul(-2).floats)
        let real = updates.sampleCounts.prefix(4).reduce(0, +)
        #expect(updates.sampleCounts[5] == Int((Double(real) / 4).rounded()))
        return Decision(update: try updates.weightedMean([1, 1, 1, 1, 0, 0]), flagged: [5])
      }))
    let record = try #require(try run.nextRound())
    #expect(record.cohort == [1, 2, 3, 4, 5, 6] && record.clients.count == 6 && record.trainingLoss.isFinite)
    #expect(record.detection?.recall == 0.5 && record.detection?.precision == 1)
    let trained = record.clients.prefix(4)
    let mean = trained.reduce(0.0) { $0 + $1.trainingLoss * Double($1.sampleCount) }
    #expect(abs(record.trainingLoss - mean / Double(trained.reduce(0) { $0 + $1.sampleCount })) < 1e-12)
  }

  @Test func `where the attack rests, or there is none, they send nothing`() throws {
    let alone = try SmallRun(rounds: 2).simulation()
    let digest = try alone.finishRounds()
    let silent = try SmallRun.simulate(options())
    #expect(try silent.nextRound()?.clients.map(\.id) == [1, 2, 3, 4])
    #expect(try silent.finishRounds() == digest)
    let resting = try SmallRun.simulate(options())
    resting.attack = Attack(name: "rests")
    resting.attack?.replaceUpdates = { _ in nil }
    #expect(try resting.nextRound()?.clients.map(\.id) == [1, 2, 3, 4])
  }

  @Test func `beside real attackers they share what these know`() throws {
    let run = try SmallRun.simulate(options([2]))
    run.attack = Attack(name: "mixed")
    run.attack?.replaceUpdates = { context in
      #expect(context.knowledge == .everything && context.own.clientIDs == [2, 5, 6] && context.honest.count == 3)
      #expect(try context.own.row(0).norm().item() > 0 && context.own.row(1).norm().item() == 0)
      return try context.own.tensor.add(1)
    }
    let share = try run.nextRound()?.detection?.byzantineSamples
    #expect((share ?? 0) > 0.3)
  }

  @Test func `a cohort of fake clients alone is an error where they rest`() throws {
    let run = try SmallRun.simulate(options())
    run.hooks.selectClients = { _ in [6] }
    #expect(throws: FederationError.nobodyLeft(round: 1, failures: [], quarantined: [])) { try run.nextRound() }
    run.attack = Attack(name: "ones")
    run.attack?.replaceUpdates = { try .full([$0.own.dimension], 1) }
    let record = try #require(try run.nextRound())
    #expect(record.clients.map(\.id) == [6] && record.trainingLoss == 0)
    #expect(run.state.previousUpdate?.floats.allSatisfy { $0 == 1 } ?? false)
  }

  @Test func `a run goes on from a checkpoint`() throws {
    func make() throws -> Simulation {
      let run = try SmallRun.simulate(options([1]))
      run.attack = Attack(name: "flips")
      run.attack?.replaceUpdates = { try $0.own.tensor.sub($0.round.global) }
      return run
    }
    let folder = try TemporaryFolder()
    let whole = try make(), first = try make(), second = try make()
    _ = try first.nextRound()
    try first.save(to: folder.path + "/run.safetensors")
    try second.load(from: folder.path + "/run.safetensors")
    #expect(try whole.finishRounds() == second.finishRounds())
    #expect(whole.history.map(\.detection) == second.history.map(\.detection))
  }
}
