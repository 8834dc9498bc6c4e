@testable import Federation
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.onBothExecutors) struct CheckpointTests {
  /// Runs all rounds, but in a new process's stead: saved and loaded into a fresh simulation after each round.
  private func interrupted(_ small: SmallRun, configure: (Simulation) -> Void = { _ in }) throws -> String {
    let folder = try Scratch(), path = folder.path("run.safetensors")
    var run = try small.simulation()
    configure(run)
    while try run.nextRound() != nil {
      try run.save(to: path)
      run = try small.simulation()
      configure(run)
      try run.load(from: path)
    }
    return run.digest
  }

  @Test func `a run that is saved and loaded after each round ends with the same bits`() throws {
    for small in [
      SmallRun(rounds: 4), SmallRun(rounds: 4, threads: 2, keepsOptimizerState: true),
      SmallRun(rounds: 4, isBatchNormLocal: true, keepsOptimizerState: true, hasBatchNorm: true),
      SmallRun(clientCount: 6, rounds: 4, hasBatchNorm: true, clientsPerRound: 3),
    ] {
      #expect(try interrupted(small) == small.simulation().finishRounds())
    }
  }

  @Test func `a rule that follows the rounds goes on where it was`() throws {
    let small = SmallRun(rounds: 4)
    let rule = try CenteredClipping(radius: 0.05, iterations: 1)
    let whole = try small.simulation()
    whole.defense = Defense(rule)
    #expect(try interrupted(small) { $0.defense = Defense(rule) } == whole.finishRounds())
  }

  @Test func `what a policy remembers is saved with the run`() throws {
    final class Memory {
      var trust = [1.0, 1, 1, 1]
    }
    func remember(_ run: Simulation) {
      let memory = Memory()
      var defense = Defense(name: "memory")
      defense.rule = .weighing { round, updates in
        let norms = try updates.geometry(for: "memory").norms
        for row in memory.trust.indices { memory.trust[row] = 0.7 * memory.trust[row] + 0.3 * norms[row] }
        return memory.trust
      }
      defense.events.onSave = { PolicyState(json: .null, tensors: [Tensor(memory.trust)]) }
      defense.events.onLoad = { memory.trust = $0.tensors[0].values }
      run.defense = defense
    }
    let small = SmallRun(rounds: 4), whole = try small.simulation()
    remember(whole)
    #expect(try interrupted(small, configure: remember) == whole.finishRounds())
  }

  @Test func `history comes back as it was`() throws {
    let folder = try Scratch(), path = folder.path("run.safetensors")
    let run = try SmallRun(rounds: 2, byzantine: [2]).simulation()
    var attack = Attack(name: "nan")
    attack.replaceUpdates = { _ in try Tensor.full([run.dimension], .nan) }
    run.attack = attack
    try run.finishRounds()
    try run.save(to: path)
    let copy = try SmallRun(rounds: 2).simulation()
    try copy.load(from: path, allowing: .anything)
    // All but wall time, which is no part of a checkpoint.
    #expect(copy.history.map(\.json) == run.history.map(\.json))
    #expect(copy.completedRounds == 2)
  }

  @Test func `a checkpoint of another run is refused and changes nothing`() throws {
    let folder = try Scratch(), path = folder.path("run.safetensors")
    let run = try SmallRun().simulation()
    _ = try run.nextRound()
    try run.save(to: path)
    for (other, what) in [
      (SmallRun(seed: 9), "seed is 7 in the checkpoint and 9 in this run"),
      (SmallRun(clientCount: 5), "clients is 4 in the checkpoint and 5 in this run"),
      (SmallRun(hasBatchNorm: true), "the parameter '"),
    ] {
      let stranger = try other.simulation(), before = stranger.digest
      let error = #expect(throws: FederationError.self) { try stranger.load(from: path) }
      #expect("\(error!)".contains(what))
      #expect(stranger.digest == before && stranger.completedRounds == 0)
    }
  }

  @Test func `a file that is no checkpoint is refused`() throws {
    let folder = try Scratch(), path = folder.path("other.safetensors")
    try TensorFile.save([("x", Tensor([1] as [Float]))], to: path)
    let run = try SmallRun().simulation()
    #expect(throws: FederationError.unreadable(path: path, problem: "this is no checkpoint of a run")) {
      try run.load(from: path)
    }
    #expect(throws: (any Error).self) { try run.load(from: folder.path("missing")) }
  }
}
