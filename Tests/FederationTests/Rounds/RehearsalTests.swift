@testable import Federation
import Tensors
import Testing

/// Attackers that try the run's rule before they send.
@Suite struct RehearsalTests {
  /// A rule that counts its calls, and adds the count to the mean.
  private final class Counting {
    var calls = 0

    var defense: Defense {
      var defense = Defense(name: "counting")
      defense.rule = .rows(aggregate: { [self] _, updates, _ in
        calls += 1
        return Decision(update: try Mean()(updates).add(Double(calls)), flagged: [updates.clientIDs[0]])
      })
      defense.events.onSave = { [self] in PolicyState(json: .int(calls)) }
      defense.events.onLoad = { [self] in calls = $0.json.int ?? -1 }
      return defense
    }
  }

  @Test func `a rehearsal tells what the rule will decide and leaves its memory alone`() throws {
    let run = try SmallRun(byzantine: [2]).simulation(), rule = Counting()
    var told: [Decision] = [], attack = Attack(name: "trying")
    attack.replaceUpdates = { context in
      let sent = try context.own.tensor.mul(-3)
      for _ in 0..<3 { told.append(try context.decide(context.arriving(sent))) }
      return sent
    }
    (run.attack, run.defense) = (attack, rule.defense)
    let before = run.globalVector
    _ = try run.nextRound()
    #expect(rule.calls == 1 && told.count == 3)
    for decision in told {
      #expect(decision.flagged == [1])
      #expect(try before.add(decision.update).floats == run.globalVector.floats)
    }
  }

  @Test func `a run with rehearsals is the run without them`() throws {
    let digests = try [false, true].map { rehearses in
      let run = try SmallRun(byzantine: [2]).simulation()
      var attack = Attack(name: "trying")
      attack.replaceUpdates = { context in
        let sent = try context.own.tensor.mul(-3)
        if rehearses { _ = try context.decide(context.arriving(sent)) }
        return sent
      }
      (run.attack, run.defense) = (attack, Counting().defense)
      return try run.finishRounds()
    }
    #expect(digests[0] == digests[1])
  }

  @Test func `a rule that throws in a rehearsal has its memory back`() throws {
    let run = try SmallRun(byzantine: [2]).simulation(), rule = Counting()
    var attack = Attack(name: "trying")
    attack.replaceUpdates = { context in
      #expect(throws: FederationError.self) {
        try context.decide(context.arriving(Tensor.full([context.own.dimension], 3e38).mul(1e3)))
      }
      return nil
    }
    (run.attack, run.defense) = (attack, rule.defense)
    _ = try run.nextRound()
    #expect(rule.calls == 1)
  }
}
