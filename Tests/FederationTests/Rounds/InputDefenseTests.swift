import Synchronization
import TestSupport
import Tensors
import Testing

@testable import Federation

@Suite(.onBothExecutors) struct InputDefenseTests {
  /// A run whose defense has hooks on inputs.
  private func run(
    threads: Int = 1, inspect: ((InputBatch) throws -> Tensor)? = nil,
    purify: ((InputBatch, Tensor?) throws -> Tensor)? = nil
  ) throws -> Simulation {
    var small = SmallRun()
    small.threads = threads
    let simulation = try small.simulation()
    simulation.defense = Defense(name: "guard", inputs: InputGuard(inspect: inspect, purify: purify))
    return simulation
  }

  @Test(arguments: [1, 2]) func `hooks that change nothing change no bit of an evaluation`(threads: Int) throws {
    let plain = try SmallRun().simulation()
    let guarded = try run(
      threads: threads, inspect: { try $0.inputs.square().sum(axes: [1]) }, purify: { batch, _ in batch.inputs })
    while let expected = try plain.nextRound(), let record = try guarded.nextRound() {
      #expect(record.accuracy == expected.accuracy && record.loss == expected.loss)
    }
    #expect(guarded.digest == plain.digest)
  }

  @Test func `what purify returns is what the model sees, in a round and between rounds`() throws {
    let simulation = try run(purify: { batch, _ in try batch.inputs.mul(0) })
    let record = try #require(try simulation.nextRound())
    let test = try #require(simulation.options.test)
    // All inputs are alike, so all get one label, and the accuracy is the share of that class.
    let label = try simulation.predict(try test.batch([0]).inputs).labels[0]
    let share = Double(test.labels.count { $0 == label }) / Double(test.count)
    #expect(record.accuracy == share)
    #expect(try simulation.evaluate(on: test).accuracy == share)
  }

  @Test func `a prediction is the model's answer, batch by batch, with the scores`() throws {
    let batches = Mutex<[(number: Int, count: Int, round: Int)]>([])
    let simulation = try run(inspect: { batch in
      batches.withLock { $0.append((batch.number, batch.inputs.shape[0], batch.round)) }
      return try batch.inputs.sum(axes: [1])
    })
    _ = try simulation.nextRound()
    batches.withLock { $0.removeAll() }
    var stream = RandomStream(seed: 1, purpose: "inputs")
    let inputs = Tensor((0..<1200).map { _ in Float(stream.normal()) }, shape: [600, 2])
    let answer = try simulation.predict(inputs)
    #expect(answer.labels == (try simulation.model.forward(inputs).argmax().integers))
    #expect(answer.scores == (try inputs.sum(axes: [1]).values))
    #expect(answer.inputs.values == inputs.values)
    let seen = batches.withLock { $0.map { "\($0.number) \($0.count) \($0.round)" } }
    #expect(seen == ["0 250 1", "1 250 1", "2 100 1"])
  }

  @Test func `purify gets the scores, and hooks that write into their batch change no answer`() throws {
    let simulation = try run(
      inspect: { batch in
        try batch.inputs.fill_(9)
        return Tensor([Float](repeating: 2, count: batch.inputs.shape[0]))
      },
      purify: { batch, scores in try batch.inputs.mul(#require(scores).unsqueeze(1)) })
    let answer = try simulation.predict(Tensor([1, -1] as [Float], shape: [1, 2]))
    #expect(answer.inputs.values == [2, -2])
  }

  @Test func `random numbers differ by hook, batch and round, and repeat`() throws {
    func draws() throws -> [UInt32] {
      let drawn = Mutex<[UInt32]>([])
      let simulation = try run(
        inspect: { batch in
          var stream = batch.stream("inspect")
          drawn.withLock { $0.append(stream.nextUInt32()) }
          return try .zeros([batch.inputs.shape[0]])
        },
        purify: { batch, _ in
          var stream = batch.stream("purify")
          drawn.withLock { $0.append(stream.nextUInt32()) }
          return batch.inputs
        })
      for _ in 0..<2 {
        _ = try simulation.predict(try .zeros([300, 2]))
        _ = try simulation.nextRound()
      }
      return drawn.withLock { $0 }
    }
    let first = try draws()
    // In round 1 the evaluation stands for the next prediction: the same model answers.
    #expect(Set(first[..<6]).count == 6 && Set(first[6...]).isDisjoint(with: first[..<4]))
    #expect(try draws() == first)
  }

  @Test func `rubbish from a hook is an error that names hook and round, and the round has not been`() throws {
    let faults: [(Simulation, String)] = [
      (
        try run(inspect: { _ in try .zeros([3]) }),
        "guard: inspect: in round 1, shape [3] is not one score an input; [90] is needed"
      ),
      (
        try run(inspect: { _ in try .full([90], .nan) }),
        "guard: inspect: in round 1, the score of input 1 is nan; finite numbers are needed"
      ),
      (
        try run(purify: { batch, _ in try batch.inputs.sum(axes: [1]) }),
        "guard: purify: in round 1, shape [90] is not that of the inputs; [90, 2] is needed"
      ),
      (
        try run(purify: { batch, _ in batch.inputs.to(.float64) }),
        "guard: purify: in round 1, it returned float64; float32 is needed"
      ),
      (
        try run(purify: { batch, _ in
          try batch.inputs.row(4).fill_(.infinity)
          return batch.inputs
        }), "guard: purify: in round 1, input 5 became inf; finite numbers are needed"
      ),
    ]
    for (simulation, message) in faults {
      let error = #expect(throws: FederationError.self) { try simulation.nextRound() }
      #expect(error?.description == message)
      #expect(simulation.completedRounds == 0)
    }
  }

  @Test func `a hook cannot ask the run that calls it, and the next question is answered`() throws {
    let simulation = try SmallRun().simulation()
    var defense = Defense(name: "guard")
    defense.inputs = InputGuard(purify: { [unowned simulation] batch, _ in
      _ = try simulation.predict(batch.inputs)
      return batch.inputs
    })
    simulation.defense = defense
    #expect(throws: FederationError.answering(call: "predict")) { try simulation.predict(try .zeros([1, 2])) }
    simulation.defense = nil
    #expect(try simulation.predict(try .zeros([1, 2])).labels.count == 1)
    #expect(throws: TensorError.self) { try simulation.predict(try .zeros([0, 2])) }
  }
}
