import Foundation
import Tensors
import Testing

@testable import Federation

/// Runs one round of a small run, in which a rule that averages calls `body`.
func inRound(_ small: SmallRun, _ body: @escaping (Simulation, Round, UpdateMatrix) throws -> Void) throws {
  let run = try small.simulation()
  run.defense = Defense(
    name: "witness",
    rule: .rows(aggregate: { [unowned run] round, updates, _ in
      try body(run, round, updates)
      return Decision(update: try updates.weightedMean(updates.sampleCounts.map(Double.init)))
    }))
  #expect(try run.nextRound() != nil)
}

func exponential(_ x: Double) -> Double { exp(x) }
