public import Tensors

extension Models {
  /// MobileNetV2 of width 1, with torchvision's names and first values.
  ///
  /// - Parameters:
  ///   - input: `[c, h, w]`, at least 16x16 with the small stem and 32x32 with the image stem.
  ///   - stem: Whether the first convolution and the second stage keep the resolution (small) or halve it (image); by
  ///     the image's height if nil.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  /// - Source: Sandler et al., CVPR 2018, <https://arxiv.org/abs/1801.04381>, table 2.
  public static func mobilenetV2(input: [Int], classes: Int, stem: Stem? = nil) throws -> any Layer {
    try check("mobilenet_v2", input: input, classes: classes)
    let stem = stem ?? .fitting(input[1])
    try check("mobilenet_v2", input: input, least: stem == .small ? 16 : 32)
    var features: [any Layer] = [try normalized(input[0], 32, kernel: 3, stride: stem == .small ? 1 : 2)]
    // Table 2 of the paper: expansion t, channels c, repeats n, stride s of the first.
    let stages = [
      (1, 16, 1, 1), (6, 24, 2, stem == .small ? 1 : 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ]
    var width = 32
    for (expansion, channels, repeats, stride) in stages {
      for index in 0..<repeats {
        features.append(
          try InvertedResidual(
            inputs: width, outputs: channels, stride: index == 0 ? stride : 1, expansion: expansion))
        width = channels
      }
    }
    features.append(try normalized(width, 1280, kernel: 1))
    let classifier = Sequential([
      try Dropout(probability: 0.2),
      try Linear(inputs: 1280, outputs: classes, initialWeight: .normal(deviation: 0.01), initialBias: .constant(0)),
    ])
    return Sequential(named: [
      ("features", Sequential(features)), ("avgpool", GlobalAveragePool2d()), ("classifier", classifier),
    ])
  }

  /// Convolution, batch normalization and ReLU6.
  static func normalized(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
  ) throws -> Sequential {
    Sequential([
      try convolution(inputs, outputs, kernel: kernel, stride: stride, groups: groups),
      try BatchNorm(channels: outputs), Activation(.relu6),
    ])
  }
}

/// Expands channels, filters each of them alone, and projects back, around a shortcut where sizes allow one.
///
/// - Source: Sandler et al., CVPR 2018, <https://arxiv.org/abs/1801.04381>, table 1.
public final class InvertedResidual: Layer {
  private let body: Sequential
  private let hasShortcut: Bool

  init(inputs: Int, outputs: Int, stride: Int, expansion: Int) throws {
    let width = inputs * expansion
    let expand = expansion == 1 ? [] : [try Models.normalized(inputs, width, kernel: 1)]
    body = Sequential(
      expand + [
        try Models.normalized(width, width, kernel: 3, stride: stride, groups: width),
        try Models.convolution(width, outputs, kernel: 1), try BatchNorm(channels: outputs),
      ])
    hasShortcut = stride == 1 && inputs == outputs
  }

  public var children: [(name: String, layer: any Layer)] { [("conv", body)] }
  public var summary: String { hasShortcut ? "InvertedResidual(shortcut)" : "InvertedResidual" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    let output = try context.run(body, named: "conv", input)
    return hasShortcut ? try output.add(input) : output
  }
}
