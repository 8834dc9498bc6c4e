import Tensors
import Testing

@testable import Metrics

@Suite struct ROCTests {
  /// The definition itself, pair by pair: the oracle of the rank formula.
  private func areaByPairs(_ scores: [Double], _ positives: [Bool]) -> Double {
    var wins = 0.0
    var pairs = 0.0
    for (i, isPositive) in positives.enumerated() where isPositive {
      for (j, other) in positives.enumerated() where !other {
        pairs += 1
        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    return wins / pairs
  }

  @Test func endsAreOneHalfAndZero() throws {
    #expect(try ROC.area(scores: [1, 2, 3, 4], positives: [false, false, true, true]) == 1)
    #expect(try ROC.area(scores: [4, 3, 2, 1], positives: [false, false, true, true]) == 0)
    #expect(try ROC.area(scores: [7, 7, 7], positives: [false, true, true]) == 0.5)
    #expect(try ROC.area(scores: [-.infinity, .infinity], positives: [false, true]) == 1)
  }

  @Test(arguments: 0..<40)
  func rankFormulaAgreesWithAllPairs(seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed), purpose: "auroc")
    let count = 2 + stream.integer(below: 60)
    // Few levels make many ties.
    let scores = (0..<count).map { _ in Double(stream.integer(below: 1 + seed)) }
    var positives = (0..<count).map { _ in stream.uniform() < 0.3 }
    positives[0] = true
    positives[1] = false
    #expect(abs(try ROC.area(scores: scores, positives: positives) - areaByPairs(scores, positives)) < 1e-15)
    let flipped = try ROC.area(scores: scores.map { -$0 }, positives: positives)
    #expect(abs(flipped + areaByPairs(scores, positives) - 1) < 1e-15)
  }

  @Test func mistakesAreNamed() {
    #expect(throws: MetricError.empty(op: "auroc", what: "positives")) {
      try ROC.area(scores: [1, 2], positives: [false, false])
    }
    #expect(throws: MetricError.empty(op: "auroc", what: "negatives")) {
      try ROC.area(scores: [1, 2], positives: [true, true])
    }
    #expect(throws: MetricError.value(op: "auroc", what: "score 2", got: "nan", allowed: "numbers are allowed")) {
      try ROC.area(scores: [1, .nan], positives: [true, false])
    }
    #expect(throws: MetricError.self) { try ROC.area(scores: [1], positives: []) }
  }
}
