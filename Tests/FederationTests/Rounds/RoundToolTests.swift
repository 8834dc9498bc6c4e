import Datasets
import Networks
import Tensors
import Testing

@testable import Federation

/// What a rule may have computed by the run's workers.
@Suite(.onBothExecutors) struct RoundToolTests {
  @Test(arguments: [1, 2]) func `many vectors are measured as each alone is`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true, hasRoot: true)) { run, round, updates in
      let test = try #require(run.options.test)
      let measured = try round.evaluate(round.added(updates), on: .set(test))
      #expect(measured.count == 4 && Set(measured.map(\.loss)).count == 4)
      for row in 0..<4 {
        let model = try run.model.replica()
        try model.load(round.global.add(updates.row(row)))
        let batch = try test.batch(Array(0..<test.count)), logits = try model.evaluate(batch.inputs)
        let right = zip(try logits.argmax().integers, test.labels).count { $0 == $1 }
        #expect(measured[row].accuracy == Double(right) / Double(test.count))
        #expect(abs(measured[row].loss - (try Loss.crossEntropy()(logits, batch.labels).item())) < 1e-6)
      }
    }
  }

  @Test func `what data would send is what a client with them sends`() throws {
    try inRound(SmallRun(rounds: 1, hasRoot: true)) { run, round, _ in
      let root = try #require(run.options.root)
      let asked = try round.train([
        TrainingRequest(.root, key: nil), TrainingRequest(.set(root), key: nil), TrainingRequest(.root, key: 1),
        TrainingRequest(.root, steps: 1, key: nil),
        TrainingRequest(.root, labels: root.labels.map { ($0 + 1) % 3 }, key: nil),
      ])
      let own = try round.rootUpdate().floats
      #expect(try asked.row(0).floats == own && asked.row(1).floats == own)
      #expect(try asked.row(2).floats != own)
      #expect(asked.sampleCounts == [30, 30, 30, 30, 30] && asked.sections == run.sections)
      #expect(try asked.row(3).norm().item() < asked.row(0).norm().item())
      let cosine = try asked.row(4).dot(asked.row(0)).item()
      #expect(cosine < 0.5 * (try asked.row(0).dot(asked.row(0)).item()))
      #expect(try round.rootUpdate(steps: 1).floats == asked.row(3).floats)
      // One step by hand: the whole gradient of the first batch.
      let order = RandomStream(seed: 7, purpose: .batches, round: 1, client: 0).derive("epoch", 0)
      let batch = try root.batch(root.batchPositions(size: 16, stream: order).first { _ in true }!)
      let model = try run.model.replica()
      try model.backward(Loss.crossEntropy()(model.forward(batch.inputs, mode: .training), batch.labels))
      #expect(areClose(try asked.row(3).floats, try model.gradient.mul(-0.1).floats, 1e-6))
    }
  }

  @Test func `outside a run, and for data that the run has not, there is an error`() throws {
    let round = Round(number: 1, cohort: [1], clientCount: 1, global: try .zeros([3]))
    #expect(throws: FederationError.noTools(call: "train")) { try round.train([TrainingRequest(.root, key: nil)]) }
    #expect(throws: FederationError.noTools(call: "evaluate")) { try round.evaluate(.zeros([1, 3]), on: .root) }
    #expect(throws: TensorError.self) { try round.evaluate(.zeros([3]), on: .root) }
    try inRound(SmallRun(rounds: 1)) { _, round, _ in
      #expect(throws: FederationError.noRootData) { try round.train([TrainingRequest(.root, key: nil)]) }
      #expect(throws: FederationError.noValidationData) {
        try round.evaluate(round.global.reshape([1, round.global.count]), on: .validation)
      }
    }
  }

  @Test func `a model measures many vectors as it measures itself`() throws {
    let options = try SmallRun(hasBatchNorm: true).options(), test = try #require(options.test)
    let one = try Model(options.model.root, seed: 5), other = try Model(options.model.root, seed: 6)
    let vectors = try UpdateMatrix(rows: [one.vector(), other.vector()]).tensor
    for threads in [1, 2] {
      let measured = try options.model.evaluate(vectors: vectors, on: test, threads: threads)
      for (model, found) in zip([one, other], measured) {
        let batch = try test.wholeBatch()
        let loss = try Loss.crossEntropy()(model.evaluate(batch.inputs), batch.labels).item()
        #expect(abs(found.loss - loss) < 1e-6)
      }
    }
    #expect(throws: TensorError.self) { try options.model.evaluate(vectors: .zeros([2, 3]), on: test) }
  }
}
