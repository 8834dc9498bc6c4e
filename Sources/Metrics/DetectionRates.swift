/// How well flags match what should have been flagged.
public struct DetectionRates: Equatable, Sendable {
  public let truePositives: Int
  public let falsePositives: Int
  public let trueNegatives: Int
  public let falseNegatives: Int

  /// Counts flags against the truth.
  ///
  /// - Parameters:
  ///   - flagged: Whether each item was flagged.
  ///   - positives: Whether each item should have been.
  /// - Throws: ``MetricError`` where the lists differ in length or are empty.
  public init(flagged: [Bool], positives: [Bool]) throws {
    guard flagged.count == positives.count else {
      throw MetricError.lengths(op: "detection", what: "flags", flagged.count, other: "labels", positives.count)
    }
    guard !flagged.isEmpty else { throw MetricError.empty(op: "detection", what: "flags") }
    func number(_ flag: Bool, _ positive: Bool) -> Int {
      zip(flagged, positives).reduce(0) { $0 + ($1.0 == flag && $1.1 == positive ? 1 : 0) }
    }
    truePositives = number(true, true)
    falsePositives = number(true, false)
    trueNegatives = number(false, false)
    falseNegatives = number(false, true)
  }

  /// Share of the flags that are right; nil where nothing was flagged.
  public var precision: Double? { Self.ratio(truePositives, truePositives + falsePositives) }
  /// Share of the positives that were flagged; nil where there are none.
  public var recall: Double? { Self.ratio(truePositives, truePositives + falseNegatives) }
  /// Share of the negatives that were flagged; nil where there are none.
  public var falsePositiveRate: Double? { Self.ratio(falsePositives, falsePositives + trueNegatives) }
  /// Harmonic mean of precision and recall; nil where nothing was flagged and nothing should have been.
  public var f1: Double? { Self.ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }
  /// Share of the items that were treated rightly.
  public var accuracy: Double {
    Double(truePositives + trueNegatives)
      / Double(truePositives + trueNegatives + falsePositives + falseNegatives)
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
