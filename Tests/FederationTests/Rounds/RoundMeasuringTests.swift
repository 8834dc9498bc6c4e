import Datasets
import Networks
import Tensors
import Testing

@testable import Federation

/// What a rule may measure by class, against loops over single samples and sets.
@Suite(.onBothExecutors) struct RoundMeasuringTests {
  /// Labels 0, 0, 1 over and over: the last of three classes has no sample, and there are several chunks.
  private func lopsided(_ set: Dataset) throws -> Dataset {
    let positions = (0..<600).map { $0 % set.count }
    return try set.subset(positions).relabeled(positions.indices.map { $0 % 3 == 2 ? 1 : 0 })
  }

  @Test(arguments: [1, 2]) func `each class is measured as its samples by themselves are`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true)) { run, round, updates in
      let set = try lopsided(#require(run.options.test)), vectors = try round.added(updates)
      let found = try round.evaluateByClass(vectors, on: .set(set)), whole = try round.evaluate(vectors, on: .set(set))
      for row in 0..<4 {
        let model = try run.model.replica()
        try model.load(vectors.row(row).clone())
        for label in 0..<2 {
          let batch = try set.batch(set.labels.indices.filter { set.labels[$0] == label })
          let logits = try model.evaluate(batch.inputs)
          let right = try logits.argmax().integers.count { $0 == label }
          #expect(found[row][label].accuracy == Double(right) / Double(batch.labels.count))
          #expect(abs(found[row][label].loss - (try Loss.crossEntropy()(logits, batch.labels).item())) < 1e-5)
        }
        #expect(found[row].count == 3 && found[row][2].accuracy.isNaN && found[row][2].loss.isNaN)
        #expect(abs((400 * found[row][0].loss + 200 * found[row][1].loss) / 600 - whole[row].loss) < 1e-6)
      }
    }
  }

  @Test(arguments: [1, 2]) func `predictions are means of softmax over all samples`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true)) { run, round, updates in
      let set = try lopsided(#require(run.options.test)), vectors = try round.added(updates)
      let found = try round.predictions(vectors, on: .set(set))
      #expect(found.shape == [4, 3])
      for row in 0..<4 {
        let model = try run.model.replica()
        try model.load(vectors.row(row).clone())
        let scores = try model.evaluate(set.wholeBatch().inputs)
        let sums = (0..<set.count).reduce(into: [0.0, 0.0, 0.0]) { sums, sample in
          let logits = (try? scores.row(sample).floats.map(Double.init)) ?? []
          let total = logits.reduce(0) { $0 + exponential($1) }
          for label in 0..<3 { sums[label] += exponential(logits[label]) / total }
        }
        #expect(agrees(try found.row(row).floats, sums.map { $0 / Double(set.count) }))
      }
    }
  }

  @Test(arguments: [1, 2]) func `gradients by class are those of each class's samples alone`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true)) { run, round, updates in
      let set = try lopsided(#require(run.options.test)), point = try round.added(updates).row(1).clone()
      let found = try round.gradients(at: point, on: .set(set))
      #expect(found.count == 3 && found.clientIDs == [1, 2, 3] && found.sampleCounts == [400, 200, 0])
      #expect(found.sections == run.sections)
      for label in 0..<2 {
        let part = try set.subset(set.labels.indices.filter { set.labels[$0] == label })
        #expect(try found.row(label).floats == round.gradient(at: point, on: .set(part)).floats)
      }
      #expect(try found.row(2).floats.allSatisfy { $0 == 0 })
      let whole = try round.gradients(at: point, on: .set(set), byClass: false)
      #expect(whole.count == 1 && whole.sampleCounts == [600])
      #expect(try whole.row(0).floats == round.gradient(at: point, on: .set(set)).floats)
      #expect(try whole.row(0).floats != found.row(0).floats)
    }
  }

  @Test(arguments: [1, 2])
  func `the last layer is given what the model makes of up to 250 samples`(threads: Int) throws {
    try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true)) { run, round, updates in
      let set = try lopsided(#require(run.options.test)), point = try round.added(updates).row(1).clone()
      let before = try run.model.vector().floats
      let found = try #require(try round.lastLayer(at: point, on: [.set(set)]))
      #expect(try round.labels(of: [.set(set)]) == set.labels)
      #expect(found.inputs.shape[0] == 600 && found.outputs.shape == [600, 3])
      let model = try run.model.replica()
      try model.load(point)
      for chunk in [0..<250, 250..<500, 500..<600] {
        let alone = try #require(try model.lastLayer(for: set.batch(Array(chunk)).inputs))
        let inputs = try found.inputs.narrow(axis: 0, start: chunk.lowerBound, count: chunk.count)
        #expect(inputs.floats == alone.inputs.floats)
        #expect(found.weight == alone.weight && found.bias == alone.bias)
      }
      // Several sets follow each other, each normalized by itself.
      let twice = try #require(try round.lastLayer(at: point, on: [.set(set), .set(set)]))
      #expect(twice.inputs.floats == found.inputs.floats + found.inputs.floats)
      #expect(try round.labels(of: [.set(set), .set(set)]) == set.labels + set.labels)
      // The run's own model is untouched.
      #expect(try run.model.vector().floats == before)
      #expect(throws: FederationError.vectorShape(rule: "last_layer", got: [2], d: round.global.count)) {
        try round.lastLayer(at: Tensor([1, 2] as [Float]), on: [.set(set)])
      }
    }
  }

  @Test func `the class gradients of a model without batch statistics sum to the whole one`() throws {
    try inRound(SmallRun(rounds: 1, threads: 2)) { run, round, _ in
      let set = try lopsided(#require(run.options.test))
      let found = try round.gradients(at: round.global, on: .set(set))
      let sum = try found.row(0).mul(400.0 / 600).add(found.row(1).mul(200.0 / 600))
      let whole = try round.gradient(at: round.global, on: .set(set))
      #expect(areClose(sum.floats, whole.floats, 1e-6))
    }
  }

  @Test func `all of it is the same for one and two threads`() throws {
    func numbers(_ threads: Int) throws -> [Float] {
      var numbers: [Float] = []
      try inRound(SmallRun(rounds: 1, threads: threads, hasBatchNorm: true, hasRoot: true)) { run, round, updates in
        let set = try lopsided(#require(run.options.test)), vectors = try round.added(updates)
        numbers += try round.predictions(vectors, on: .set(set)).floats
        numbers += try round.gradients(at: round.global, on: .set(set)).tensor.floats
        numbers += try round.evaluateByClass(vectors, on: .set(set)).flatMap { $0.prefix(2).map { Float($0.loss) } }
        numbers += try round.virtualRound(VirtualClients()).updates.tensor.floats
      }
      return numbers
    }
    #expect(try numbers(1) == numbers(2))
  }
}
