import Foundation
import Tensors
import Testing

@testable import Networks

/// What `scripts/reference/gradients.py` wrote about the gradients of PyTorch's models.
struct GradientFixture: Decodable, Sendable {
  struct Entry: Decodable, Sendable {
    let name: String
    /// Largest magnitude, sum and norm of all elements.
    let largest: Double, sum: Double, norm: Double
    /// All elements of a small tensor, else those at ``positions(of:)``.
    let samples: [Double]

    /// Row-major positions of the samples in a tensor of `count` elements.
    func positions(of count: Int) -> [Int] {
      samples.count == count ? Array(0..<count) : samples.indices.map { ($0 * 2_654_435_761 + 12345) % count }
    }
  }

  let input: Shape
  let loss: Double
  let tensors: [Entry]

  private struct File: Decodable { let models: [String: GradientFixture] }

  static func all() throws -> [String: GradientFixture] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/gradients.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).models
  }
}

/// A model, the convolutions it runs with, and whether its gradient comes from the tape or from a plan.
struct GradientCase: Sendable, CustomTestStringConvertible {
  let model: NamedModel
  let convolutions: ConvolutionMode
  let usesPlan: Bool

  var testDescription: String { "\(model.name), \(convolutions), \(usesPlan ? "plan" : "tape")" }

  static let all: [GradientCase] = models.flatMap { model in
    [ConvolutionMode.direct, .auto].flatMap { mode in
      [false, true].map { GradientCase(model: model, convolutions: mode, usesPlan: $0) }
    }
  }

  private static let models = [
    NamedModel(name: "cnn") { try Models.cnn(input: [1, 28, 28], classes: 10) },
    NamedModel(name: "resnet", make: resnet),
    NamedModel(name: "mobilenet", make: mobilenet),
    NamedModel(name: "transformer") {
      Sequential([
        Residual(Sequential([try LayerNorm(size: 48), try MultiHeadAttention(size: 48, heads: 3)])),
        Residual(
          Sequential([
            try LayerNorm(size: 48), try Linear(inputs: 48, outputs: 192), Activation(.gelu),
            try Linear(inputs: 192, outputs: 48),
          ])),
      ])
    },
    NamedModel(name: "unet") {
      Residual(
        Sequential([
          try GroupNorm(groups: 8, channels: 32), Activation(.silu),
          try Conv2d(inputs: 32, outputs: 32, kernel: 3, padding: 1),
          try GroupNorm(groups: 8, channels: 32), Activation(.silu),
          try Conv2d(inputs: 32, outputs: 32, kernel: 3, padding: 1),
        ]))
    },
    NamedModel(name: "mlp") { try Models.mlp(inputs: 32, hidden: [64], classes: 10) },
  ]

  /// ResNet-18 with fewer channels.
  private static func resnet() throws -> any Layer {
    var layers: [any Layer] = [
      try Models.convolution(3, 32, kernel: 3), try BatchNorm(channels: 32), Activation(.relu),
    ]
    var width = 32
    for (index, channels) in [32, 48, 64, 96].enumerated() {
      layers += [
        try BasicBlock(inputs: width, outputs: channels, stride: index == 0 ? 1 : 2),
        try BasicBlock(inputs: channels, outputs: channels, stride: 1),
      ]
      width = channels
    }
    return Sequential(layers + [GlobalAveragePool2d(), try Linear(inputs: width, outputs: 10)])
  }

  /// MobileNetV2 with fewer channels and blocks, and without dropout.
  private static func mobilenet() throws -> any Layer {
    var layers: [any Layer] = [try Models.normalized(3, 16, kernel: 3)], width = 16
    for (expansion, channels, repeats, stride) in [
      (1, 8, 1, 1), (6, 12, 2, 1), (6, 16, 2, 2), (6, 24, 2, 2), (6, 40, 1, 1),
    ] {
      for index in 0..<repeats {
        layers.append(
          try InvertedResidual(
            inputs: width, outputs: channels, stride: index == 0 ? stride : 1, expansion: expansion))
        width = channels
      }
    }
    layers += [
      try Models.normalized(width, 96, kernel: 1), GlobalAveragePool2d(), try Linear(inputs: 96, outputs: 10),
    ]
    return Sequential(layers)
  }

  /// Loss and model, whose gradient is computed.
  func run(_ fixture: GradientFixture) throws -> (loss: Double, model: Model) {
    let model = try Model(model.make(), seed: 0)
    try Pattern.fill(model)
    let input = Pattern.tensor(fixture.input, salt: 7)
    let isClassifier = !["transformer", "unet"].contains(self.model.name)
    let loss = isClassifier ? Loss.crossEntropy() : .meanSquaredError
    let targets =
      isClassifier ? Tensor(labels: (0..<fixture.input[0]).map { $0 % 10 }) : try Tensor.zeros(fixture.input)
    return try ConvolutionMode.with(convolutions) {
      if usesPlan {
        let stream = RandomStream(seed: 0, purpose: .dropout)
        return (try model.computeGradient(of: loss, input, targets, stream: stream), model)
      }
      let value = try loss(model.forward(input, mode: .training), targets)
      try model.backward(value)
      return (try value.item(), model)
    }
  }
}

@Suite("Gradients of models")
struct GradientFixtureTests {
  @Test("are those of PyTorch, tensor by tensor", arguments: GradientCase.all)
  func gradients(_ gradientCase: GradientCase) throws {
    let fixture = try #require(try GradientFixture.all()[gradientCase.model.name])
    let (loss, model) = try gradientCase.run(fixture)
    let tolerance = gradientCase.convolutions == .direct ? 1e-5 : 1e-4
    #expect(abs(loss - fixture.loss) <= tolerance * abs(fixture.loss))
    // Where a gradient is zero because a normalization follows, what is left of the rounding is small beside the others.
    let floor = 0.03 * (fixture.tensors.map(\.largest).max() ?? 0)
    let trainable = model.layout.entries.filter { $0.kind == .trainable }
    #expect(Set(trainable.map(\.name)) == Set(fixture.tensors.map(\.name)))
    for expected in fixture.tensors {
      let entry = try #require(trainable.first { $0.name == expected.name })
      let got = try model.layout.view(entry, of: model.gradient).values
      let allowed = tolerance * max(expected.largest, floor)
      for (position, value) in zip(expected.positions(of: got.count), expected.samples) {
        #expect(abs(got[position] - value) <= allowed, "\(expected.name) at \(position)")
      }
      let norm = got.reduce(0) { $0 + $1 * $1 }.squareRoot(), sum = got.reduce(0, +)
      // As far apart as independent errors of all elements may bring them.
      let together = allowed * Double(got.count).squareRoot()
      #expect(abs(norm - expected.norm) <= together, "norm of \(expected.name)")
      #expect(abs(sum - expected.sum) <= together, "sum of \(expected.name)")
    }
  }

  @Test("come from other kernels where convolutions may take the fastest", arguments: [false, true])
  func modes(usesPlan: Bool) throws {
    let fixture = try #require(try GradientFixture.all()["unet"])
    let gradients = try GradientCase.all.filter { $0.model.name == "unet" && $0.usesPlan == usesPlan }.map {
      try $0.run(fixture).model.gradient.values
    }
    #expect(gradients.count == 2 && gradients[0] != gradients[1])
  }

  @Test("are profiled with the arithmetic that the tape and a plan do")
  func arithmetic() throws {
    let fixture = try #require(try GradientFixture.all()["cnn"])
    let model = try Model(Models.cnn(input: [1, 28, 28], classes: 10), seed: 0)
    let input = Pattern.tensor(fixture.input, salt: 7), labels = Tensor(labels: [0, 1, 2, 3])
    let stream = RandomStream(seed: 0, purpose: .dropout)
    func step() throws { _ = try model.computeGradient(of: Loss.crossEntropy(), input, labels, stream: stream) }
    try step()  // traces the model
    let profiles = [
      try Profiler.run(step).profile,
      try Profiler.run { try model.backward(model.forward(input, mode: .training).crossEntropy(labels: labels)) }
        .profile,
    ]
    let counts = profiles.map { Double($0.groups.reduce(0) { $0 + $1.flops }) }
    // Two convolutions and two products, each with two gradients but the first, for four images. A plan takes the first
    // layer's gradient through the pooling: a quarter of its pixels won.
    let first = 2 * 784 * 32 * 9, second = 2 * 196 * 64 * 32 * 9, dense = 2 * (3136 * 128 + 128 * 10)
    for (count, firstGradient) in zip(counts, [first / 4, first]) {
      let products = 4 * Double(first + firstGradient + 3 * (second + dense))
      #expect(count >= products && count <= 1.05 * products, "\(count), not \(products)")
    }
  }
}
