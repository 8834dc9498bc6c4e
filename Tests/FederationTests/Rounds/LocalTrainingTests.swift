import Datasets
@testable import Federation
import Networks
import Tensors
import Testing

@Suite(.onBothExecutors) struct LocalTrainingTests {
  @Test func `a strong proximal term keeps clients near the global model`() throws {
    func norm(_ weight: Double) throws -> Double {
      var small = SmallRun(rounds: 1)
      small.momentum = 0
      small.proximalWeight = weight
      small.epochs = 5
      small.learningRate = 0.05
      return try #require(try small.simulation().nextRound()).clients[0].norm
    }
    let free = try norm(0)
    #expect(try norm(1) < 0.8 * free)
    #expect(try norm(10) < 0.4 * free)
  }

  @Test func `the proximal gradient is mu times the way from the global model`() throws {
    // One full-batch step from the global model has no proximal pull; the second has exactly mu (w - global).
    var small = SmallRun(clientCount: 1, rounds: 1)
    small.momentum = 0
    small.proximalWeight = 0.5
    let options = try {
      var o = try small.options(); o.localTraining.batchSize = 1000; o.localTraining.epochs = 2; return o
    }()
    let run = try SmallRun.simulate(options)
    let model = try run.model.replica(), data = options.clients[0].data
    let start = try model.vector().floats
    for epoch in 0..<2 {
      let order = RandomStream(seed: 7, purpose: .batches, round: 1, client: 1).derive("epoch", epoch)
      let batch = try data.batch(data.batchPositions(size: 1000, stream: order).first { _ in true }!)
      try model.backward(Loss.crossEntropy()(model.forward(batch.inputs, mode: .training), batch.labels))
      let pull = zip(model.trainable.floats, start).map { 0.5 * ($0 - $1) }
      let step = zip(model.gradient.floats, pull).map { Float(0.1) * ($0 + $1) }
      try model.trainable.sub_(Tensor(step))
    }
    _ = try run.nextRound()
    #expect(areClose(run.globalVector.floats, try model.vector().floats, 1e-5))
  }

  @Test func `local batch normalization never travels and never comes back`() throws {
    var small = SmallRun(rounds: 3, isBatchNormLocal: true, hasBatchNorm: true)
    small.statistics = .averaged
    let run = try small.simulation()
    #expect(run.sections.map(\.name) == ["0.weight", "0.bias", "3.weight", "3.bias"])
    #expect(run.dimension == 8 * 2 + 8 + 3 * 8 + 3)
    _ = try run.nextRound()
    let first = run.state.clients.mapValues { $0.localValues!.floats }
    #expect(first.count == 4 && Set(first.values).count == 4)
    #expect(first[1]!.count == 4 * 8)
    _ = try run.nextRound()
    #expect(run.state.clients[1]!.localValues!.floats != first[1]!)
  }

  @Test func `a client trains from its own batch normalization values`() throws {
    // With a rate of 0 the trainable part stands still and only running statistics move, from where they were.
    var small = SmallRun(clientCount: 2, rounds: 2, isBatchNormLocal: true, hasBatchNorm: true)
    small.learningRate = 0
    let run = try small.simulation()
    _ = try run.nextRound()
    let once = run.state.clients[1]!.localValues!.floats
    _ = try run.nextRound()
    let twice = run.state.clients[1]!.localValues!.floats
    // gamma and beta stay, running statistics go on.
    #expect(Array(twice[..<16]) == Array(once[..<16]))
    #expect(Array(twice[16...]) != Array(once[16...]))
  }

  @Test func `aggregated statistics are part of the update, averaged ones are not`() throws {
    var small = SmallRun(hasBatchNorm: true)
    let all = try small.simulation()
    small.statistics = .averaged
    let some = try small.simulation()
    #expect(all.dimension == some.dimension + 16)
    // Without an attack both end with the mean of the clients' statistics.
    _ = try all.nextRound()
    _ = try some.nextRound()
    #expect(areClose(all.globalVector.floats, some.globalVector.floats, 1e-5))
  }

  @Test func `statistics can be estimated anew on the root data`() throws {
    var small = SmallRun(rounds: 1, hasBatchNorm: true, hasRoot: true)
    small.statistics = .reestimated
    let run = try small.simulation()
    _ = try run.nextRound()
    let expected = try run.model.replica(), root = run.options.root!
    try expected.reestimateStatistics(over: root.batchPositions(size: 16).map { try root.batch($0).inputs })
    #expect(areClose(expected.statistics.floats, run.model.statistics.floats, 1e-6))
  }

  @Test func `an attacked variance never falls below zero`() throws {
    let run = try SmallRun(rounds: 1, hasBatchNorm: true).simulation()
    var defense = Defense(name: "down")
    defense.rule = .aggregating { _, updates, _ in Decision(update: try Tensor.full([updates.dimension], -50)) }
    run.defense = defense
    _ = try run.nextRound()
    #expect(run.model.parameter(named: "1.running_var")!.floats == [Float](repeating: 0, count: 8))
  }

  @Test func `kept momentum changes the second round, not the first`() throws {
    let fresh = try SmallRun().simulation(), kept = try SmallRun(keepsOptimizerState: true).simulation()
    _ = try fresh.nextRound()
    _ = try kept.nextRound()
    #expect(fresh.digest == kept.digest)
    _ = try fresh.nextRound()
    _ = try kept.nextRound()
    #expect(fresh.digest != kept.digest)
  }

  @Test func `a limit of steps shortens the epoch`() throws {
    var options = try SmallRun(clientCount: 1, rounds: 1).options()
    let whole = try SmallRun.simulate(options).nextRound()!.updateNorm
    options.localTraining.steps = 1
    #expect(try SmallRun.simulate(options).nextRound()!.updateNorm < whole)
  }

  @Test func `steps alone pass over the data as often as they need`() throws {
    func digest(_ change: (inout LocalTraining) -> Void) throws -> String {
      var options = try SmallRun(clientCount: 1, rounds: 1).options()
      change(&options.localTraining)
      let run = try SmallRun.simulate(options)
      _ = try run.nextRound()
      return run.digest
    }
    let data = try SmallRun(clientCount: 1).options().clients[0].data
    let stepsOfThreeEpochs = 3 * ((data.count + 15) / 16)
    let epochs = try digest { $0.epochs = 3 }
    #expect(try digest { ($0.epochs, $0.steps) = (nil, stepsOfThreeEpochs) } == epochs)
    #expect(try digest { ($0.epochs, $0.steps) = (3, 1000) } == epochs)
    #expect(try digest { ($0.epochs, $0.steps) = (nil, stepsOfThreeEpochs + 1) } != epochs)
    #expect(try LocalTraining(optimizer: SGD(learningRate: 0.1)).epochs == 1)
    #expect(try LocalTraining(optimizer: SGD(learningRate: 0.1), steps: 5).epochs == nil)
  }

  @Test func `steps over a single sample end, though statistics of it are none`() throws {
    var options = try SmallRun(clientCount: 1, rounds: 1, hasBatchNorm: true).options()
    options.clients[0] = Client(id: 1, data: try options.clients[0].data.subset([0]))
    (options.localTraining.epochs, options.localTraining.steps) = (nil, 5)
    #expect(try SmallRun.simulate(options).nextRound() != nil)
  }

  @Test func `options out of range are refused`() throws {
    let sgd = try SGD(learningRate: 0.1)
    #expect(throws: FederationError.self) { try LocalTraining(optimizer: sgd, epochs: 0) }
    #expect(throws: FederationError.self) { try LocalTraining(optimizer: sgd, batchSize: 0) }
    #expect(throws: FederationError.self) { try FedProx(weight: -1) }
    #expect(throws: FederationError.self) { try LocalTraining(optimizer: sgd, steps: 0) }
  }
}
