import Networks
import Tensors
import Testing

@testable import Federation

/// Each algorithm against a few lines of its own in float64, on a linear model trained by whole batches.
@Suite(.onBothExecutors) struct LocalAlgorithmTests {
  private let clients = LogisticClients([10, 30, 20])
  private let rate = 0.2, epochs = 3

  /// Runs rounds and compares the global model after each with `next`, the reference's round.
  private func expect(
    _ options: SimulationOptions, tolerance: Float = 2e-5, is next: ([Double]) -> [Double]
  ) throws {
    let run = try SmallRun.simulate(options)
    var w = run.globalVector.values
    while try run.nextRound() != nil {
      w = next(w)
      #expect(areClose(run.globalVector.floats, w.map(Float.init), tolerance))
    }
  }

  /// Descends with a gradient that `correct` changes; returns where it ends.
  private func descend(
    _ client: Int, from start: [Double], steps: Int = 3,
    _ correct: ([Double], _ at: [Double]) -> [Double] = { g, _ in g }
  ) -> [Double] {
    var w = start
    for _ in 0..<steps { w = plus(w, correct(clients.gradient(client, w), w), -rate) }
    return w
  }

  @Test func `FedProx pulls to the global model`() throws {
    try expect(clients.options(FedProx(weight: 0.7))) { global in
      let ends = (0..<3).map { client in
        descend(client, from: global) { g, w in plus(g, plus(w, global, -1), 0.7) }
      }
      return mean(ends, clients.shares)
    }
  }

  @Test func `SCAFFOLD takes off what a client's gradients differ`() throws {
    var server = [Double](repeating: 0, count: LogisticClients.parameterCount), own = [server, server, server]
    try expect(clients.options(Scaffold(), rounds: 4)) { global in
      var ends: [[Double]] = [], changes: [[Double]] = []
      for client in 0..<3 {
        let end = descend(client, from: global) { g, _ in plus(plus(g, own[client], -1), server) }
        let next = plus(plus(own[client], server, -1), plus(global, end, -1), 1 / (3 * rate))
        changes.append(plus(next, own[client], -1))
        own[client] = next
        ends.append(end)
      }
      server = plus(server, mean(changes, [1, 1, 1]), 1.0 / 3)
      return mean(ends, clients.shares)
    }
  }

  @Test func `SCAFFOLD with clients left out moves the server's variate by their part`() throws {
    var options = try clients.options(Scaffold(), rounds: 2)
    options.clientsPerRound = 1
    let run = try SmallRun.simulate(options)
    let before = run.globalVector.values
    let client = try #require(try run.nextRound()).cohort[0] - 1
    let end = descend(client, from: before)
    let control = plus(before, end, -1).map { $0 / (3 * rate) / 3 }
    let kept = try #require(run.state.memory.tensors["scaffold.control"])
    #expect(areClose(kept.floats, control.map(Float.init), 2e-5))
  }

  @Test(arguments: [0, 0.5]) func `FedNova divides each way by the work done`(momentum: Double) throws {
    var options = try clients.options(FedNova(), momentum: momentum)
    // Two batches for the clients of 30 and 20 samples make their work differ from that of the first.
    options.localTraining.batchSize = 16
    options.localTraining.epochs = 2
    let steps = [2, 4, 4]
    func work(_ steps: Int) -> Double {
      (0..<steps).reduce(0.0) { sum, k in sum + (0...k).reduce(0.0) { s, j in s + power(momentum, j) } }
    }
    let run = try SmallRun.simulate(options), before = run.globalVector.values
    _ = try run.nextRound()
    // What the server got are ways divided by τ; its step is their mean times the mean τ.
    let taus = steps.map(work), tau = zip(taus, clients.shares).reduce(0.0) { $0 + $1.0 * $1.1 }
    let sent = try updates(options)
    let expected = plus(before, mean(sent, clients.shares), tau)
    #expect(areClose(run.globalVector.floats, expected.map(Float.init), 2e-5))
    // And a way is that of plain training over τ.
    options.localTraining.algorithm = FedAvg()
    let whole = try updates(options)
    for client in 0..<3 {
      #expect(areClose(sent[client].map(Float.init), whole[client].map { Float($0 / taus[client]) }, 2e-5))
    }
  }

  /// What the clients send in the first round.
  private func updates(_ options: SimulationOptions) throws -> [[Double]] {
    let run = try SmallRun.simulate(options)
    var sent: [[Double]] = []
    run.defense = Defense(
      name: "witness",
      rule: .rows(aggregate: { _, updates, _ in
        sent = try (0..<updates.count).map { try updates.row($0).values }
        return Decision(update: try .zeros([updates.dimension]))
      }))
    _ = try run.nextRound()
    return sent
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { p, _ in p * base } }

  @Test func `FedDyn keeps a linear term of each client and one of the server`() throws {
    let alpha = 0.5, zero = [Double](repeating: 0, count: LogisticClients.parameterCount)
    var own = [zero, zero, zero], h = zero
    try expect(clients.options(FedDyn(weight: alpha), rounds: 4), tolerance: 5e-5) { global in
      let ends = (0..<3).map { client in
        descend(client, from: global) { g, w in plus(plus(g, own[client], -1), plus(w, global, -1), alpha) }
      }
      for client in 0..<3 { own[client] = plus(own[client], plus(ends[client], global, -1), -alpha) }
      let update = plus(mean(ends, clients.shares), global, -1)
      h = plus(h, update, -alpha)
      return plus(plus(global, update), h, -1 / alpha)
    }
  }

  @Test func `Ditto trains the global model as FedAvg does, and each client's own towards it`() throws {
    let run = try SmallRun.simulate(clients.options(Ditto(weight: 0.4), rounds: 3))
    var global = run.globalVector.values, own: [[Double]?] = [nil, nil, nil]
    while try run.nextRound() != nil {
      let received = global
      for client in 0..<3 {
        own[client] = descend(client, from: own[client] ?? received) { g, v in
          plus(g, plus(v, received, -1), 0.4)
        }
      }
      global = mean((0..<3).map { descend($0, from: received) }, clients.shares)
      #expect(areClose(run.globalVector.floats, global.map(Float.init), 2e-5))
      for client in 0..<3 {
        #expect(areClose(try run.clientModel(client + 1).vector().floats, own[client]!.map(Float.init), 5e-5))
      }
    }
  }

  @Test(arguments: [false, true]) func `APFL mixes a client's own model with the global one`(adapts: Bool) throws {
    let run = try SmallRun.simulate(clients.options(APFL(share: 0.3, adapts: adapts), rounds: 3))
    var global = run.globalVector.values
    var own: [[Double]?] = [nil, nil, nil], alpha = [0.3, 0.3, 0.3]
    while try run.nextRound() != nil {
      var ends: [[Double]] = []
      for client in 0..<3 {
        var w = global, v = own[client] ?? global
        for step in 0..<epochs {
          let a = alpha[client]
          let mixed = plus(v.map { a * $0 }, w, 1 - a), slope = clients.gradient(client, mixed)
          if adapts, step == 0 {
            let along = zip(slope, plus(v, w, -1)).reduce(0.0) { $0 + $1.0 * $1.1 }
            alpha[client] = min(1, max(0, a - rate * along))
          }
          v = plus(v, slope, -rate * a)
          w = plus(w, clients.gradient(client, w), -rate)
        }
        own[client] = v
        ends.append(w)
      }
      global = mean(ends, clients.shares)
      for client in 0..<3 {
        let mixed = plus(own[client]!.map { alpha[client] * $0 }, global, 1 - alpha[client])
        #expect(areClose(try run.clientModel(client + 1).vector().floats, mixed.map(Float.init), 5e-5))
      }
    }
  }

  @Test func `algorithms whose arithmetic is that of gradient descent refuse other optimizers`() throws {
    for algorithm in [Scaffold(), FedNova()] as [any LocalAlgorithm] {
      #expect(throws: FederationError.self) { try LocalTraining(optimizer: Adam(), algorithm: algorithm) }
    }
  }
}
