public import LuaRuntime
public import Tensors

extension LossReduction: LuaReadable, CustomStringConvertible {
  public static var luaType: String { "string" }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> LossReduction {
    let name = try frame.string(index)
    guard let reduction = LossReduction(rawValue: name) else {
      throw LuaFailure("reduction \"\(name)\" does not exist; it must be one of \"mean\", \"sum\", \"none\"")
    }
    return reduction
  }

  public var description: String { "\"\(rawValue)\"" }
}

/// How labels count in a cross-entropy.
private struct CrossEntropyOptions: LuaOptions {
  var labelSmoothing = 0.0
  var reduction = LossReduction.mean

  static let fields = Fields<CrossEntropyOptions> { field in
    field.option("label_smoothing", \.labelSmoothing, "Share of the target spread over all classes, from 0 below 1.")
    field.option("reduction", \.reduction, "mean, sum or none, over the samples.")
  }
}

extension ClassBuilder where Object == Tensor {
  mutating func addTensorLosses() {
    method(
      "cross_entropy", "Returns the cross-entropy of class scores, in nats.",
      Parameter("labels", "A label from 0 for each row, or a tensor of probabilities, one row a sample."),
      Parameter("options", "How labels and samples count."), returns: "A tensor without axes; a vector for none.",
      example: Example("print(fed.zeros(2, 4):cross_entropy { 0, 3 })", prints: "Tensor(1.3863)")
    ) { (x: Tensor, labels: LabelsArgument, options: CrossEntropyOptions) in
      guard labels.tensor.elementType.isFloat else {
        return try x.crossEntropy(
          labels: labels.tensor, labelSmoothing: options.labelSmoothing, reduction: options.reduction)
      }
      guard options.labelSmoothing == 0 else {
        throw LuaFailure("label_smoothing is for labels, not for probabilities")
      }
      return try x.crossEntropy(probabilities: labels.tensor, reduction: options.reduction)
    }
    addPairLoss(
      "mse", "Returns the mean squared error.", "What is aimed at, of the same shape.",
      Example("print(fed.tensor { 1, 2 }:mse(fed.tensor { 1, 4 }))", prints: "Tensor(2)")
    ) { try $0.mse($1, reduction: $2) }
    addPairLoss(
      "kl_divergence", "Returns how far a distribution lies from this one, given as log-probabilities, in nats.",
      "Probabilities, classes along the last axis.",
      Example(
        "print(fed.tensor { {0, 0} }:log_softmax():kl_divergence(fed.tensor { {1, 0} }))", prints: "Tensor(0.6931)")
    ) { try $0.klDivergence($1, reduction: $2) }
    addPairLoss(
      "binary_cross_entropy_with_logits", "Returns the binary cross-entropy of logits, in nats.",
      "Probabilities of the positive class; no gradient flows to them.",
      Example("print(fed.zeros(3):binary_cross_entropy_with_logits(fed.ones(3)))", prints: "Tensor(0.6931)")
    ) { try $0.binaryCrossEntropyWithLogits($1, reduction: $2) }
  }

  private mutating func addPairLoss(
    _ name: String, _ sentence: String, _ target: String, _ example: Example,
    _ loss: @escaping @Sendable (Tensor, Tensor, LossReduction) throws -> Tensor
  ) {
    method(
      name, sentence, Parameter("target", target),
      Parameter("reduction", "mean, sum or none.", default: LossReduction.mean),
      returns: "A tensor without axes; for none, one number a sample or element.", example: example
    ) { (x: Tensor, target: Tensor, reduction: LossReduction) in try loss(x, target, reduction) }
  }
}
