/// How well scores tell positives from negatives, over all thresholds.
public enum ROC {
  /// Returns the area under the receiver operating characteristic.
  ///
  /// It is the chance that a random positive scores higher than a random negative; a tie counts one half. 1 is a
  /// perfect order, 0.5 is chance, 0 is a perfect order upside down.
  ///
  /// - Parameters:
  ///   - scores: Higher means more likely positive. Infinities are allowed, NaN is not.
  ///   - positives: Whether each is a positive; both kinds must occur.
  /// - Throws: ``MetricError``.
  /// - Complexity: O(*n* log *n*).
  /// - Source: Hanley and McNeil, Radiology 1982, by midranks (Mann-Whitney U).
  public static func area(scores: [Double], positives: [Bool]) throws -> Double {
    let op = "auroc"
    guard scores.count == positives.count else {
      throw MetricError.lengths(op: op, what: "scores", scores.count, other: "labels", positives.count)
    }
    if let bad = scores.firstIndex(where: \.isNaN) {
      throw MetricError.value(op: op, what: "score \(bad + 1)", got: "nan", allowed: "numbers are allowed")
    }
    let positiveCount = positives.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard positiveCount > 0 else { throw MetricError.empty(op: op, what: "positives") }
    guard positiveCount < scores.count else { throw MetricError.empty(op: op, what: "negatives") }
    let rankSum = doubledRankSum(scores, positives)
    // Whole numbers until the last step: ranks are doubled because a midrank may be a half.
    let wins = rankSum - positiveCount * (positiveCount + 1)
    return Double(wins) / Double(2 * positiveCount * (scores.count - positiveCount))
  }

  /// Returns twice the sum of the positives' ranks, equal scores sharing the mean of their ranks.
  private static func doubledRankSum(_ scores: [Double], _ positives: [Bool]) -> Int {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var sum = 0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && scores[order[end]] == scores[order[start]] { end += 1 }
      // Ranks start + 1 ... end have the mean (start + 1 + end) / 2.
      sum += order[start..<end].reduce(0) { $0 + (positives[$1] ? start + 1 + end : 0) }
      start = end
    }
    return sum
  }
}
