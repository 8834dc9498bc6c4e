import Datasets
import Networks
import Tensors
import Testing

@testable import Federation

/// Clients that are asked again inside of a round, and clients that measure.
@Suite(.onBothExecutors) struct AskingTests {
  private func run(_ options: SimulationOptions, _ body: @escaping (Simulation, Round, UpdateMatrix) throws -> Void)
    throws
    -> Simulation
  {
    let run = try SmallRun.simulate(options)
    run.defense = Defense(
      name: "witness",
      rule: .rows(aggregate: { [unowned run] round, updates, _ in
        try body(run, round, updates)
        return Decision(update: try updates.weightedMean(updates.sampleCounts.map(Double.init)))
      }))
    return run
  }

  @Test(arguments: [1, 2]) func `one step from elsewhere is the gradient there`(threads: Int) throws {
    var options = try SmallRun(rounds: 1, threads: threads).options()
    options.localTraining.batchSize = 1000
    let run = try run(options) { run, round, updates in
      let start = try round.global.add(updates.row(0))
      var question = ClientQuestion()
      question.clients = [3, 2]
      question.global = start
      question.steps = 1
      let again = try round.ask(question)
      #expect(again.clientIDs == [2, 3] && again.sections == run.sections)
      #expect(again.sampleCounts == [2, 3].map { run.options.clients[$0 - 1].data.count })
      for (row, client) in [2, 3].enumerated() {
        let slope = try round.gradient(at: start, on: .set(run.options.clients[client - 1].data))
        #expect(areClose(try again.row(row).floats, try slope.mul(-0.1).floats, 1e-5))
        #expect(try again.row(row).floats != updates.row(client - 1).floats)
      }
      #expect(throws: FederationError.self) {
        question.clients = [9]
        _ = try round.ask(question)
      }
      question.clients = [2, 2]
      #expect(throws: FederationError.self) { try round.ask(question) }
    }
    let record = try #require(try run.nextRound())
    var cost = RoundCost()
    (cost.exchanges, cost.downloads, cost.uploads) = (2, 6, 6)
    #expect(record.cost == cost && RoundRecord(record.json)?.cost == cost)
  }

  @Test func `what is asked changes nothing that clients keep`() throws {
    func digest(asks: Bool) throws -> String {
      var small = SmallRun(rounds: 3, keepsOptimizerState: true, hasBatchNorm: true, algorithm: Scaffold())
      small.isBatchNormLocal = true
      let run = try run(small.options()) { _, round, _ in
        if asks {
          let first = try round.ask(ClientQuestion()), second = try round.ask(ClientQuestion())
          let (a, b) = (first.tensor.floats, second.tensor.floats)
          #expect(a != b)
        }
      }
      return try run.finishRounds()
    }
    #expect(try digest(asks: true) == digest(asks: false))
  }

  @Test func `Byzantine clients answer as the attack says, and an attacker's trial of the rule asks nobody`() throws {
    var options = try SmallRun(rounds: 1).options()
    options.byzantine = [2, 4]
    var seen: [Int] = []
    let run = try run(options) { _, round, _ in
      var question = ClientQuestion()
      question.clients = [1, 2]
      let answers = try round.ask(question)
      let second = try answers.row(1).floats
      #expect(second.allSatisfy { $0 == 7 } || seen.count < 2)
      #expect(try answers.row(0).floats.contains { $0 != 7 })
    }
    var attack = Attack(name: "sevens")
    attack.replaceUpdates = { context in
      seen.append(context.exchange)
      if context.exchange == 1 { _ = try context.decide(context.arriving(context.own.tensor)) }
      if context.exchange > 1 { #expect(context.own.clientIDs == [2] && context.honest.clientIDs == [1]) }
      return try .full([context.own.dimension], 7)
    }
    run.attack = attack
    let record = try #require(try run.nextRound())
    #expect(seen == [1, 2] && record.cost.exchanges == 2)
  }

  /// What a round's policies saw, if it is still there.
  private final class Witness {
    weak var round: Round?
    weak var honest: UpdateMatrix?
    weak var updates: UpdateMatrix?
  }

  @Test func `nothing of a round is kept when it is over, though its attackers were asked again`() throws {
    var options = try SmallRun(rounds: 2).options()
    options.byzantine = [2]
    let witness = Witness()
    let run = try run(options) { _, round, updates in
      var question = ClientQuestion()
      question.clients = [2, 3]
      _ = try round.ask(question)
      (witness.round, witness.updates) = (round, updates)
    }
    var attack = Attack(name: "watched")
    attack.replaceUpdates = { context in
      witness.honest = context.honest
      return try context.own.tensor.neg()
    }
    run.attack = attack
    for _ in 0..<2 {
      _ = try run.nextRound()
      #expect(witness.round == nil && witness.honest == nil && witness.updates == nil)
    }
  }

  @Test(arguments: [1, 2]) func `clients measure on their own data with what they keep`(threads: Int) throws {
    var options = try SmallRun(rounds: 2, threads: threads, hasBatchNorm: true).options()
    options.localTraining.localParameters = .batchNormalization
    let run = try run(options) { run, round, updates in
      let vectors = try round.added(updates)
      let (losses, ids) = try round.validate(vectors, clients: [4, 1])
      let (byClass, _) = try round.validate(vectors, clients: [1, 4], byClass: true)
      #expect(losses.shape == [2, 4] && ids == [1, 4] && byClass.shape == [2, 4, 3])
      for (row, id) in ids.enumerated() {
        let data = run.options.clients[id - 1].data
        for vector in 0..<4 {
          let model = try run.clientModel(id), values = try model.vector()
          try values.scatter(vectors.row(vector), to: run.run.split.shared)
          try model.load(values)
          let batch = try data.wholeBatch(), logits = try model.evaluate(batch.inputs)
          let loss = try Loss.crossEntropy()(logits, batch.labels).item()
          let reported = try losses.row(row).values[vector]
          #expect(abs(reported - loss) < 1e-5)
          for label in 0..<3 {
            let rows = data.labels.indices.filter { data.labels[$0] == label }
            let found = try byClass.row(row).row(vector).values[label]
            if rows.isEmpty {
              #expect(found.isNaN)
            } else {
              let own = try Loss.crossEntropy()(
                logits.gather(Tensor(labels: rows)), Tensor(labels: rows.map { _ in label }))
              let expected = try own.item()
              #expect(abs(expected - found) < 1e-5)
            }
          }
        }
      }
    }
    let record = try #require(try run.nextRound())
    #expect(record.cost.downloads == 4 + 8 + 8 && record.cost.exchanges == 3 && record.cost.uploads == 4)
    #expect(try run.nextRound() != nil)
  }

  @Test func `votes of Byzantine clients are what the attack makes of them`() throws {
    var options = try SmallRun(rounds: 1).options()
    options.byzantine = [3]
    options.fakeClients = 2
    let run = try run(options) { run, round, updates in
      let vectors = try round.added(updates)
      let (losses, ids) = try round.validate(vectors)
      #expect(ids == [1, 2, 3, 4, 5, 6] && updates.clientIDs == ids)
      for row in [2, 5] { #expect(try losses.row(row).values.allSatisfy { $0 == 100 }) }
      let honest = try round.evaluate(vectors, on: .set(run.options.clients[1].data)).map(\.loss)
      let reported = try losses.row(1).values
      #expect(zip(reported, honest).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(try round.validate(vectors, clients: [1, 2]).losses.shape == [2, 6])
    }
    var attack = Attack(name: "liars")
    attack.replaceUpdates = { try $0.own.tensor.mul(-1) }
    attack.replaceVotes = { context, losses in
      #expect(context.own.clientIDs == [3, 5, 6])
      let values = losses.values
      #expect(losses.shape == [3, 6] && values.prefix(6).allSatisfy(\.isFinite))
      let rest = values.suffix(12).filter(\.isNaN)
      #expect(rest.count == 12)
      return try .full([3, 6], 100)
    }
    run.attack = attack
    #expect(try run.nextRound() != nil)
    attack.replaceVotes = { _, _ in try .zeros([1]) }
    var again = try SmallRun(rounds: 1).options()
    again.byzantine = [3]
    let other = try self.run(again) { _, round, updates in _ = try round.validate(round.added(updates)) }
    other.attack = attack
    #expect(throws: TensorError.self) { try other.nextRound() }
  }

  @Test func `a defense acts before the clients are asked`() throws {
    let small = SmallRun(rounds: 2, hasRoot: true)
    let plain = try small.simulation()
    let run = try small.simulation()
    var events: [String] = []
    run.defense = Defense(name: "early")
    run.defense?.beforeBroadcast = { round in
      events.append("broadcast \(round.number)")
      #expect(round.cohort == [1, 2, 3, 4])
      let loss = try round.evaluate(round.global.reshape([1, round.global.count]), on: .root)[0].loss
      let answers = try round.ask(ClientQuestion()).count
      #expect(loss > 0 && answers == 4)
    }
    run.onProgress = { if $0.clientsDone == 4, $0.round == 2 { events.append("trained") } }
    #expect(try run.nextRound()?.cost.exchanges == 2)
    let digest = try run.finishRounds()
    #expect(try digest == plain.finishRounds())
    #expect(events == ["broadcast 1", "broadcast 2", "trained", "trained"])
  }
}
