public import Tensors

/// Slides square filters over images, in `groups` independent groups of channels.
public final class Conv2d: Layer {
  public let inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int, groups: Int
  /// Shape `[outputs, inputs / groups, kernel, kernel]`.
  public let weight: LayerParameter
  /// Shape `[outputs]`.
  public let bias: LayerParameter?

  /// - Parameter initialWeight: First values of the weight; PyTorch's default if nil.
  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a size out of range, or channels that `groups` does
  ///   not divide.
  public init(
    inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    bias hasBias: Bool = true, initialWeight: Initializer? = nil
  ) throws {
    try requirePositive(
      "conv2d", ["inputs": inputs, "outputs": outputs, "kernel": kernel, "stride": stride, "groups": groups])
    try requireKernel("conv2d", kernel)
    try requirePadding("conv2d", padding)
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw NetworkError.option(
        of: "conv2d", name: "groups", got: "\(groups)",
        allowed: "it must divide inputs = \(inputs) and outputs = \(outputs)")
    }
    (self.inputs, self.outputs, self.kernel) = (inputs, outputs, kernel)
    (self.stride, self.padding, self.groups) = (stride, padding, groups)
    let fanIn = inputs / groups * kernel * kernel
    weight = LayerParameter(
      "weight", [outputs, inputs / groups, kernel, kernel], initialWeight ?? .fanIn(fanIn),
      memoryOrder: LayerParameter.convolutionOrder)
    bias = hasBias ? LayerParameter("bias", [outputs], .fanIn(fanIn)) : nil
  }

  public var parameters: [LayerParameter] { [weight] + (bias.map { [$0] } ?? []) }

  public var summary: String {
    "Conv2d(\(inputs), \(outputs), kernel=\(kernel)"
      + (stride == 1 ? "" : ", stride=\(stride)") + (padding == 0 ? "" : ", padding=\(padding)")
      + (groups == 1 ? "" : ", groups=\(groups)") + (bias == nil ? ", bias=false)" : ")")
  }

  /// - Parameter input: Shape `[b, inputs, h, w]`.
  /// - Returns: Shape `[b, outputs, h', w']` with h' = (h + 2 padding - kernel) / stride + 1, rounded down.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.conv2d(
      weight: context.value(of: weight), bias: bias.map(context.value(of:)), stride: stride, padding: padding,
      groups: groups)
  }
}
