import Networks
import Tensors
import TestSupport
import Testing

@testable import Federation

/// Algorithms with something that stays at the client, and what all of them owe to checkpoints and executors.
@Suite(.onBothExecutors) struct PersonalTrainingTests {
  /// All algorithms with settings that move what they remember.
  private static func algorithms() throws -> [any LocalAlgorithm] {
    [
      FedAvg(), try FedProx(weight: 0.1), try FedBN(), try FedBN(weight: 0.1), Scaffold(), FedNova(),
      try FedDyn(weight: 0.5),
      try Ditto(), FedPer(), try FedRep(), try APFL(),
    ]
  }

  private func run(_ algorithm: any LocalAlgorithm, threads: Int = 1) throws -> Simulation {
    try SmallRun(
      clientCount: 5, rounds: 4, threads: threads, hasBatchNorm: true, learningRate: 0.05, clientsPerRound: 3,
      algorithm: algorithm
    ).simulation()
  }

  @Test func `each goes on after a checkpoint with the same bits, for the server and for its clients`() throws {
    for algorithm in try Self.algorithms() {
      let folder = try Scratch(), path = folder.path("run.safetensors")
      let whole = try run(algorithm)
      try whole.finishRounds()
      var parts = try run(algorithm)
      while try parts.nextRound() != nil {
        try parts.save(to: path)
        parts = try run(algorithm)
        try parts.load(from: path)
      }
      #expect(parts.digest == whole.digest, "\(algorithm.name)")
      for client in 1...5 {
        #expect(try parts.clientModel(client).vector().floats == whole.clientModel(client).vector().floats)
      }
    }
  }

  @Test func `each gives the same bits on two threads, and other bits than plain training`() throws {
    let plain = try run(FedAvg()).finishRounds()
    for algorithm in try Self.algorithms() {
      let alone = try run(algorithm).finishRounds()
      #expect(try run(algorithm, threads: 2).finishRounds() == alone, "\(algorithm.name)")
      // Ditto and APFL leave the global model to plain training.
      #expect((alone == plain) == ["fedavg", "ditto", "apfl"].contains(algorithm.name), "\(algorithm.name)")
    }
  }

  @Test func `each gives nearly the same sums with rows kept as with a mean`() throws {
    for algorithm in try Self.algorithms() {
      let streamed = try run(algorithm), kept = try run(algorithm)
      kept.defense = Defense(
        name: "rows",
        rule: .rows(aggregate: { _, updates, _ in
          Decision(update: try updates.weightedMean(updates.sampleCounts.map(Double.init)))
        }))
      try streamed.finishRounds()
      try kept.finishRounds()
      #expect(areClose(streamed.globalVector.floats, kept.globalVector.floats, 1e-4), "\(algorithm.name)")
    }
  }

  @Test func `FedPer keeps the last layer, and FedRep fits it before the rest moves`() throws {
    let fedper = try SmallRun(rounds: 1, algorithm: FedPer()).simulation()
    #expect(fedper.sections.map(\.name) == ["0.weight", "0.bias"])
    _ = try fedper.nextRound()
    let heads = try (1...4).map { try fedper.clientModel($0).parameter(named: "2.weight")!.floats }
    #expect(Set(heads).count == 4)

    // One round of FedRep by hand for client 1: head passes with the body restored, then body passes with the head.
    var small = SmallRun(clientCount: 1, rounds: 1, algorithm: try FedRep(headEpochs: 2))
    small.momentum = 0
    let run = try small.simulation(), data = run.options.clients[0].data
    let model = try run.model.replica()
    func pass(_ stream: RandomStream, epochs: Int, moves: String) throws {
      for epoch in 0..<epochs {
        for positions in data.batchPositions(size: 16, stream: stream.derive("epoch", epoch)) {
          let batch = try data.batch(positions)
          try model.backward(Loss.crossEntropy()(model.forward(batch.inputs, mode: .training), batch.labels))
          for entry in model.layout.entries where entry.name.hasPrefix(moves) {
            let gradient = try model.layout.view(entry, of: model.gradient)
            try model.parameter(named: entry.name)!.addScaled_(gradient, -0.1)
          }
        }
      }
    }
    let stream = RandomStream(seed: 7, purpose: .batches, round: 1, client: 1)
    try pass(stream.derive("head", 0), epochs: 2, moves: "2.")
    try pass(stream, epochs: 1, moves: "0.")
    _ = try run.nextRound()
    #expect(areClose(try run.clientModel(1).vector().floats, try model.vector().floats, 1e-5))
  }

  @Test func `what stays is a choice over the layout`() throws {
    func names(_ local: LocalParameters) throws -> [String] {
      var options = try SmallRun(hasBatchNorm: true).options()
      options.localTraining.localParameters = local
      return try SmallRun.simulate(options).sections.map(\.name)
    }
    let all = ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias", "1.running_mean", "1.running_var"]
    #expect(try names(.none) == all)
    #expect(try names(.head) == all.filter { !$0.hasPrefix("3.") })
    #expect(try names(.batchNormalization) == all.filter { !$0.hasPrefix("1.") })
    #expect(try names(.named(["0", "1.bias"])) == all.filter { !$0.hasPrefix("0.") && $0 != "1.bias" })
    #expect(try names(.chosen { $0.hasSuffix("bias") }) == all.filter { !$0.hasSuffix("bias") })
    #expect(throws: FederationError.self) { try names(.named(["4"])) }
    #expect(throws: FederationError.self) { try names(.chosen { _ in true }) }
  }

  @Test func `a schedule of rates goes on over the rounds`() throws {
    // One step a round at rates 0.2, 0.1, 0.05, as three steps of one descent.
    let clients = LogisticClients([12])
    let run = try SmallRun.simulate(
      clients.options(FedAvg(), epochs: 1, schedule: .step(every: 1, factor: 0.5)))
    var w = run.globalVector.values
    for rate in [0.2, 0.1, 0.05] {
      _ = try run.nextRound()
      w = plus(w, clients.gradient(0, w), -rate)
      #expect(areClose(run.globalVector.floats, w.map(Float.init), 1e-5))
    }
  }
}
