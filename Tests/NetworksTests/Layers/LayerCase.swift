import Tensors
import Testing

@testable import Networks

/// One layer with an input to run it on and what is known about it; every kind of layer has a case in ``all``.
struct LayerCase: Sendable, CustomTestStringConvertible {
  let make: @Sendable () throws -> any Layer
  /// Shape of the input: images, rows or tokens.
  let input: Shape
  /// Shape of the output.
  let output: Shape
  /// Trainable parameters, worked out by hand.
  let parameterCount: Int
  /// Labels in place of numbers, for layers that look rows up.
  var labels: [Int]?

  var testDescription: String { (try? make().summary) ?? "a layer that cannot be made" }

  /// A fixed input of the wanted type, away from kinks of the activations.
  func sample(_ elementType: ElementType) -> Tensor {
    if let labels { return Tensor(labels: labels, shape: input) }
    return Pattern.tensor(input, salt: 3, elementType)
  }

  private static func activation(_ function: Activation.Function) -> LayerCase {
    LayerCase(make: { Activation(function) }, input: [2, 7], output: [2, 7], parameterCount: 0)
  }

  static let all: [LayerCase] =
    [
      LayerCase(make: { try Linear(inputs: 5, outputs: 3) }, input: [4, 5], output: [4, 3], parameterCount: 18),
      LayerCase(
        make: { try Linear(inputs: 5, outputs: 3, bias: false) }, input: [2, 4, 5], output: [2, 4, 3],
        parameterCount: 15),
      LayerCase(
        make: { try Conv2d(inputs: 3, outputs: 4, kernel: 3, padding: 1) }, input: [2, 3, 5, 4], output: [2, 4, 5, 4],
        parameterCount: 3 * 4 * 9 + 4),
      LayerCase(
        make: { try Conv2d(inputs: 4, outputs: 6, kernel: 3, stride: 2, padding: 1, groups: 2, bias: false) },
        input: [2, 4, 7, 5], output: [2, 6, 4, 3], parameterCount: 2 * 6 * 9),
      LayerCase(
        make: { try ConvTranspose2d(inputs: 3, outputs: 2, kernel: 2, stride: 2) }, input: [2, 3, 3, 4],
        output: [2, 2, 6, 8], parameterCount: 3 * 2 * 4 + 2),
      LayerCase(make: { try BatchNorm(channels: 3) }, input: [4, 3, 3, 2], output: [4, 3, 3, 2], parameterCount: 6),
      LayerCase(make: { try BatchNorm(channels: 3) }, input: [5, 3], output: [5, 3], parameterCount: 6),
      LayerCase(make: { try LayerNorm(size: 6) }, input: [2, 3, 6], output: [2, 3, 6], parameterCount: 12),
      LayerCase(
        make: { try GroupNorm(groups: 2, channels: 4) }, input: [2, 4, 3, 2], output: [2, 4, 3, 2], parameterCount: 8),
      LayerCase(
        make: { try Embedding(rows: 5, size: 3) }, input: [2, 2], output: [2, 2, 3], parameterCount: 15,
        labels: [0, 4, 1, 4]),
      LayerCase(
        make: { try MultiHeadAttention(size: 6, heads: 2) }, input: [2, 3, 6], output: [2, 3, 6],
        parameterCount: 4 * 6 * 6 + 4 * 6),
      LayerCase(make: { try shifted() }, input: [3, 4], output: [3, 4], parameterCount: 4),
      LayerCase(make: { try Dropout(probability: 0.4) }, input: [3, 8], output: [3, 8], parameterCount: 0),
      LayerCase(
        make: { try Dropout(probability: 0.4, dropsChannels: true) }, input: [2, 4, 2, 2], output: [2, 4, 2, 2],
        parameterCount: 0),
      LayerCase(
        make: { try Pooling(.maximum, kernel: 2) }, input: [2, 3, 4, 6], output: [2, 3, 2, 3], parameterCount: 0),
      LayerCase(
        make: { try Pooling(.average, kernel: 3, stride: 2, padding: 1) }, input: [2, 3, 5, 4], output: [2, 3, 3, 2],
        parameterCount: 0),
      LayerCase(make: { GlobalAveragePool2d() }, input: [2, 3, 4, 5], output: [2, 3], parameterCount: 0),
      LayerCase(make: { Flatten() }, input: [2, 3, 2, 2], output: [2, 12], parameterCount: 0),
      LayerCase(
        make: { try UpsampleNearest2d(scale: 2) }, input: [2, 3, 2, 3], output: [2, 3, 4, 6], parameterCount: 0),
      LayerCase(make: { Identity() }, input: [2, 3], output: [2, 3], parameterCount: 0),
      LayerCase(
        make: {
          Sequential([try Linear(inputs: 4, outputs: 5), Activation(.tanh), try Linear(inputs: 5, outputs: 2)])
        },
        input: [3, 4], output: [3, 2], parameterCount: 25 + 12),
      LayerCase(
        make: { Residual(try Linear(inputs: 4, outputs: 4)) }, input: [3, 4], output: [3, 4], parameterCount: 20),
      LayerCase(make: { try gated() }, input: [3, 4], output: [3, 2], parameterCount: 20),
      LayerCase(
        make: { try BasicBlock(inputs: 2, outputs: 3, stride: 2) }, input: [2, 2, 4, 4], output: [2, 3, 2, 2],
        parameterCount: 2 * 3 * 9 + 6 + 3 * 3 * 9 + 6 + 2 * 3 + 6),
      LayerCase(
        make: { try InvertedResidual(inputs: 3, outputs: 3, stride: 1, expansion: 2) }, input: [2, 3, 4, 4],
        output: [2, 3, 4, 4], parameterCount: 3 * 6 + 12 + 6 * 9 + 12 + 6 * 3 + 6),
    ]
    + [
      .relu, .relu6, .gelu, .silu, .sigmoid, .tanh, .softplus, .leakyReLU(slope: 0.1), .softmax(axis: -1),
      .logSoftmax(axis: 1),
    ].map(activation)

  /// A custom module that adds a tensor of its own.
  private static func shifted() throws -> CustomModule {
    let shift = try LearnedTensor(shape: [4])
    return CustomModule("Shifted", children: [("shift", shift)], isConfinedToOneThread: false) { inputs, context in
      LayerOutput([try inputs[0].add(context.run(shift, named: "shift", []).single())])
    }
  }

  /// A custom module: one layer's output times a gate from another.
  private static func gated() throws -> CustomModule {
    let value = try Linear(inputs: 4, outputs: 2), gate = try Linear(inputs: 4, outputs: 2)
    return CustomModule("Gated", children: [("value", value), ("gate", gate)], isConfinedToOneThread: false) {
      inputs, context in
      let share = try context.run(gate, named: "gate", inputs[0]).sigmoid()
      return LayerOutput([try context.run(value, named: "value", inputs[0]).mul(share)])
    }
  }
}
