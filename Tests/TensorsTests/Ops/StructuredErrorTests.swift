import Tensors
import Testing

/// What a wrong call of a structured operation says: operation, values, and what is allowed.
@Suite struct StructuredErrorTests {
  private static func zeros(_ shape: Int...) throws -> Tensor { try Tensor.zeros(shape) }

  static let mistakes: [(message: String, call: @Sendable () throws -> Void)] = [
    (
      "matmul: shapes [2, 3] and [4, 5] do not fit; inner sizes 3 and 4 differ",
      {
        _ = try zeros(2, 3).matmul(zeros(4, 5))
      }
    ),
    (
      "matmul: shapes [2, 1, 3] and [3, 3, 2] do not fit; axes before the last two must be equal or 1",
      {
        _ = try zeros(2, 1, 3).matmul(zeros(3, 3, 2))
      }
    ),
    ("matmul: shapes [] and [2] do not fit; each side needs at least one axis", { _ = try zeros().matmul(zeros(2)) }),
    (
      "matmul: a float64 tensor does not fit; all operands must be float32",
      {
        _ = try zeros(2, 2).matmul(Tensor.zeros([2, 2], .float64))
      }
    ),
    (
      "linear: shapes [2, 3] and [4, 5] do not fit; the last axis must have the size of the weight's second",
      {
        _ = try zeros(2, 3).linear(weight: zeros(4, 5))
      }
    ),
    (
      "linear: shape [3] does not fit; the bias must have shape [4]",
      {
        _ = try zeros(2, 3).linear(weight: zeros(4, 3), bias: zeros(3))
      }
    ),
    (
      "conv2d: shape [3, 5, 5] does not fit; images [b, c, h, w] are needed",
      {
        _ = try zeros(3, 5, 5).conv2d(weight: zeros(2, 3, 3, 3))
      }
    ),
    (
      "conv2d: shapes [1, 4, 5, 5] and [2, 3, 3, 3] do not fit; 4 channels in 1 group need a weight with 4 channels",
      {
        _ = try zeros(1, 4, 5, 5).conv2d(weight: zeros(2, 3, 3, 3))
      }
    ),
    (
      "conv2d: groups = 3 is not allowed; it must divide 4 input channels and 2 output channels",
      {
        _ = try zeros(1, 4, 5, 5).conv2d(weight: zeros(2, 4, 3, 3), groups: 3)
      }
    ),
    (
      "conv2d: shapes [1, 1, 2, 2] and [1, 1, 5, 5] do not fit; a kernel of 5 x 5 is larger than the image with padding 1",
      {
        _ = try zeros(1, 1, 2, 2).conv2d(weight: zeros(1, 1, 5, 5), padding: 1)
      }
    ),
    (
      "conv2d: stride = 0 is out of range; 1 to 1048576 is allowed",
      {
        _ = try zeros(1, 1, 2, 2).conv2d(weight: zeros(1, 1, 1, 1), stride: 0)
      }
    ),
    (
      "conv2d: padding = -1 is out of range; 0 to 1048576 is allowed",
      {
        _ = try zeros(1, 1, 2, 2).conv2d(weight: zeros(1, 1, 1, 1), padding: -1)
      }
    ),
    (
      "conv_transpose2d: output_padding = 2 is out of range; 0 to 1 is allowed",
      {
        _ = try zeros(1, 1, 2, 2).convTranspose2d(weight: zeros(1, 1, 2, 2), stride: 2, outputPadding: 2)
      }
    ),
    (
      "conv_transpose2d: shapes [1, 2, 2, 2] and [1, 2, 2, 2] do not fit; channels 2 and the weight's first size 1 differ",
      {
        _ = try zeros(1, 2, 2, 2).convTranspose2d(weight: zeros(1, 2, 2, 2))
      }
    ),
    (
      "max_pool2d: padding = 2 is out of range; 0 to 1 is allowed",
      {
        _ = try zeros(1, 1, 4, 4).maxPool2d(kernel: 2, padding: 2)
      }
    ),
    (
      "max_pool2d: shape [1, 1, 2, 2] does not fit; a window of 3 x 3 is larger than the image with padding 0",
      {
        _ = try zeros(1, 1, 2, 2).maxPool2d(kernel: 3)
      }
    ),
    (
      "average_pool2d: kernel = 0 is out of range; 1 to 1048576 is allowed",
      {
        _ = try zeros(1, 1, 2, 2).averagePool2d(kernel: 0)
      }
    ),
    (
      "upsample_nearest2d: scale = 0 is out of range; 1 to 1024 is allowed",
      {
        _ = try zeros(1, 1, 2, 2).upsampleNearest2d(scale: 0)
      }
    ),
    (
      "batch_norm: shape [2, 3, 4] does not fit; [b, c] or [b, c, h, w] is needed",
      {
        _ = try zeros(2, 3, 4).batchNorm(weight: nil, bias: nil)
      }
    ),
    (
      "batch_norm: shape [2] does not fit; the vector per channel must have shape [3]",
      {
        _ = try zeros(2, 3).batchNorm(weight: zeros(2), bias: nil)
      }
    ),
    (
      "batch_norm: epsilon = -1.0 is not allowed; 0 or more is allowed",
      {
        _ = try zeros(2, 3).batchNorm(weight: nil, bias: nil, epsilon: -1)
      }
    ),
    (
      "layer_norm: shape [4] does not fit; the weight must have shape [3]",
      {
        _ = try zeros(2, 3).layerNorm(weight: zeros(4), bias: nil)
      }
    ),
    (
      "group_norm: groups = 2 is not allowed; it must divide the 3 channels",
      {
        _ = try zeros(2, 3).groupNorm(groups: 2, weight: nil, bias: nil)
      }
    ),
    (
      "softmax: axis 3 does not exist; 1 to 2, or -2 to -1 from the end, is allowed",
      {
        _ = try zeros(2, 3).softmax(axis: 2)
      }
    ),
    (
      "cross_entropy: label = 5 is not allowed; 0 to 2 is allowed",
      {
        _ = try zeros(2, 3).crossEntropy(labels: Tensor(labels: [0, 5]))
      }
    ),
    (
      "cross_entropy: a float32 tensor does not fit; label must be int64",
      {
        _ = try zeros(2, 3).crossEntropy(labels: zeros(2))
      }
    ),
    (
      "cross_entropy: shapes [2, 3] and [3] do not fit; logits [b, k] and labels [b] are needed",
      {
        _ = try zeros(2, 3).crossEntropy(labels: Tensor(labels: [0, 1, 2]))
      }
    ),
    (
      "cross_entropy: label_smoothing = 1.0 is not allowed; 0 up to, but not, 1 is allowed",
      {
        _ = try zeros(1, 3).crossEntropy(labels: Tensor(labels: [0]), labelSmoothing: 1)
      }
    ),
    (
      "mse: shapes [2] and [2, 1] do not fit; prediction and target must have one shape",
      {
        _ = try zeros(2).mse(zeros(2, 1))
      }
    ),
    (
      "dropout: probability = 1.0 is not allowed; 0 up to, but not, 1 is allowed",
      {
        var stream = RandomStream(seed: 1, purpose: .dropout)
        _ = try zeros(2).dropout(probability: 1, stream: &stream)
      }
    ),
    (
      "embedding: index = 4 is not allowed; 0 to 3 is allowed",
      {
        _ = try zeros(4, 2).embedding(Tensor(labels: [4]))
      }
    ),
    (
      "attention: heads = 3 is not allowed; it must divide the last size 4",
      {
        let x = try zeros(1, 2, 4)
        _ = try Tensor.attention(query: x, key: x, value: x, heads: 3)
      }
    ),
    (
      "attention: shapes [1, 2, 4] and [1, 3, 4] do not fit; a causal mask needs as many keys as queries",
      {
        let x = try zeros(1, 2, 4), y = try zeros(1, 3, 4)
        _ = try Tensor.attention(query: x, key: y, value: y, heads: 1, isCausal: true)
      }
    ),
  ]

  @Test("a mistake is named with its values and what is allowed", arguments: mistakes.indices)
  func message(_ index: Int) {
    let mistake = Self.mistakes[index]
    do {
      try mistake.call()
      Issue.record("nothing was thrown instead of: \(mistake.message)")
    } catch {
      #expect("\(error)" == mistake.message)
    }
  }
}
