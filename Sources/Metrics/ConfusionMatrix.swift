/// How often each class was predicted as each other, and the rates that follow from it.
public struct ConfusionMatrix: Equatable, Sendable {
  public let classes: Int
  /// Counts, row-major: `counts[label * classes + prediction]`.
  public private(set) var counts: [Int]

  /// Counts predictions against labels.
  ///
  /// - Parameters:
  ///   - labels: True class of each sample, from 0.
  ///   - predictions: Predicted class of each sample, from 0.
  ///   - classes: Number of classes; nil takes the largest number that occurs.
  ///   - op: Name for messages.
  /// - Throws: ``MetricError`` where the lists differ in length, are empty, or leave the classes.
  public init(labels: [Int], predictions: [Int], classes: Int? = nil, op: String = "confusion_matrix") throws {
    guard labels.count == predictions.count else {
      throw MetricError.lengths(op: op, what: "labels", labels.count, other: "predictions", predictions.count)
    }
    guard let largest = (labels + predictions).max() else { throw MetricError.empty(op: op, what: "labels") }
    let classes = classes ?? max(1, largest == .max ? largest : largest + 1)
    guard (1...10_000).contains(classes) else {
      throw MetricError.value(op: op, what: "classes", got: "\(classes)", allowed: "1 to 10000 is allowed")
    }
    try Self.check(labels, "label", classes, op)
    try Self.check(predictions, "prediction", classes, op)
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(labels, predictions) { counts[label * classes + prediction] += 1 }
  }

  private static func check(_ values: [Int], _ what: String, _ classes: Int, _ op: String) throws {
    if let position = values.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw MetricError.label(op: op, what: what, got: values[position], position: position, classes: classes)
    }
  }

  /// Number of samples of a class that were predicted as another.
  public subscript(label: Int, prediction: Int) -> Int { counts[label * classes + prediction] }

  /// Number of samples.
  public var total: Int { counts.reduce(0, +) }

  /// Number of samples of each class.
  public var support: [Int] { (0..<classes).map { label in (0..<classes).reduce(0) { $0 + self[label, $1] } } }

  /// Number of predictions of each class.
  public var predicted: [Int] { (0..<classes).map { guess in (0..<classes).reduce(0) { $0 + self[$1, guess] } } }

  /// Number of right predictions.
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

  /// Share of right predictions.
  public var accuracy: Double { Double(correct) / Double(total) }

  /// Share of each class's samples that were found; nil for a class without samples.
  public var recall: [Double?] {
    support.enumerated().map { $1 == 0 ? nil : Double(self[$0, $0]) / Double($1) }
  }

  /// Share of each class's predictions that were right; nil for a class that was never predicted.
  public var precision: [Double?] {
    predicted.enumerated().map { $1 == 0 ? nil : Double(self[$0, $0]) / Double($1) }
  }

  /// Mean recall over the classes that have samples: a class counts the same however rare it is.
  public var balancedAccuracy: Double {
    let rates = recall.compactMap { $0 }
    return rates.reduce(0, +) / Double(rates.count)
  }

  /// Harmonic mean of precision and recall for each class; nil for one neither present nor predicted.
  public var f1: [Double?] {
    zip(support, predicted).enumerated().map { label, sums in
      let both = sums.0 + sums.1
      return both == 0 ? nil : 2 * Double(self[label, label]) / Double(both)
    }
  }

  /// Mean of ``f1`` over the classes that are present or predicted.
  public var macroF1: Double {
    let values = f1.compactMap { $0 }
    return values.reduce(0, +) / Double(values.count)
  }
}
