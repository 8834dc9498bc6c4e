import TestSupport
import Tensors
import Testing

@testable import Networks

/// A model with a batch, for the comparison of its plan with the tape.
struct PlanCase: Sendable, CustomTestStringConvertible {
  let name: String
  let input: Shape
  var labels: [Int]?
  let make: @Sendable () throws -> any Layer
  var testDescription: String { "\(name) \(input)" }

  func batch(salt: Int) -> Tensor {
    labels.map { Tensor(labels: $0, shape: input) } ?? Pattern.tensor(input, salt: salt)
  }

  /// Everything by name, each with an odd number of samples.
  static let models =
    [
      PlanCase(name: "mlp", input: [5, 1, 4, 8]) { try Models.mlp(inputs: 32, hidden: [64], classes: 10) },
      PlanCase(name: "cnn of colors", input: [3, 3, 13, 10]) { try Models.cnn(input: [3, 13, 10], classes: 4) },
      PlanCase(name: "transformer block", input: [3, 5, 12]) { try transformerBlock(size: 12, heads: 3) },
      PlanCase(name: "u-net block", input: [3, 6, 6, 5]) { try uNetBlock(inputs: 6, outputs: 8) },
      PlanCase(name: "image stem", input: [3, 3, 18, 20]) { try imageStem(outputs: 8) },
      PlanCase(name: "normalized convolutions", input: [3, 8, 33, 24]) { try normalizedConvolutions() },
    ]
    + NamedModel.all.filter { !$0.name.hasSuffix("image") }.map { named in
      let side = named.name.hasSuffix("small") ? 16 : 28
      return PlanCase(name: named.name, input: [3, side == 28 ? 1 : 3, side, side], make: named.make)
    }

  static let layers = LayerCase.all.map { layer in
    PlanCase(name: layer.testDescription, input: layer.input, labels: layer.labels, make: layer.make)
  }

  static func transformerBlock(size: Int, heads: Int) throws -> any Layer {
    Sequential([
      Residual(Sequential([try LayerNorm(size: size), try MultiHeadAttention(size: size, heads: heads)])),
      Residual(
        Sequential([
          try LayerNorm(size: size), try Linear(inputs: size, outputs: 4 * size), Activation(.gelu),
          try Linear(inputs: 4 * size, outputs: size),
        ])),
    ])
  }

  /// First layers of a ResNet for large images.
  static func imageStem(outputs: Int) throws -> any Layer {
    Sequential([
      try Conv2d(inputs: 3, outputs: outputs, kernel: 7, stride: 2, padding: 3, bias: false),
      try BatchNorm(channels: outputs), Activation(.relu),
      try Pooling(.maximum, kernel: 3, stride: 2, padding: 1), GlobalAveragePool2d(),
    ])
  }

  /// Convolutions and normalizations of every kind that plans join, on images large enough to be cut into runs.
  static func normalizedConvolutions() throws -> any Layer {
    Sequential([
      try InvertedResidual(inputs: 8, outputs: 8, stride: 1, expansion: 8),
      try Conv2d(inputs: 8, outputs: 60, kernel: 1, bias: false), try BatchNorm(channels: 60), Activation(.silu),
      try Conv2d(inputs: 60, outputs: 40, kernel: 3, stride: 2, padding: 1, groups: 4, bias: false),
      try BatchNorm(channels: 40),
      try Conv2d(inputs: 40, outputs: 32, kernel: 3, padding: 1, bias: false), try BatchNorm(channels: 32),
      Activation(.relu), GlobalAveragePool2d(),
    ])
  }

  static func uNetBlock(inputs: Int, outputs: Int) throws -> any Layer {
    Sequential([
      Residual(
        Sequential([
          try GroupNorm(groups: 2, channels: inputs), Activation(.silu),
          try Conv2d(inputs: inputs, outputs: inputs, kernel: 3, padding: 1),
          try GroupNorm(groups: 2, channels: inputs), Activation(.silu),
          try Conv2d(inputs: inputs, outputs: inputs, kernel: 3, padding: 1),
        ])),
      try UpsampleNearest2d(scale: 2), try Conv2d(inputs: inputs, outputs: outputs, kernel: 3, padding: 1),
    ])
  }
}

// One after the other: the models of two large cases at once would take more memory than is kept for reuse.
@Suite("Plans", .serialized)
struct PlanTests {
  /// Plans run other kernels than the tape where they join operations, and sum in another order.
  static let tolerance = Tolerance(relative: 2e-5, absolute: 1e-6)

  @Test("give the tape's outputs in evaluation", arguments: PlanCase.models + PlanCase.layers)
  func evaluation(_ planCase: PlanCase) throws {
    let model = try Model(planCase.make(), seed: 1)
    try Pattern.fill(model)
    let batch = planCase.batch(salt: 3)
    #expect(try model.planned(for: [batch], .evaluation) != nil)
    let expected = try model.forward(batch, tracksParameters: false).values
    for _ in 0..<2 {
      #expect(Self.tolerance.mismatch(try model.evaluate(batch).values, expected) == nil)
    }
  }

  @Test("give the tape's loss, gradient, statistics and step", arguments: PlanCase.models + PlanCase.layers)
  func training(_ planCase: PlanCase) throws {
    let planned = try Model(planCase.make(), seed: 1)
    guard planned.parameterCount > 0 else { return }
    try Pattern.fill(planned)
    let taped = try planned.replica()
    let optimizer = try SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3)
    let states = try (optimizer.makeState(for: planned), optimizer.makeState(for: taped))
    // The second batch meets what the first left in the plan's memory.
    for salt in [3, 4] {
      let batch = planCase.batch(salt: salt)
      let stream = RandomStream(seed: UInt64(salt), purpose: .dropout)
      let shape = try taped.replica().forward(batch).shape
      let (loss, target) = Self.loss(shape, salt)
      #expect(try planned.plan(of: loss, ObjectiveBatch(inputs: batch, targets: target)) != nil)
      let got = try planned.computeGradient(of: loss, batch, target, stream: stream)
      let untouched = try taped.replica()
      let value = try loss(taped.forward(batch, mode: .training, stream: stream), target)
      try taped.backward(value)
      #expect(Self.tolerance.mismatch([got], [try value.item()]) == nil)
      let isMagnified = try Self.difference(planned, taped) != nil
      if isMagnified {
        // Where rounding is magnified, as by the normalization of a few values, the plan must err no more than tapes.
        let (error, worst) = try Self.errors(planned, taped, untouched, batch, loss, target, stream)
        #expect(error < max(4 * worst, 2e-3))
      }
      #expect(try Self.isClose(planned.statistics, taped.statistics, to: taped.statistics))
      try optimizer.step(planned, states.0)
      try optimizer.step(taped, states.1)
      #expect(try isMagnified || Self.isClose(planned.trainable, taped.trainable, to: taped.trainable))
      // The next batch starts from the same values and velocities, so that it is judged by its own rounding.
      try planned.copyValues(from: taped)
      for (mine, its) in zip(states.0.vectors, states.1.vectors) { try mine.copy_(its) }
    }
  }

  /// How far the plan's gradient is from the exact one, and the gradients of tapes, of which each rounds in its own way.
  /// The worst of several counts: an activation on the other side of its kink costs more than rounding does.
  private static func errors(
    _ planned: Model, _ taped: Model, _ untouched: Model, _ batch: Tensor, _ loss: Loss, _ target: Tensor,
    _ stream: RandomStream
  ) throws -> (plan: Double, worst: Double) {
    let exact = try untouched.replica(elementType: .float64), isFloat = batch.elementType == .float32
    let wanted = target.elementType == .float32 ? target.to(.float64) : target
    try exact.backward(
      loss(exact.forward(isFloat ? batch.to(.float64) : batch, mode: .training, stream: stream), wanted))
    var worst = try error(taped, exact)
    for turn in 0..<(isFloat ? 8 : 1) {
      let tape = try untouched.replica()
      let near = isFloat ? try batch.mul(1 + Double(turn) * 0x1p-23) : batch
      try ConvolutionMode.with(.direct) {
        try tape.backward(loss(tape.forward(near, mode: .training, stream: stream), target))
      }
      worst = max(worst, try error(tape, exact))
    }
    return (try error(planned, exact), worst)
  }

  /// Cross-entropy with smoothing for logits, squared error else.
  private static func loss(_ shape: Shape, _ salt: Int) -> (Loss, Tensor) {
    guard shape.count == 2, shape[1] > 1 else { return (.meanSquaredError, Pattern.tensor(shape, salt: salt + 10)) }
    return (.crossEntropy(labelSmoothing: 0.1), Tensor(labels: (0..<shape[0]).map { ($0 + salt) % shape[1] }))
  }

  /// The first parameter whose gradients differ, by its name.
  private static func difference(_ planned: Model, _ taped: Model) throws -> String? {
    let expected = taped.gradient
    for entry in planned.layout.entries where entry.kind == .trainable {
      let x = try planned.layout.view(entry, of: planned.gradient), y = try planned.layout.view(entry, of: expected)
      // A gradient that cancels out, such as of a bias before batch normalization, is compared to the whole.
      let share = (Double(entry.count) / Double(expected.count)).squareRoot()
      guard try isClose(x, y, to: y) || isClose(x, y, to: expected, share) else { return entry.name }
    }
    return nil
  }

  /// Relative distance of a gradient from the exact one.
  private static func error(_ model: Model, _ exact: Model) throws -> Double {
    let distance = try model.gradient.to(.float64).sub(exact.gradient).norm().item()
    return try distance / exact.gradient.norm().item()
  }

  /// Whether the distance of two tensors is small against the length of a third.
  private static func isClose(_ a: Tensor, _ b: Tensor, to whole: Tensor, _ share: Double = 1) throws -> Bool {
    let distance = try a.sub(b).norm().item(), length = try whole.norm().item()
    return distance <= tolerance.relative * length * share + tolerance.absolute
  }
}
