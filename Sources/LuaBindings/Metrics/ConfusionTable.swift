import LuaRuntime
import Metrics

/// A confusion matrix that scripts hold.
final class ConfusionTable: LuaObject, Sendable {
  static let luaClass = LuaClass("ConfusionMatrix")

  let matrix: ConfusionMatrix

  init(_ matrix: ConfusionMatrix) { self.matrix = matrix }

  var luaByteCount: Int { 8 * matrix.counts.count }
}

let confusionMatrixClass = ClassBindings(
  ConfusionTable.self, "How often each class was predicted as each other."
) { type in
  type.property("classes", "Number of classes.", get: { (table: ConfusionTable) in table.matrix.classes })
  type.property("total", "Number of samples.", get: { (table: ConfusionTable) in table.matrix.total })
  type.property("accuracy", "Share of right predictions.", get: { (table: ConfusionTable) in table.matrix.accuracy })
  type.property(
    "balanced_accuracy", "Mean recall over the classes that have samples.",
    get: { (table: ConfusionTable) in table.matrix.balancedAccuracy })
  type.property(
    "macro_f1", "Mean F1 over the classes that are present or predicted.",
    get: { (table: ConfusionTable) in table.matrix.macroF1 })
  type.property(
    "counts", "A row for each label with a count for each prediction; both from class 0 on.",
    get: { (table: ConfusionTable) in table.rows })
  type.method(
    "count", "Returns how many samples of a class were predicted as another.", Parameter("label", "Class, from 0."),
    Parameter("prediction", "Class, from 0."), returns: "The count.",
    example: Example("print(fed.metrics.confusion_matrix({ 0, 0, 1 }, { 0, 1, 1 }):count(0, 1))", prints: "1")
  ) { (table: ConfusionTable, label: Int, prediction: Int) in
    let classes = 0..<table.matrix.classes
    guard classes.contains(label), classes.contains(prediction) else {
      let value = classes.contains(label) ? prediction : label
      throw LuaFailure("class \(value) does not exist; 0 to \(classes.count - 1) is allowed")
    }
    return table.matrix[label, prediction]
  }
  type.method(
    "per_class", "Returns the rates of each class.",
    returns: "A record for each class from 0 on: support, recall, precision, f1; a rate that is undefined is nil.",
    example: Example(
      "local rates = fed.metrics.confusion_matrix({ 0, 0, 1 }, { 0, 1, 1 }):per_class()\n"
        + "print(rates[1].recall, rates[2].precision)", prints: "0.5\t0.5")
  ) { (table: ConfusionTable) in
    let matrix = table.matrix
    return (0..<matrix.classes).map { label in
      LuaRecord([
        ("support", matrix.support[label]), ("recall", matrix.recall[label]), ("precision", matrix.precision[label]),
        ("f1", matrix.f1[label]),
      ])
    }
  }
  type.description { (table: ConfusionTable) in table.text }
}

extension ConfusionTable {
  fileprivate var rows: [[Int]] {
    (0..<matrix.classes).map { label in (0..<matrix.classes).map { matrix[label, $0] } }
  }

  /// The counts, labels downwards and predictions across.
  fileprivate var text: String {
    let width = max(2, matrix.counts.map { String($0).count }.max() ?? 1, String(matrix.classes - 1).count) + 1
    func cell(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let head = "    " + (0..<matrix.classes).map { cell($0, width) }.joined()
    let lines = rows.enumerated().map { label, counts in
      cell(label, 3) + " " + counts.map { cell($0, width) }.joined()
    }
    return (["label \\ prediction", head] + lines).joined(separator: "\n")
  }
}
