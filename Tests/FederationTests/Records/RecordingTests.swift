import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Federation

/// Rounds that are recorded, and rules that are tried on them.
@Suite(.onBothExecutors) struct RecordingTests {
  private func options() throws -> SimulationOptions {
    var options = try SmallRun(rounds: 3, hasRoot: true, byzantine: [2]).options()
    options.declaredByzantine = 1
    return options
  }

  private var boost: Attack {
    var attack = Attack(name: "boost")
    attack.replaceUpdates = { try $0.own.tensor.mul(-30) }
    return attack
  }

  /// A rule that uses what it did the round before, and tells scores.
  private func clipping() throws -> Defense {
    let rule = try CenteredClipping(iterations: 2)
    return Defense(
      name: "clipping",
      rule: .rows(aggregate: { round, updates, _ in
        let norms = try updates.tensor.square().sum(axes: [1]).values
        return Decision(
          update: try rule.aggregate(updates, weights: nil, round: round), flagged: norms[1] > norms[0] ? [2] : [],
          ledger: Ledger(columns: [Ledger.Column(name: "score", values: norms)]))
      }))
  }

  /// Runs all rounds with a recorder.
  private func recorded(
    _ folder: String, _ type: UpdateRecorder.NumberType = .float32
  ) throws -> Simulation {
    let run = try SmallRun.simulate(options())
    run.attack = boost
    run.defense = try clipping()
    run.recorder = try UpdateRecorder(folder, type: type)
    try run.finishRounds()
    return run
  }

  @Test func `the same rule decides the same on what was recorded`() throws {
    let folder = try TemporaryFolder(), run = try recorded(folder.path)
    let recording = try Recording(folder.path)
    #expect(recording.rounds == [1, 2, 3])
    let trials = try recording.trials(of: clipping(), attack: nil)
    for (trial, record) in zip(trials, run.history) {
      #expect(trial.record.clients == record.clients && trial.record.detection == record.detection)
      // All but wall time, which is no part of what is recorded.
      #expect(trial.recorded.json == record.json && trial.byzantine == [2])
    }
    #expect(trials[2].decision.update.floats == run.state.previousUpdate?.floats)
    let entry = try recording.entry(2)
    #expect(entry.updates.sections == run.sections && entry.round.declaredByzantine == 1)
    #expect(entry.round.previousUpdate?.floats == trials[1 - 1].decision.update.floats)
    #expect(entry.round.hasRootData)
    #expect(try entry.round.rootUpdate().count == entry.updates.dimension)
    let own = try #require(entry.own)
    #expect(try own.row(0).mul(-30).floats == entry.updates.row(1).floats)
    #expect(try entry.asHonest().row(1).floats == own.row(0).floats)
    #expect(try entry.asHonest().row(2).floats == entry.updates.row(2).floats)
  }

  @Test func `another attack starts from what the clients would have sent if they were honest`() throws {
    let folder = try TemporaryFolder()
    _ = try recorded(folder.path)
    let recording = try Recording(folder.path)
    var seen: [[Float]] = []
    var attack = Attack(name: "double")
    attack.replaceUpdates = { context in
      seen.append(try context.own.row(0).floats)
      #expect(context.honest.clientIDs == [1, 3, 4])
      #expect(try context.decide(context.honest).update.count == context.own.dimension)
      return try context.own.tensor.mul(2)
    }
    let trials = try recording.trials(of: Defense(WeightedMean()), attack: attack)
    for (index, trial) in trials.enumerated() {
      let entry = try recording.entry(index + 1), honest = try entry.asHonest()
      #expect(try seen[index] == honest.row(1).floats)
      let rows = honest.tensor.clone()
      try rows.row(1).mul_(2)
      let mean = try honest.with(rows).weightedMean(honest.sampleCounts.map(Double.init))
      #expect(areClose(trial.decision.update.floats, mean.floats, 1e-6))
      let kept = try honest.weightedMean(zip(honest.clientIDs, honest.sampleCounts).map { $0 == 2 ? 0 : Double($1) })
      let distance = try mean.sub(kept).norm().item() / kept.norm().item()
      #expect(abs((trial.record.detection?.distanceToHonest ?? 0) - distance) < 1e-5)
    }
    #expect(seen.count == 3)
  }

  @Test func `half precision keeps rows to a thousandth of their largest number, however small they are`() throws {
    let folder = try TemporaryFolder(), half = try TemporaryFolder()
    _ = try recorded(folder.path)
    _ = try recorded(half.path, .float16)
    let exact = try Recording(folder.path).entry(1).updates, rough = try Recording(half.path).entry(1).updates
    for row in 0..<4 {
      let (a, b) = (try exact.row(row).floats, try rough.row(row).floats)
      let largest = a.reduce(0) { max($0, abs($1)) }
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= largest / 1900 } && a != b)
    }
    func size(_ folder: TemporaryFolder) throws -> Int {
      try Data(contentsOf: URL(filePath: UpdateRecorder.file(1, in: folder.path))).count
    }
    #expect(try size(half) < size(folder))
  }

  @Test func `what a recorded round cannot tell is an error, and so is a folder without rounds`() throws {
    let folder = try TemporaryFolder(), empty = try TemporaryFolder()
    _ = try recorded(folder.path)
    let entry = try Recording(folder.path).entry(1)
    #expect(throws: FederationError.recorded(call: "train", round: 1)) {
      try entry.round.train([TrainingRequest(.root, key: nil)])
    }
    #expect(throws: FederationError.recorded(call: "ask", round: 1)) { try entry.round.ask(ClientQuestion()) }
    #expect(throws: FederationError.self) { try Recording(empty.path) }
    #expect(throws: (any Error).self) { try Recording(folder.path).entry(9) }
    try Data("no file".utf8).write(to: URL(filePath: UpdateRecorder.file(2, in: folder.path)))
    #expect(throws: (any Error).self) { try Recording(folder.path).entry(2) }
  }

  @Test func `a run that goes on from a checkpoint drops the rounds after it`() throws {
    let folder = try TemporaryFolder()
    _ = try recorded(folder.path)
    try UpdateRecorder(folder.path).removeRounds(after: 1)
    #expect(UpdateRecorder.rounds(in: folder.path) == [1])
    #expect(UpdateRecorder.rounds(in: folder.path + "/truth") == [1])
  }
}
