import Tensors

/// A range that holds a true share with a stated confidence.
public struct ConfidenceInterval: Equatable, Sendable {
  public let lower: Double
  public let upper: Double

  /// Returns Wilson's score interval for a share of successes.
  ///
  /// It stays inside [0, 1] and keeps its promise for shares near the ends, where the textbook interval does not.
  ///
  /// - Parameters:
  ///   - successes: 0 to `trials`.
  ///   - trials: 1 or more.
  ///   - confidence: Between 0 and 1, usually 0.95.
  /// - Throws: ``MetricError/value(op:what:got:allowed:)``.
  /// - Source: Wilson, JASA 1927, <https://doi.org/10.2307/2276774>; Brown, Cai, DasGupta, Statistical Science 2001.
  public static func wilson(successes: Int, trials: Int, confidence: Double = 0.95) throws -> ConfidenceInterval {
    let op = "wilson_interval"
    guard trials >= 1 else {
      throw MetricError.value(op: op, what: "trials", got: "\(trials)", allowed: "1 or more is allowed")
    }
    guard (0...trials).contains(successes) else {
      throw MetricError.value(op: op, what: "successes", got: "\(successes)", allowed: "0 to \(trials) is allowed")
    }
    guard confidence > 0, confidence < 1 else {
      throw MetricError.value(
        op: op, what: "confidence", got: "\(confidence)", allowed: "a number between 0 and 1 is allowed")
    }
    let n = Double(trials)
    let p = Double(successes) / n
    let z = normalQuantile(upperTail: (1 - confidence) / 2)
    let center = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // The ends are exact where all or none succeed; rounding must not leave [0, 1].
    return ConfidenceInterval(
      lower: successes == 0 ? 0 : max(0, (center - spread) / scale),
      upper: successes == trials ? 1 : min(1, (center + spread) / scale))
  }

  /// Returns the number that a standard normal variate exceeds with a probability of at most one half.
  static func normalQuantile(upperTail probability: Double) -> Double {
    var low = 0.0
    var high = 40.0
    // Halving 60 times leaves less than the spacing of doubles at any answer.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if normalTail(middle) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Returns the probability that a standard normal variate exceeds a number of at least 0.
  ///
  /// - Source: Abramowitz and Stegun, 26.2.11 (series) and 26.2.14 (continued fraction).
  private static func normalTail(_ x: Double) -> Double {
    let density = PortableMath.exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    guard x < 4 else {
      var fraction = x
      for k in stride(from: 60.0, through: 1.0, by: -1.0) { fraction = x + k / fraction }
      return density / fraction
    }
    var term = x
    var sum = 0.0
    for k in 1...80 {
      sum += term
      term *= x * x / Double(2 * k + 1)
    }
    return 0.5 - density * sum
  }
}
