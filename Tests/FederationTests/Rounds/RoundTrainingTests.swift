import Datasets
import Networks
import Tensors
import Testing

@testable import Federation

/// What a rule may have trained on data that are drawn for it.
@Suite(.onBothExecutors) struct RoundTrainingTests {
  @Test(arguments: [1, 2]) func `a mix trains on what the set draws in these shares`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasRoot: true)) { run, round, _ in
      let root = try #require(run.options.root)
      let mix = ClassMix(shares: [1, 0, 3], count: 24)
      let found = try round.train([
        TrainingRequest(.root, mix: mix, key: 3), TrainingRequest(.root, mix: mix, key: 4),
        TrainingRequest(.root, mix: ClassMix(shares: nil, count: 7, isReplacing: false), key: 3),
        TrainingRequest(.root, mix: ClassMix(shares: [0, 1, 1]), key: 3),
      ])
      #expect(found.sampleCounts == [24, 24, 7, 30])
      #expect(try found.row(0).floats != found.row(1).floats)
      var stream = round.stream("asked data").derive("asked", 3)
      let drawn = try root.sampled(mix: [1, 0, 3], count: 24, replacing: true, stream: &stream)
      #expect(drawn.classCounts == [6, 0, 18])
      #expect(try round.train([TrainingRequest(.set(drawn), key: 3)]).row(0).floats == found.row(0).floats)
      #expect(throws: DatasetError.self) {
        try round.train([TrainingRequest(.root, mix: ClassMix(shares: [1, 1], count: 4), key: 1)])
      }
      #expect(throws: DatasetError.self) {
        try round.train([TrainingRequest(.root, mix: ClassMix(shares: nil, count: 31, isReplacing: false), key: 1)])
      }
    }
  }

  @Test func `virtual clients hold disjoint classes where the draw is sharp, and the same ones where it is flat`()
    throws
  {
    try inRound(SmallRun(rounds: 1, threads: 2, hasRoot: true)) { run, round, _ in
      var clients = VirtualClients()
      clients.count = 6
      clients.samples = 40
      clients.steps = 2
      func mixes(_ concentration: Double) throws -> [[Double]] {
        clients.concentration = concentration
        return try round.virtualRound(clients).mixes
      }
      for mix in try mixes(1e6) { #expect(mix.allSatisfy { abs($0 - 1.0 / 3) < 0.1 }) }
      let sharp = try mixes(1e-6)
      #expect(sharp.allSatisfy { $0.max()! > 0.3 && abs($0.reduce(0, +) - 1) < 1e-12 })
      #expect(sharp.count { $0.max()! == 1 } >= 3)
      clients.concentration = -1
      #expect(throws: FederationError.self) { try round.virtualRound(clients) }
    }
  }

  @Test func `a virtual round trains what it says, and what is held out trains no client`() throws {
    try inRound(SmallRun(rounds: 1, hasRoot: true)) { run, round, _ in
      let root = try #require(run.options.root)
      var clients = VirtualClients()
      clients.count = 3
      clients.steps = 2
      clients.key = 5
      let found = try round.virtualRound(clients)
      var stream = round.stream("virtual round").derive("asked", 5)
      let (dealt, heldOut) = try root.split(testShare: 0.5, stream: &stream)
      #expect(dealt.overlap(with: heldOut) == 0 && dealt.count + heldOut.count == 30)
      let mixes = clients.mixes(dealt.classCounts, &stream)
      for (client, mix) in mixes.enumerated() {
        let key = 5 * 10_007 + client + 1
        var own = stream.derive("client", client + 1)
        let drawn = try dealt.sampled(mix: mix, count: dealt.count, replacing: true, stream: &own)
        let update = try round.train([TrainingRequest(.set(drawn), steps: 2, key: key)])
        #expect(try update.row(0).floats == found.updates.row(client).floats)
        #expect(found.mixes[client] == drawn.classCounts.map { Double($0) / Double(dealt.count) })
      }
      let rootUpdate = try round.train([TrainingRequest(.set(heldOut), steps: 2, key: 5 * 10_007 + 4)])
      #expect(try rootUpdate.row(0).floats == found.rootUpdate.floats)
      #expect(found.updates.clientIDs == [1, 2, 3])
      // What a class is dealt in adds up to the class, whatever the draw.
      for label in 0..<3 {
        #expect(abs(mixes.reduce(0.0) { $0 + $1[label] } - Double(dealt.classCounts[label])) < 1e-9)
      }
      clients.key = 6
      #expect(try round.virtualRound(clients).updates.tensor.floats != found.updates.tensor.floats)
    }
  }

  @Test func `without root data there is an error`() throws {
    try inRound(SmallRun(rounds: 1)) { _, round, _ in
      #expect(throws: FederationError.noRootData) { try round.virtualRound(VirtualClients()) }
      #expect(throws: FederationError.noRootData) { try round.gradients(at: round.global, on: .root) }
    }
    let round = Round(number: 1, cohort: [1], clientCount: 1, global: try .zeros([3]))
    #expect(throws: FederationError.noTools(call: "virtual_round")) { try round.virtualRound(VirtualClients()) }
    #expect(throws: FederationError.noTools(call: "predictions")) { try round.predictions(.zeros([1, 3]), on: .root) }
  }
}
