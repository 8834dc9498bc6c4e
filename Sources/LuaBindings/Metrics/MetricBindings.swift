import LuaRuntime
import Metrics

/// `fed.metrics`: how good a model or a detector is.
let metricBindings = BindingModule(
  "fed.metrics", "Measures of models and detectors.", classes: [confusionMatrixClass]
) { module in
  module.addClassificationMetrics()
  module.addDetectionMetrics()
}

private let labels = Parameter<WholeNumbers>("labels", "True classes, from 0.")
private let predictions = Parameter<WholeNumbers>("predictions", "Predicted classes, from 0.")

extension ModuleBuilder {
  fileprivate mutating func addClassificationMetrics() {
    function(
      "accuracy", "Returns the share of right predictions.", labels, predictions, returns: "From 0 to 1.",
      example: Example("print(fed.metrics.accuracy({ 0, 1, 2, 2 }, { 0, 1, 2, 1 }))", prints: "0.75")
    ) { (labels: WholeNumbers, predictions: WholeNumbers) in
      try ConfusionMatrix(labels: labels.values, predictions: predictions.values, op: "accuracy").accuracy
    }
    function(
      "balanced_accuracy", "Returns the mean over the classes of the share found: a rare class counts like any other.",
      labels, predictions, returns: "From 0 to 1.",
      example: Example("print(fed.metrics.balanced_accuracy({ 0, 0, 0, 1 }, { 0, 0, 0, 0 }))", prints: "0.5")
    ) { (labels: WholeNumbers, predictions: WholeNumbers) in
      try ConfusionMatrix(labels: labels.values, predictions: predictions.values, op: "balanced_accuracy")
        .balancedAccuracy
    }
    function(
      "macro_f1", "Returns the mean over the classes of the harmonic mean of precision and recall.", labels,
      predictions,
      returns: "From 0 to 1.",
      example: Example("print(fed.metrics.macro_f1({ 0, 0, 1, 1 }, { 0, 0, 1, 0 }))", prints: "0.73333333333333")
    ) { (labels: WholeNumbers, predictions: WholeNumbers) in
      try ConfusionMatrix(labels: labels.values, predictions: predictions.values, op: "macro_f1").macroF1
    }
    function(
      "confusion_matrix", "Counts how often each class was predicted as each other.", labels, predictions,
      Parameter("classes", "Number of classes; without it, as many as occur."), returns: "The counts.",
      example: Example(
        "print(fed.metrics.confusion_matrix({ 0, 0, 1 }, { 0, 1, 1 }))",
        prints: "label \\ prediction\n      0  1\n  0   1  1\n  1   0  1")
    ) { (labels: WholeNumbers, predictions: WholeNumbers, classes: Int?) in
      ConfusionTable(
        try ConfusionMatrix(labels: labels.values, predictions: predictions.values, classes: classes))
    }
  }

  fileprivate mutating func addDetectionMetrics() {
    function(
      "auroc", "Returns the chance that a positive scores higher than a negative; a tie counts one half.",
      Parameter("scores", "Higher means more suspicious."), Parameter("positives", "Whether each is a positive."),
      returns: "1 is perfect, 0.5 is chance.", source: "Hanley and McNeil, Radiology 1982",
      example: Example(
        "print(fed.metrics.auroc({ 0.1, 0.4, 0.4, 0.9 }, { false, false, true, true }))", prints: "0.875")
    ) { (scores: RealNumbers, positives: Flags) in
      try ROC.area(scores: scores.values, positives: positives.values)
    }
    function(
      "detection", "Counts how well flags match the truth.", Parameter("flagged", "Whether each was flagged."),
      Parameter("positives", "Whether each should have been."),
      returns: "Precision, recall, false_positive_rate, f1 and accuracy, nil where undefined, and the four counts.",
      example: Example(
        "local d = fed.metrics.detection({ true, true, false }, { true, false, false })\n"
          + "print(d.precision, d.recall, d.false_positive_rate)", prints: "0.5\t1.0\t0.5")
    ) { (flagged: Flags, positives: Flags) in
      let rates = try DetectionRates(flagged: flagged.values, positives: positives.values)
      return LuaRecord([
        ("precision", rates.precision), ("recall", rates.recall), ("false_positive_rate", rates.falsePositiveRate),
        ("f1", rates.f1), ("accuracy", rates.accuracy), ("true_positives", rates.truePositives),
        ("false_positives", rates.falsePositives), ("true_negatives", rates.trueNegatives),
        ("false_negatives", rates.falseNegatives),
      ])
    }
    function(
      "wilson_interval", "Returns the range that holds a true share with a stated confidence.",
      Parameter("successes", "How often it happened."), Parameter("trials", "How often it could have."),
      Parameter("confidence", "Between 0 and 1.", default: 0.95), returns: "The lower and the upper end.",
      source: "Wilson, JASA 1927, https://doi.org/10.2307/2276774",
      example: Example(
        "print(('%.4f to %.4f'):format(fed.metrics.wilson_interval(45, 64)))", prints: "0.5823 to 0.8009")
    ) { (successes: Int, trials: Int, confidence: Double) in
      let interval = try ConfidenceInterval.wilson(successes: successes, trials: trials, confidence: confidence)
      return Results(interval.lower, interval.upper)
    }
  }
}
