import Tensors
import TestSupport
import Testing

@testable import Federation

@Suite(.onBothExecutors) struct LedgerTests {
  @Test func `named numbers, flags and reasons stand in the record, and come back from a checkpoint`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    run.defense = Defense(
      name: "judge",
      rule: .rows(aggregate: { _, updates, _ in
        let ledger = Ledger(
          columns: [
            Ledger.Column(name: "trust", values: [1, 0.5, .nan, 0]),
            Ledger.Column(name: "angle", values: [10, 20, 30, 40]),
          ], reasons: [4: "too far"])
        return Decision(update: try updates.weightedMean([1, 1, 1, 0]), flagged: [4], ledger: ledger)
      }))
    var record = try #require(try run.nextRound())
    record.seconds = 0  // wall time is no part of what is written
    #expect(
      record.clients[1].ledger == [LedgerEntry(name: "angle", value: 20), LedgerEntry(name: "trust", value: 0.5)])
    #expect(record.clients.map(\.isFlagged) == [false, false, false, true])
    #expect(record.clients[3].reason == "too far" && record.clients[0].reason == nil)
    #expect(record.detection == nil)
    let json = try #require(JSONValue(record.json.text))
    #expect(RoundRecord(json) == record)
  }

  @Test func `a ledger of another length is an error`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    run.defense = Defense(
      name: "judge",
      rule: .rows(aggregate: { _, updates, _ in
        let ledger = Ledger(columns: [Ledger.Column(name: "trust", values: [1])])
        return Decision(update: try .zeros([updates.dimension]), ledger: ledger)
      }))
    #expect(throws: FederationError.rowCount(what: "judge: ledger: trust", got: 1, n: 4)) { try run.nextRound() }
  }

  @Test func `the run tells how well flags hit, and no policy sees it`() throws {
    let run = try SmallRun(rounds: 2, byzantine: [1, 2]).simulation()
    var attack = Attack(name: "nan"), seen: [RoundRecord] = []
    attack.replaceUpdates = { context in
      let rows = context.own.tensor.clone()
      try rows.row(0).fill_(.nan)
      return rows
    }
    run.attack = attack
    var defense = Defense(name: "judge")
    defense.rule = .rows(aggregate: { round, updates, _ in
      seen += round.history
      return Decision(update: try updates.weightedMean([1, 1, 2]), weights: [0.25, 0.25, 0.5], flagged: [3])
    })
    defense.events.onRoundEnd = { _, record in
      seen.append(record)
      return false
    }
    run.defense = defense
    try run.finishRounds()
    let found = try #require(run.history[0].detection)
    // Client 1 sent NaN and client 3 is flagged: one of two attackers is caught, one of two honest clients accused.
    #expect(found.precision == 0.5 && found.recall == 0.5 && found.falsePositiveRate == 0.5 && found.f1 == 0.5)
    #expect(found.byzantineWeight == 0.25)
    #expect(seen.count == 3 && seen.allSatisfy { $0.detection == nil })
  }

  @Test func `rates without a case are none`() {
    let quiet = Detection(cohort: [1, 2], byzantine: [5], flagged: [], weights: nil)
    #expect(quiet.precision == nil && quiet.recall == nil && quiet.f1 == nil && quiet.byzantineWeight == nil)
    #expect(quiet.falsePositiveRate == 0)
    let perfect = Detection(cohort: [1, 2, 3], byzantine: [2], flagged: [2], weights: [1: 1, 2: 0, 3: 1])
    #expect(perfect.f1 == 1 && perfect.falsePositiveRate == 0 && perfect.byzantineWeight == 0)
  }

  @Test func `a round tells how well scores order clients, who is dropped, and how far the rule is from honest ones`()
    throws
  {
    let run = try SmallRun(rounds: 1, byzantine: [2, 3]).simulation()
    var rows: UpdateMatrix?
    run.attack = Attack(name: "flip")
    run.attack?.replaceUpdates = { try $0.own.tensor.mul(-2) }
    run.defense = Defense(
      name: "judge",
      rule: .rows(aggregate: { _, updates, _ in
        rows = updates
        // Of the pairs (2, 1), (2, 4), (3, 1), (3, 4) the first two are in order, one is equal, and one is not.
        return Decision(
          update: try updates.weightedMean([0, 1, 0, 1]), weights: [0, 0.5, 0, 0.5], flagged: [3],
          ledger: Ledger(columns: [Ledger.Column(name: "score", values: [1, 5, 1, 3])]))
      }))
    let record = try #require(try run.nextRound()), found = try #require(record.detection)
    let updates = try #require(rows), samples = updates.sampleCounts.map(Double.init)
    #expect(found.auroc == 0.625 && found.honestDropped == 1 && found.byzantineWeight == 0.5)
    #expect(found.byzantineSamples == (samples[1] + samples[2]) / samples.reduce(0, +))
    let honest = zip(try updates.row(0).values, try updates.row(3).values).map {
      ($0 * samples[0] + $1 * samples[3]) / (samples[0] + samples[3])
    }
    let made = zip(try updates.row(1).values, try updates.row(3).values).map { ($0 + $1) / 2 }
    let distance = Oracle.distance(made, honest) / Oracle.norm(honest)
    #expect(abs((found.distanceToHonest ?? 0) - distance) < 1e-5)
    #expect(Detection(found.json) == found && RoundRecord(record.json)?.detection == found)
    #expect(record.seenByPolicies.detection == nil)
  }
}
