public import Federation
public import Tensors

/// "A little is enough": all Byzantine clients send the honest mean plus a few standard deviations, coordinate by
/// coordinate; far enough to do harm, near enough to pass for one of the honest.
///
/// Knows every honest update.
///
/// - Source: Baruch et al., NeurIPS 2019, <https://arxiv.org/abs/1902.06156>, algorithm 3.
/// - Deviation: the standard deviation divides by h - 1 for h honest updates, as ByzFL does.
public struct ALIE: UpdateAttack {
  public let name = "alie"
  /// Mean and deviations are those of the honest.
  public let knowledge = Knowledge.cohort
  /// Standard deviations to go; nil for the largest number that still leaves a majority on the attacker's side.
  public let deviations: Schedule?

  public init(deviations: Schedule? = nil) { self.deviations = deviations }

  public func replace(_ context: AttackContext) throws -> Tensor? {
    let honest = context.honest, byzantine = context.own.count
    let z: Double
    if let deviations {
      guard let scheduled = try deviations.value(in: context.round.number) else { return nil }
      z = scheduled
    } else {
      z = Self.largestDeviation(clients: honest.count + byzantine, byzantine: byzantine)
    }
    guard honest.count >= 2 else {
      throw AttackError.tooFewHonest(attack: name, got: honest.count, needed: 2)
    }
    let mean = try honest.weightedMean([Double](repeating: 1, count: honest.count), for: name)
    return try honest.deviations(for: name).mul_(z).add_(mean)
  }

  /// Standard deviations that a row may be away while enough honest rows lie farther out to make up a majority.
  ///
  /// - Source: the paper's step 2 to 4: s = ⌊n / 2 + 1⌋ - m, and the normal quantile of (n - m - s) / (n - m).
  static func largestDeviation(clients n: Int, byzantine m: Int) -> Double {
    let supporters = n / 2 + 1 - m
    let share = Double(n - m - supporters) / Double(n - m)
    return normalQuantile(min(max(share, 1e-9), 1 - 1e-9))
  }
}

/// The number below which a standard normal variate lies with probability `p`, `0 < p < 1`.
///
/// Found by bisection of the distribution function, itself summed as a series: no libm, so the same on every machine.
/// - Source: Marsaglia, JSS 2004, <https://doi.org/10.18637/jss.v011.i04>.
func normalQuantile(_ p: Double) -> Double {
  var low = -7.0, high = 7.0
  for _ in 0..<80 {
    let middle = (low + high) / 2
    if normalProbability(below: middle) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

private func normalProbability(below x: Double) -> Double {
  var term = x, sum = x, k = 1.0
  while abs(term) > 1e-17 * abs(sum), k < 400 {
    k += 2
    term *= x * x / k
    sum += term
  }
  let density = 0.398_942_280_401_432_7 * PortableMath.exp(-x * x / 2)
  return 0.5 + sum * density
}
