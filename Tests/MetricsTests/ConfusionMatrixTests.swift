import Testing

@testable import Metrics

@Suite struct ConfusionMatrixTests {
  /// Three classes, ten samples, counted by hand: class 2 is rare and never found.
  private func example() throws -> ConfusionMatrix {
    try ConfusionMatrix(
      labels: [0, 0, 0, 0, 0, 1, 1, 1, 2, 2], predictions: [0, 0, 0, 1, 1, 1, 1, 0, 1, 0], classes: 3)
  }

  @Test func countsLabelsInRowsAndPredictionsInColumns() throws {
    let matrix = try example()
    #expect(matrix.counts == [3, 2, 0, 1, 2, 0, 1, 1, 0])
    #expect(matrix[1, 0] == 1 && matrix[0, 1] == 2)
    #expect(matrix.support == [5, 3, 2] && matrix.predicted == [5, 5, 0])
    #expect(matrix.total == 10 && matrix.correct == 5)
  }

  @Test func ratesAreThoseCountedByHand() throws {
    let matrix = try example()
    #expect(matrix.accuracy == 0.5)
    #expect(matrix.recall == [3.0 / 5, 2.0 / 3, 0])
    #expect(matrix.precision == [3.0 / 5, 2.0 / 5, nil])
    #expect(abs(matrix.balancedAccuracy - (0.6 + 2.0 / 3) / 3) < 1e-15)
    // F1: 2 * 0.6 * 0.6 / 1.2, 2 * (2/3) * 0.4 / (2/3 + 0.4), and 0.
    #expect(matrix.f1.map { $0! }.elementsEqual([0.6, 0.5, 0]) { abs($0 - $1) < 1e-15 })
    #expect(abs(matrix.macroF1 - 1.1 / 3) < 1e-15)
  }

  @Test func alwaysGuessingTheCommonClassIsChanceWhenBalanced() throws {
    let matrix = try ConfusionMatrix(
      labels: [Int](repeating: 0, count: 90) + [Int](repeating: 1, count: 10),
      predictions: [Int](repeating: 0, count: 100))
    #expect(matrix.classes == 2)
    #expect(matrix.accuracy == 0.9 && matrix.balancedAccuracy == 0.5)
  }

  @Test func classesWithoutSamplesDoNotCount() throws {
    let matrix = try ConfusionMatrix(labels: [0, 3], predictions: [0, 3], classes: 10)
    #expect(matrix.balancedAccuracy == 1 && matrix.macroF1 == 1)
    #expect(matrix.recall[1] == nil && matrix.f1[9] == nil)
  }

  @Test func mistakesAreNamed() {
    #expect(throws: MetricError.lengths(op: "confusion_matrix", what: "labels", 2, other: "predictions", 1)) {
      try ConfusionMatrix(labels: [0, 1], predictions: [0])
    }
    #expect(throws: MetricError.empty(op: "confusion_matrix", what: "labels")) {
      try ConfusionMatrix(labels: [], predictions: [])
    }
    #expect(
      throws: MetricError.label(op: "confusion_matrix", what: "prediction", got: 5, position: 1, classes: 3)
    ) {
      try ConfusionMatrix(labels: [0, 1], predictions: [0, 5], classes: 3)
    }
    #expect(throws: MetricError.self) { try ConfusionMatrix(labels: [-1], predictions: [0]) }
    #expect(throws: MetricError.self) { try ConfusionMatrix(labels: [1 << 40], predictions: [0]) }
    #expect(
      MetricError.label(op: "confusion_matrix", what: "label", got: -1, position: 0, classes: 2).description
        == "confusion_matrix: label -1 at position 1 is outside the classes; 0 to 1 is allowed")
  }
}
