public import Tensors

extension Models {
  /// ResNet-18, with torchvision's names and first values.
  ///
  /// - Parameters:
  ///   - input: `[c, h, w]`, at least 8x8 with the small stem and 32x32 with the image stem.
  ///   - stem: 3x3 without pooling, or 7x7 with stride 2 and pooling; by the image's height if nil.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  /// - Source: He et al., CVPR 2016, <https://arxiv.org/abs/1512.03385>, table 1; small stem: section 4.2.
  public static func resnet18(input: [Int], classes: Int, stem: Stem? = nil) throws -> any Layer {
    try check("resnet18", input: input, classes: classes)
    let stem = stem ?? .fitting(input[1])
    try check("resnet18", input: input, least: stem == .small ? 8 : 32)
    var layers: [(name: String, layer: any Layer)] =
      stem == .small
      ? [("conv1", try convolution(input[0], 64, kernel: 3))]
      : [("conv1", try convolution(input[0], 64, kernel: 7, stride: 2))]
    layers += [("bn1", try BatchNorm(channels: 64)), ("relu", Activation(.relu))]
    if stem == .image { layers.append(("maxpool", try Pooling(.maximum, kernel: 3, stride: 2, padding: 1))) }
    var width = 64
    for (index, channels) in [64, 128, 256, 512].enumerated() {
      let blocks = [
        try BasicBlock(inputs: width, outputs: channels, stride: index == 0 ? 1 : 2),
        try BasicBlock(inputs: channels, outputs: channels, stride: 1),
      ]
      layers.append(("layer\(index + 1)", Sequential(blocks)))
      width = channels
    }
    layers += [("avgpool", GlobalAveragePool2d()), ("fc", try Linear(inputs: 512, outputs: classes))]
    return Sequential(named: layers)
  }

  /// A convolution without bias that keeps the size at stride 1, with Kaiming's normal values by its outputs.
  static func convolution(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1) throws -> Conv2d
  {
    try Conv2d(
      inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups,
      bias: false,
      initialWeight: .kaimingNormal(fan: outputs * kernel * kernel))
  }
}

/// Two 3x3 convolutions with batch normalization around a shortcut.
///
/// - Source: He et al., CVPR 2016, <https://arxiv.org/abs/1512.03385>, figure 2; projection shortcuts (option B).
public final class BasicBlock: Layer {
  public let children: [(name: String, layer: any Layer)]
  private let main: Sequential
  /// Projection of the shortcut where sizes change.
  private let projection: Sequential?

  init(inputs: Int, outputs: Int, stride: Int) throws {
    let layers: [(name: String, layer: any Layer)] = [
      ("conv1", try Models.convolution(inputs, outputs, kernel: 3, stride: stride)),
      ("bn1", try BatchNorm(channels: outputs)), ("relu", Activation(.relu)),
      ("conv2", try Models.convolution(outputs, outputs, kernel: 3)), ("bn2", try BatchNorm(channels: outputs)),
    ]
    main = Sequential(named: layers)
    guard stride != 1 || inputs != outputs else {
      projection = nil
      children = layers
      return
    }
    let shortcut = Sequential([
      try Models.convolution(inputs, outputs, kernel: 1, stride: stride), try BatchNorm(channels: outputs),
    ])
    projection = shortcut
    children = layers + [("downsample", shortcut)]
  }

  public var summary: String { "BasicBlock" }

  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    let shortcut = try projection.map { try context.run($0, named: "downsample", input) } ?? input
    return try main.forward(input, context).add(shortcut).relu()
  }
}
