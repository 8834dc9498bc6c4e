import Tensors
import Testing

@testable import Federation

@Suite(.onBothExecutors) struct ShapleyTests {
  /// All orders of `n` clients.
  private func permutations(_ n: Int) -> [[Int]] {
    guard n > 0 else { return [[]] }
    return permutations(n - 1).flatMap { rest -> [[Int]] in
      (0..<n).map { place in Array(rest[..<place]) + [n - 1] + Array(rest[place...]) }
    }
  }

  /// Shapley values by their definition: the sum over all coalitions without a client.
  private func bruteForce(_ n: Int, _ worth: ([Bool]) -> Double) -> [Double] {
    func factorial(_ k: Int) -> Double { (0..<k).reduce(1.0) { $0 * Double($1 + 1) } }
    return (0..<n).map { client in
      (0..<1 << n).filter { $0 >> client & 1 == 0 }.reduce(0.0) { sum, bits in
        let without = (0..<n).map { bits >> $0 & 1 == 1 }, size = without.count { $0 }
        var with = without
        with[client] = true
        return sum + factorial(size) * factorial(n - size - 1) / factorial(n) * (worth(with) - worth(without))
      }
    }
  }

  @Test func `over all orders it is the definition`() throws {
    var stream = RandomStream(seed: 2, purpose: "game")
    let table = (0..<32).map { _ in stream.normal() }
    func worth(_ coalition: [Bool]) -> Double {
      table[coalition.indices.reduce(0) { coalition[$1] ? $0 | 1 << $1 : $0 }]
    }
    let game = CoalitionGame(count: 5) { $0.map(worth) }
    let (values, evaluations) = try game.values(over: permutations(5))
    #expect(evaluations == 32)
    #expect(zip(values, bruteForce(5, worth)).allSatisfy { abs($0 - $1) < 1e-12 })
    let (left, asked) = try game.leaveOneOut()
    #expect(asked == 6)
    for client in 0..<5 {
      #expect(left[client] == worth([true, true, true, true, true]) - worth((0..<5).map { $0 != client }))
    }
  }

  /// A round with five clients, one of which sends the opposite of the others' way.
  private func inRound(_ body: @escaping (Round, UpdateMatrix) throws -> Void) throws {
    let run = try SmallRun(clientCount: 5, rounds: 1, threads: 2, hasRoot: true, byzantine: [3]).simulation()
    var attack = Attack(name: "back")
    attack.replaceUpdates = { context in try context.honest.weightedMean([1, 1, 1, 1]).mul(-1) }
    run.attack = attack
    run.defense = Defense(
      name: "witness",
      rule: .rows(aggregate: { round, updates, _ in
        try body(round, updates)
        return Decision(update: try updates.weightedMean([1, 1, 1, 1, 1]))
      }))
    #expect(try run.nextRound() != nil)
  }

  @Test func `all forms agree with the definition about a round's updates`() throws {
    try inRound { round, updates in
      let weights = updates.sampleCounts.map(Double.init)
      let coalitions = (0..<32).map { bits in (0..<5).map { bits >> $0 & 1 == 1 } }
      let vectors = try UpdateMatrix(
        rows: coalitions.map { coalition in
          let inside = zip(weights, coalition).map { $1 ? $0 : 0 }, total = inside.reduce(0, +)
          return total > 0 ? try round.global.add(updates.weightedSum(inside.map { $0 / total })) : round.global
        })
      let losses = try round.evaluate(vectors.tensor, on: .root).map(\.loss)
      let exact = self.bruteForce(5) { coalition in losses[0] - losses[coalitions.firstIndex(of: coalition)!] }
      #expect(exact[2] < 0 && exact.filter { $0 > 0 }.count >= 3)

      let many = try round.contributions(updates, on: .root, .permutations(400, isAntithetic: true))
      let spread = exact.map(abs).max()!
      #expect(zip(many.values, exact).allSatisfy { abs($0 - $1) < 0.15 * spread })
      #expect(many.evaluations <= 32)
      // What is shared out is what the whole is worth, for any number of orders.
      #expect(abs(many.values.reduce(0, +) - (losses[0] - losses[31])) < 1e-6)

      let left = try round.contributions(updates, on: .root, .leaveOneOut)
      for client in 0..<5 {
        let without = coalitions.firstIndex { $0 == (0..<5).map { $0 != client } }!
        #expect(abs(left.values[client] - (losses[without] - losses[31])) < 1e-9)
      }
      let along = try round.contributions(updates, on: .root, .aumann)
      #expect(along.evaluations == 1 && along.values[2] == along.values.min())
      #expect(abs(along.values.reduce(0, +) - (losses[0] - losses[31])) < 0.25 * abs(losses[0] - losses[31]))
    }
  }

  @Test func `the gradient at a vector is that of finite differences`() throws {
    try inRound { round, _ in
      let slope = try round.gradient(at: round.global, on: .root)
      var stream = round.stream("directions")
      for _ in 0..<4 {
        let direction = try Tensor.normal([round.global.count], &stream)
        let step = 1e-3
        let vectors = try UpdateMatrix(
          rows: [1.0, -1].map { try round.global.clone().addScaled_(direction, $0 * step) })
        let losses = try round.evaluate(vectors.tensor, on: .root).map(\.loss)
        let measured = (losses[0] - losses[1]) / (2 * step)
        #expect(abs(measured - (try slope.dot(direction).item())) < 0.02 * max(1, abs(measured)))
      }
    }
  }
}
