import Tensors
import TestSupport
import Testing

@testable import Federation

@Suite(.onBothExecutors) struct ServerOptimizerTests {
  private static func optimizers() throws -> [any ServerOptimizer] {
    var all: [any ServerOptimizer] = [try ServerSGD(learningRate: 0.7, momentum: 0.9)]
    for variant in AdaptiveServerOptimizer.Variant.allCases {
      all.append(try AdaptiveServerOptimizer(variant, learningRate: 0.05, beta1: 0.8, beta2: 0.95, tau: 0.01))
    }
    return all
  }

  /// Algorithm 2 of Reddi et al. and momentum, for one number.
  private func reference(_ name: String, _ decisions: [Double]) -> [Double] {
    var m = 0.0, v = name == "sgd" ? 0 : 1e-4
    return decisions.map { d in
      switch name {
      case "sgd":
        v = 0.9 * v + d
        return 0.7 * v
      case "adagrad": v += d * d
      case "adam": v = 0.95 * v + 0.05 * d * d
      default: v -= 0.05 * d * d * (v > d * d ? 1 : v < d * d ? -1 : 0)
      }
      m = 0.8 * m + 0.2 * d
      return 0.05 * m / (v.squareRoot() + 0.01)
    }
  }

  @Test func `each step is that of its definition`() throws {
    let decisions = [0.3, -0.5, 0.02, 0.0, 0.4]
    for optimizer in try Self.optimizers() {
      var memory: [ExchangeKey: Tensor] = [:]
      let expected = [1.0, -2.5].map { scale in reference(optimizer.name, decisions.map { $0 * scale }) }
      for (round, decision) in decisions.enumerated() {
        let update = Tensor([Float(decision), Float(-2.5 * decision)])
        let (added, next) = try optimizer.step(update, memory)
        #expect(areClose(added.floats, expected.map { Float($0[round]) }, 1e-5), "\(optimizer.name) \(round)")
        #expect(update.floats == [Float(decision), Float(-2.5 * decision)])
        memory = next
      }
    }
  }

  @Test func `the server moves parameters by the optimizer and statistics by the decision`() throws {
    var small = SmallRun(rounds: 1, hasBatchNorm: true)
    small.serverOptimizer = try ServerSGD(learningRate: 0.5)
    let run = try small.simulation(), before = run.globalVector.floats
    run.defense = Defense(
      name: "constant",
      rule: .rows(aggregate: { _, updates, _ in Decision(update: try Tensor.full([updates.dimension], 0.25)) }))
    let record = try #require(try run.nextRound())
    let trainable = run.model.parameterCount
    let moved = zip(run.globalVector.floats, before).map { $0 - $1 }
    #expect(moved[..<trainable].allSatisfy { abs($0 - 0.125) < 1e-6 })
    #expect(moved[trainable...].allSatisfy { abs($0 - 0.25) < 1e-6 })
    // The next round's rule is told its own decision, the record what was added.
    #expect(run.state.previousUpdate?.floats == [Float](repeating: 0.25, count: run.dimension))
    #expect(record.updateNorm < 0.25 * Double(run.dimension).squareRoot())
  }

  @Test func `each goes on after a checkpoint with the same bits, and differs from plain addition`() throws {
    let plain = try SmallRun(rounds: 4).simulation().finishRounds()
    for optimizer in try Self.optimizers() {
      let folder = try Scratch(), path = folder.path("run.safetensors")
      let small = SmallRun(rounds: 4, serverOptimizer: optimizer)
      let whole = try small.simulation().finishRounds()
      #expect(whole != plain)
      var parts = try small.simulation()
      while try parts.nextRound() != nil {
        try parts.save(to: path)
        parts = try small.simulation()
        try parts.load(from: path)
      }
      #expect(parts.digest == whole, "\(optimizer.name)")
    }
  }

  @Test func `a step that leaves the numbers is an error and changes nothing`() throws {
    let run = try SmallRun(serverOptimizer: try ServerSGD(learningRate: 1e39)).simulation(), before = run.digest
    #expect(throws: FederationError.self) { try run.nextRound() }
    #expect(run.digest == before && run.completedRounds == 0)
  }

  @Test func `options out of range are refused`() {
    #expect(throws: FederationError.self) { try ServerSGD(learningRate: -1) }
    #expect(throws: FederationError.self) { try ServerSGD(momentum: 1) }
    #expect(throws: FederationError.self) { try AdaptiveServerOptimizer(.adam, tau: 0) }
    #expect(throws: FederationError.self) { try AdaptiveServerOptimizer(.yogi, beta2: 1) }
  }
}
