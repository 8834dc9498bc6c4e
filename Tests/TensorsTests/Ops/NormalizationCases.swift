import TestSupport
import Tensors

/// Cases of normalizations, softmax, losses, lookups and attention.
extension OperationCase {
  static let normalizations: [OperationCase] = [
    OperationCase("batch_norm", [[6, 3], [3], [3]]) { try $0[0].batchNorm(weight: $0[1], bias: $0[2]).output },
    OperationCase("batch_norm", [[3, 2, 4, 5], [2], [2]], terms: 60) {
      try $0[0].batchNorm(weight: $0[1], bias: $0[2]).output
    },
    OperationCase("batch_norm plain", [[2, 17, 3, 3]], terms: 18) {
      try $0[0].batchNorm(weight: nil, bias: nil).output
    },
    OperationCase("batch_norm given", [[3, 2, 2, 3], [2], [2]]) {
      let type = $0[0].elementType
      return try $0[0].batchNorm(
        mean: Tensor([0.5, -1.0] as [Double]).to(type), variance: Tensor([2, 0.25] as [Double]).to(type),
        weight: $0[1], bias: $0[2])
    },
    OperationCase("layer_norm", [[2, 3, 5], [5], [5]]) { try $0[0].layerNorm(weight: $0[1], bias: $0[2]) },
    OperationCase("layer_norm plain", [[4, 17]], terms: 17) { try $0[0].layerNorm(weight: nil, bias: nil) },
    OperationCase("layer_norm", [[7], [7], [7]]) { try $0[0].layerNorm(weight: $0[1], bias: $0[2]) },
    OperationCase("group_norm", [[2, 4, 3, 3], [4], [4]], terms: 18) {
      try $0[0].groupNorm(groups: 2, weight: $0[1], bias: $0[2])
    },
    OperationCase("group_norm one", [[1, 6, 2, 1]]) { try $0[0].groupNorm(groups: 1, weight: nil, bias: nil) },
    OperationCase("group_norm", [[3, 8], [8], [8]]) { try $0[0].groupNorm(groups: 2, weight: $0[1], bias: $0[2]) },
  ]

  static let softmaxes: [OperationCase] = [
    OperationCase("softmax", [[3, 5]]) { try $0[0].softmax() },
    OperationCase("softmax first axis", [[3, 2, 4]]) { try $0[0].softmax(axis: 0) },
    OperationCase("softmax channels", [[2, 3, 2, 2]]) { try $0[0].softmax(axis: 1) },
    OperationCase("softmax one", [[2, 1]]) { try $0[0].softmax() },
    OperationCase("log_softmax", [[3, 17]]) { try $0[0].logSoftmax() },
    OperationCase("log_softmax first axis", [[4, 2]]) { try $0[0].logSoftmax(axis: 0) },
  ]

  static let losses: [OperationCase] = [
    OperationCase("cross_entropy", [[3, 4]]) { try $0[0].crossEntropy(labels: Tensor(labels: [0, 3, 1])) },
    OperationCase("cross_entropy smoothed", [[3, 4]]) {
      try $0[0].crossEntropy(labels: Tensor(labels: [0, 3, 1]), labelSmoothing: 0.1)
    },
    OperationCase("cross_entropy none", [[2, 3]]) {
      try $0[0].crossEntropy(labels: Tensor(labels: [2, 0]), labelSmoothing: 0.2, reduction: .none)
    },
    OperationCase("cross_entropy sum", [[1, 2]]) {
      try $0[0].crossEntropy(labels: Tensor(labels: [1]), reduction: .sum)
    },
    OperationCase("cross_entropy probabilities", [Operand([2, 3]), Operand([2, 3], in: 0.1...0.6)]) {
      try $0[0].crossEntropy(probabilities: $0[1])
    },
    OperationCase("mse", [[3, 4], [3, 4]]) { try $0[0].mse($0[1]) },
    OperationCase("mse none", [[1], [1]]) { try $0[0].mse($0[1], reduction: .none) },
    OperationCase("kl_divergence", [Operand([2, 3], in: -3 ... -0.5), Operand([2, 3], in: 0.1...0.6)]) {
      try $0[0].klDivergence($0[1])
    },
    OperationCase("binary_cross_entropy_with_logits", [[3, 2]]) {
      let target = Tensor([0, 1, 0.25, 1, 0, 0.5] as [Double], shape: [3, 2]).to($0[0].elementType)
      return try $0[0].binaryCrossEntropyWithLogits(target)
    },
    OperationCase("binary_cross_entropy_with_logits sum", [[1]]) {
      try $0[0].binaryCrossEntropyWithLogits(Tensor([1] as [Double]).to($0[0].elementType), reduction: .sum)
    },
  ]

  static let lookups: [OperationCase] = [
    OperationCase("embedding", [[4, 3]]) { try $0[0].embedding(Tensor(labels: [1, 3, 1, 0], shape: [2, 2])) },
    OperationCase("pick", [[3, 4]]) { try $0[0].pick(Tensor(labels: [3, 0, 2])) },
    OperationCase("dropout", [[4, 5]]) {
      var stream = RandomStream(seed: 3, purpose: .dropout)
      return try $0[0].dropout(probability: 0.4, stream: &stream)
    },
  ]

  static let attention: [OperationCase] = [
    OperationCase("attention 1 head", [[2, 3, 4], [2, 3, 4], [2, 3, 4]]) {
      try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 1)
    },
    OperationCase("attention 3 heads across", [[2, 5, 6], [2, 2, 6], [2, 2, 6]]) {
      try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 3)
    },
    OperationCase("attention causal", [[1, 4, 4], [1, 4, 4], [1, 4, 4]]) {
      try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 2, isCausal: true)
    },
    OperationCase("attention self", [[2, 3, 2]]) {
      try Tensor.attention(query: $0[0], key: $0[0], value: $0[0], heads: 1)
    },
    OperationCase("attention one", [[1, 1, 1], [1, 1, 1], [1, 1, 1]]) {
      try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 1)
    },
  ]

  /// Inputs at which a careless formula overflows or divides by zero.
  static let extremes: [OperationCase] = [
    OperationCase("softmax large", [Operand([3, 5], in: -1e4...1e4)]) { try $0[0].softmax() },
    OperationCase("log_softmax large", [Operand([3, 5], in: -1e4...1e4)]) { try $0[0].logSoftmax() },
    OperationCase("cross_entropy large", [Operand([2, 4], in: -1e4...1e4)]) {
      try $0[0].crossEntropy(labels: Tensor(labels: [1, 2]), labelSmoothing: 0.1)
    },
    OperationCase("binary_cross_entropy large", [Operand([4], in: -1e4...1e4)]) {
      try $0[0].binaryCrossEntropyWithLogits(Tensor([0, 1, 1, 0] as [Double]).to($0[0].elementType))
    },
    OperationCase("kl_divergence zeros", [Operand([2, 3], in: -3 ... -0.5)]) {
      try $0[0].klDivergence(Tensor([0, 1, 0, 0.5, 0, 0.5] as [Double], shape: [2, 3]).to($0[0].elementType))
    },
    OperationCase("layer_norm constant", [Operand([2, 4], in: 3...3)]) { try $0[0].layerNorm(weight: nil, bias: nil) },
    OperationCase("batch_norm single", [Operand([1, 3])]) {
      try $0[0].batchNorm(weight: nil, bias: nil, epsilon: 1).output
    },
    OperationCase("group_norm constant", [Operand([1, 4, 2, 2], in: -1 ... -1)]) {
      try $0[0].groupNorm(groups: 2, weight: nil, bias: nil)
    },
    OperationCase(
      "attention large",
      [Operand([1, 3, 2], in: -300...300), Operand([1, 3, 2], in: -300...300), Operand([1, 3, 2])]
    ) {
      try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 1)
    },
    OperationCase("sigmoid large", [Operand([6], in: -1e4...1e4)]) { try $0[0].sigmoid() },
    OperationCase("softplus large", [Operand([6], in: -1e4...1e4)]) { try $0[0].softplus() },
    OperationCase("silu large", [Operand([6], in: -1e4...1e4)]) { try $0[0].silu() },
    OperationCase("gelu large", [Operand([6], in: -1e4...1e4)]) { try $0[0].gelu() },
    OperationCase("tanh large", [Operand([6], in: -1e4...1e4)]) { try $0[0].tanh() },
    OperationCase("norm zero", [Operand([4], in: 0...0)]) { try $0[0].norm() },
  ]
}
