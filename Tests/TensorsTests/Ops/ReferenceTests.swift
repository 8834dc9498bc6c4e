import Foundation
import TestSupport
import Tensors
import Testing

/// Small calls whose results and gradients were computed by PyTorch: `scripts/reference/operations.py`.
@Suite struct ReferenceTests {
  struct Array: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  struct Expectation: Decodable {
    let inputs: [Array]
    let output: Array
    let gradients: [Array]
  }

  struct Fixture: Decodable {
    let origin: String
    let cases: [String: Expectation]
  }

  static let fixture: Fixture = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/operations.json")
    do {
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    } catch {
      return Fixture(origin: "\(error)", cases: [:])
    }
  }()

  static let calls: [String: @Sendable ([Tensor]) throws -> Tensor] = [
    "matmul batched": { try $0[0].matmul($0[1]) },
    "linear": { try $0[0].linear(weight: $0[1], bias: $0[2]) },
    "conv2d": { try $0[0].conv2d(weight: $0[1], bias: $0[2], stride: 2, padding: 1) },
    "conv2d depthwise": { try $0[0].conv2d(weight: $0[1], bias: $0[2], padding: 1, groups: 3) },
    "conv_transpose2d": {
      try $0[0].convTranspose2d(weight: $0[1], bias: $0[2], stride: 2, padding: 1, outputPadding: 1, groups: 2)
    },
    "max_pool2d": { try $0[0].maxPool2d(kernel: 3, stride: 2, padding: 1) },
    "average_pool2d": { try $0[0].averagePool2d(kernel: 3, stride: 2, padding: 1) },
    "global_average_pool2d": { try $0[0].globalAveragePool2d() },
    "upsample_nearest2d": { try $0[0].upsampleNearest2d(scale: 2) },
    "batch_norm": { try $0[0].batchNorm(weight: $0[1], bias: $0[2]).output },
    "batch_norm given": {
      let mean = Tensor([0.5, -1] as [Double]).to($0[0].elementType)
      let variance = Tensor([2, 0.25] as [Double]).to($0[0].elementType)
      return try $0[0].batchNorm(mean: mean, variance: variance, weight: $0[1], bias: $0[2])
    },
    "layer_norm": { try $0[0].layerNorm(weight: $0[1], bias: $0[2]) },
    "group_norm": { try $0[0].groupNorm(groups: 2, weight: $0[1], bias: $0[2]) },
    "softmax": { try $0[0].softmax(axis: 1) },
    "log_softmax": { try $0[0].logSoftmax() },
    "cross_entropy": { try $0[0].crossEntropy(labels: Tensor(labels: [2, 0, 3]), labelSmoothing: 0.1) },
    "mse": { try $0[0].mse($0[1]) },
    "kl_divergence": { try $0[0].klDivergence($0[1]) },
    "binary_cross_entropy_with_logits": {
      let target = Tensor([0, 1, 0.25, 1, 0, 0.5] as [Double], shape: [2, 3]).to($0[0].elementType)
      return try $0[0].binaryCrossEntropyWithLogits(target)
    },
    "embedding": { try $0[0].embedding(Tensor(labels: [1, 3, 1, 0], shape: [2, 2])) },
    "attention": { try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 2) },
    "attention causal": { try Tensor.attention(query: $0[0], key: $0[1], value: $0[2], heads: 2, isCausal: true) },
    "gelu": { try $0[0].gelu() },
    "silu": { try $0[0].silu() },
    "softplus": { try $0[0].softplus() },
    "leaky_relu": { try $0[0].leakyRelu(0.1) },
    "relu6": { try $0[0].relu6() },
    "variance unbiased": { try $0[0].variance(axes: [1], isUnbiased: true) },
    "norm": { try $0[0].norm() },
  ]

  @Test("every call of the fixture is made here")
  func isComplete() {
    #expect(Set(Self.fixture.cases.keys) == Set(Self.calls.keys), "\(Self.fixture.origin)")
  }

  @Test("results and gradients are those of PyTorch", arguments: calls.keys.sorted(), [ElementType.float32, .float64])
  func agree(_ name: String, _ type: ElementType) throws {
    let expected = try #require(Self.fixture.cases[name]), compute = try #require(Self.calls[name])
    let inputs = try expected.inputs.map { try Tensor($0.values, shape: $0.shape).to(type).requiresGradient() }
    let output = try compute(inputs)
    let weights = Tensor((1...output.count).map(Double.init), shape: output.shape).to(type)
    let gradients = try output.mul(weights).sum().backward()
    // The fixture keeps twelve digits.
    let tolerance = type == .float32 ? Tolerance.float32Accumulated(64) : Tolerance(relative: 1e-11, absolute: 1e-11)
    #expect(output.shape == expected.output.shape)
    #expect(tolerance.mismatch(output.values, expected.output.values) == nil)
    for (input, gradient) in zip(inputs, expected.gradients) {
      #expect(tolerance.mismatch(gradients[input]?.values ?? [], gradient.values) == nil)
    }
  }
}
