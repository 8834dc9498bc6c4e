import Datasets
import Networks
import Testing

@testable import Federation
@testable import Tensors

/// Options that count iterations, at the largest number there is: what settles ends, and all else can be stopped.
///
/// Serialized: one thread at a time can ask for its own loops to stop.
@Suite(.serialized) struct EndlessIterationTests {
  private func interrupted(_ body: () throws -> Void) {
    Interrupt.requestOnThisThread()
    defer { Interrupt.clear() }
    #expect(throws: Interrupted.self) { try body() }
  }

  @Test(arguments: [nil, 0.5, 1e-9, 1e9]) func `clipping steps end where the point has settled`(radius: Double?) throws
  {
    let updates = try matrix(honestRows(7, 20) + [[Float](repeating: 900, count: 20)])
    if radius == 1e-9 {
      // Each step goes a billionth of the way, so there is no end to wait for.
      return interrupted {
        _ = try CenteredClipping(radius: radius, iterations: .max).aggregate(updates, weights: nil, round: nil)
      }
    }
    let endless = try CenteredClipping(radius: radius, iterations: .max).aggregate(updates, weights: nil, round: nil)
    let long = try CenteredClipping(radius: radius, iterations: 3000).aggregate(updates, weights: nil, round: nil)
    #expect(endless.floats == long.floats)
    let short = try CenteredClipping(radius: radius, iterations: 2).aggregate(updates, weights: nil, round: nil)
    if radius != 1e9 { #expect(short.floats != endless.floats) }
  }

  @Test func `rows that are equal settle at once`() throws {
    let updates = try matrix([[1, 2], [1, 2], [1, 2]])
    let found = try CenteredClipping(iterations: .max).aggregate(updates, weights: nil, round: nil)
    #expect(found.floats == [1, 2])
  }

  @Test func `a geometric median without tolerance can be stopped`() throws {
    let updates = try matrix(honestRows(5, 8))
    interrupted {
      _ = try GeometricMedian(iterations: .max, tolerance: 0).aggregate(updates, weights: nil, round: nil)
    }
  }

  @Test func `passes over a single sample end where no step follows`() throws {
    var options = try SmallRun(clientCount: 4, rounds: 1, hasBatchNorm: true).options()
    options.clients = try options.clients.map { Client(id: $0.id, data: try $0.data.take(1)) }
    options.localTraining.epochs = .max
    #expect(try Simulation(options).nextRound()?.clients.count == 4)
  }

  @Test func `orders of more clients than memory holds are refused, and fewer can be stopped`() throws {
    try inRound(SmallRun(rounds: 1, hasRoot: true)) { _, round, updates in
      #expect(throws: FederationError.self) {
        _ = try round.contributions(updates, on: .root, .permutations(.max, isAntithetic: false))
      }
      let game = CoalitionGame(count: 3) { $0.map { _ in 0 } }
      interrupted { _ = try game.values(over: [[0, 1, 2], [2, 1, 0]]) }
    }
  }

  @Test func `a client's steps and a measurement can be stopped`() throws {
    var options = try SmallRun(rounds: 1).options()
    options.localTraining.epochs = .max
    interrupted { _ = try Simulation(options).nextRound() }
  }
}
