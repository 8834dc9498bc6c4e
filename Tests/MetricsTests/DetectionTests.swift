import Tensors
import Testing

@testable import Metrics

@Suite struct DetectionTests {
  @Test func ratesAreThoseCountedByHand() throws {
    // 3 of 10 clients are bad; two of them and two good ones are flagged.
    let rates = try DetectionRates(
      flagged: [true, true, false, false, false, false, false, true, true, false],
      positives: [false, false, false, false, false, false, false, true, true, true])
    #expect(rates.truePositives == 2 && rates.falsePositives == 2)
    #expect(rates.trueNegatives == 5 && rates.falseNegatives == 1)
    #expect(rates.precision == 0.5 && rates.recall == 2.0 / 3)
    #expect(rates.falsePositiveRate == 2.0 / 7 && rates.accuracy == 0.7)
    #expect(rates.f1 == 4.0 / 7)
  }

  @Test func ratesWithoutACaseAreNil() throws {
    let quiet = try DetectionRates(flagged: [false, false], positives: [false, false])
    #expect(quiet.precision == nil && quiet.recall == nil && quiet.f1 == nil && quiet.falsePositiveRate == 0)
    let all = try DetectionRates(flagged: [true], positives: [true])
    #expect(all.falsePositiveRate == nil && all.precision == 1)
  }

  @Test func mistakesAreNamed() {
    #expect(throws: MetricError.lengths(op: "detection", what: "flags", 1, other: "labels", 2)) {
      try DetectionRates(flagged: [true], positives: [true, false])
    }
    #expect(throws: MetricError.empty(op: "detection", what: "flags")) {
      try DetectionRates(flagged: [], positives: [])
    }
  }
}

@Suite struct ConfidenceIntervalTests {
  /// Expected numbers: the closed formula with tabled quantiles, computed outside this program.
  @Test(arguments: [
    (45, 64, 0.95, (0.5822979889645709, 0.8009484867446021)), (0, 10, 0.95, (0.0, 0.2775327998628892)),
    (9, 10, 0.99, (0.49276822876710646, 0.9881484965889671)),
  ])
  func wilsonAgreesWithTheFormula(successes: Int, trials: Int, confidence: Double, expected: (Double, Double)) throws {
    let interval = try ConfidenceInterval.wilson(successes: successes, trials: trials, confidence: confidence)
    #expect(abs(interval.lower - expected.0) < 1e-12 && abs(interval.upper - expected.1) < 1e-12)
  }

  @Test(arguments: [0.5, 0.9, 0.95, 0.999])
  func endsAreWhereTheShareLiesAtTheQuantile(confidence: Double) throws {
    // The definition: at an end q, the observed share is z standard errors of q away.
    let interval = try ConfidenceInterval.wilson(successes: 13, trials: 40, confidence: confidence)
    let z = ConfidenceInterval.normalQuantile(upperTail: (1 - confidence) / 2)
    for end in [interval.lower, interval.upper] {
      let error = (end * (1 - end) / 40).squareRoot()
      #expect(abs(abs(13.0 / 40 - end) / error - z) < 1e-9)
    }
  }

  @Test func promisedCoverageIsKept() throws {
    var stream = RandomStream(seed: 4, purpose: "coverage")
    let covered = try (0..<4000).reduce(0) { sum, _ in
      let successes = (0..<50).reduce(0) { count, _ in count + (stream.uniform() < 0.1 ? 1 : 0) }
      let interval = try ConfidenceInterval.wilson(successes: successes, trials: 50)
      return sum + (interval.lower <= 0.1 && 0.1 <= interval.upper ? 1 : 0)
    }
    // Exact coverage at n = 50 and p = 0.1 is 0.970; the textbook interval covers 0.879.
    #expect((0.955...0.985).contains(Double(covered) / 4000))
  }

  @Test func intervalsStayInsideZeroAndOne() throws {
    for trials in 1...30 {
      for successes in 0...trials {
        let interval = try ConfidenceInterval.wilson(successes: successes, trials: trials)
        let share = Double(successes) / Double(trials)
        #expect(0 <= interval.lower && interval.lower <= share && share <= interval.upper && interval.upper <= 1)
      }
    }
  }

  @Test func mistakesAreNamed() {
    #expect(throws: MetricError.self) { try ConfidenceInterval.wilson(successes: 0, trials: 0) }
    #expect(throws: MetricError.self) { try ConfidenceInterval.wilson(successes: 5, trials: 4) }
    #expect(throws: MetricError.self) { try ConfidenceInterval.wilson(successes: 1, trials: 4, confidence: 1) }
    #expect(throws: MetricError.self) { try ConfidenceInterval.wilson(successes: 1, trials: 4, confidence: .nan) }
  }
}
