import Datasets
@testable import Federation
import Networks
import Tensors
import Testing

/// Rounds whose rule compares updates without seeing them, against the same rounds with a rule that sees the rows.
@Suite(.onBothExecutors) struct UpdateGramTests {
  /// Updates close to the others count more; written for both ways.
  private func closeness(_ geometry: RoundGeometry) throws -> [Double] {
    let distances = try geometry.squaredDistances()
    return (0..<geometry.count).map { row in
      1 / (1 + (0..<geometry.count).reduce(0) { $0 + distances[row, $1] })
    }
  }

  private var onGram: Defense {
    var defense = Defense(name: "gram")
    defense.rule = .comparing { _, gram in try closeness(gram.geometry()) }
    return defense
  }

  private var onRows: Defense {
    var defense = Defense(name: "rows")
    defense.rule = .weighing { _, updates in try closeness(updates.geometry(for: "rows")) }
    return defense
  }

  private func expectSame(_ one: Simulation, _ other: Simulation) throws {
    one.defense = onGram
    other.defense = onRows
    try one.finishRounds()
    try other.finishRounds()
    #expect(one.globalVector.floats == other.globalVector.floats)
    #expect(one.history.map { $0.clients.map(\.weight) } == other.history.map { $0.clients.map(\.weight) })
    #expect(one.history.map(\.quarantined) == other.history.map(\.quarantined))
  }

  @Test(arguments: [1, 3]) func `weights from the Gram matrix are those from the rows`(threads: Int) throws {
    var small = SmallRun(clientCount: 11, hasBatchNorm: true, statistics: .averaged)
    small.threads = threads
    try expectSame(
      small.simulation(), SmallRun(clientCount: 11, hasBatchNorm: true, statistics: .averaged).simulation())
  }

  @Test func `an attack that reads updates changes nothing about it`() throws {
    var attack = Attack(name: "mirror")
    attack.replaceUpdates = { context in try context.own.tensor.mul(-1) }
    let runs = try (0..<2).map { _ in try SmallRun(byzantine: [2]).simulation() }
    for run in runs { run.attack = attack }
    try expectSame(runs[0], runs[1])
  }

  @Test func `an update that is no number is quarantined`() throws {
    let runs = try (0..<2).map { _ in
      var options = try SmallRun().options()
      let data = options.clients[1].data, batch = try data.batch(Array(0..<data.count))
      let inputs = try Tensor.full(batch.inputs.shape, 1e38, .float32)
      options.clients[1] = Client(
        id: 2,
        data: try Dataset(name: "bad", inputs: inputs, labels: batch.labels, classNames: ["a", "b", "c"]))
      return try SmallRun.simulate(options)
    }
    try expectSame(runs[0], runs[1])
    #expect(runs[0].history[0].quarantined == [2])
  }

  @Test func `a rule sees who sent the updates`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    var defense = Defense(name: "check")
    defense.rule = .comparing { round, gram in
      #expect(gram.clientIDs == round.cohort && gram.count == 4 && gram.dimension == round.global.count)
      #expect(gram.sampleCounts == run.options.clients.map(\.data.count))
      return gram.clientIDs.map { $0 == 3 ? 0 : 1 }
    }
    run.defense = defense
    #expect(try run.nextRound()?.clients.map { $0.weight == 0 } == [false, false, true, false])
  }

  @Test func `a round's updates are gone with the round`() throws {
    let run = try SmallRun(rounds: 1).simulation()
    var kept: UpdateGram?
    var defense = Defense(name: "keeper")
    defense.rule = .comparing { _, gram in
      kept = gram
      return [Double](repeating: 1, count: gram.count)
    }
    run.defense = defense
    _ = try run.nextRound()
    #expect(throws: FederationError.self) { try kept?.geometry() }
    #expect(kept?.norms.count == 4)
  }

  // MARK: Rows in a file

  private func noise(_ seed: Int) throws -> Tensor {
    var stream = RandomStream(seed: UInt64(seed), purpose: .attack)
    return try Tensor.normal([20_000], &stream)
  }

  /// Seven clients, of which the third and the last never send; more columns than one block.
  private func arrived(isInFile: Bool) throws -> UpdateMatrix {
    let section = UpdateSection(name: "w", shape: [20_000], columns: 0..<20_000)
    let awaited = try UpdateMatrix(
      awaiting: [2, 3, 5, 7, 11, 13, 17], sampleCounts: Array(1...7), sections: [section], isInFile: isInFile)
    for row in [0, 1, 3, 4, 5] {
      awaited.put(try noise(row), at: row)
    }
    return try awaited.compacted(to: [0, 1, 3, 4, 5])
  }

  @Test func `rows in a file are the rows in memory, without those of clients that never sent`() throws {
    let file = try arrived(isInFile: true), memory = try arrived(isInFile: false)
    #expect(file.tensor.storage.isInFile && !memory.tensor.storage.isInFile)
    #expect(file.clientIDs == [2, 3, 7, 11, 13] && file.sampleCounts == [1, 2, 4, 5, 6])
    #expect(file.tensor.floats == memory.tensor.floats)
    #expect(try file.row(2).floats == noise(3).floats)
    #expect(try file.gram(for: "test").values == memory.gram(for: "test").values)
    #expect(try file.weightedMean([1, 2, 3, 4, 5]).floats == memory.weightedMean([1, 2, 3, 4, 5]).floats)
    #expect(file.faults.isEmpty)
  }
}
