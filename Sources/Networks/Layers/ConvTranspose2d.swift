public import Tensors

/// Spreads every pixel over a square patch: the adjoint of a convolution, which enlarges images.
public final class ConvTranspose2d: Layer {
  public let inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int
  /// Shape `[inputs, outputs, kernel, kernel]`.
  public let weight: LayerParameter
  /// Shape `[outputs]`.
  public let bias: LayerParameter?

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)`` for a size out of range.
  public init(
    inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias hasBias: Bool = true
  ) throws {
    try requirePositive(
      "conv_transpose2d", ["inputs": inputs, "outputs": outputs, "kernel": kernel, "stride": stride])
    try requireKernel("conv_transpose2d", kernel)
    try requirePadding("conv_transpose2d", padding)
    (self.inputs, self.outputs, self.kernel) = (inputs, outputs, kernel)
    (self.stride, self.padding) = (stride, padding)
    // PyTorch takes the fan from the second axis of the weight, which here are the outputs.
    let fan = outputs * kernel * kernel
    weight = LayerParameter(
      "weight", [inputs, outputs, kernel, kernel], .fanIn(fan), memoryOrder: LayerParameter.convolutionOrder)
    bias = hasBias ? LayerParameter("bias", [outputs], .fanIn(fan)) : nil
  }

  public var parameters: [LayerParameter] { [weight] + (bias.map { [$0] } ?? []) }

  public var summary: String {
    "ConvTranspose2d(\(inputs), \(outputs), kernel=\(kernel)"
      + (stride == 1 ? "" : ", stride=\(stride)") + (padding == 0 ? "" : ", padding=\(padding)")
      + (bias == nil ? ", bias=false)" : ")")
  }

  /// - Parameter input: Shape `[b, inputs, h, w]`.
  /// - Returns: Shape `[b, outputs, (h - 1) stride - 2 padding + kernel, …]`.
  public func forward(_ input: Tensor, _ context: ForwardContext) throws -> Tensor {
    try input.convTranspose2d(
      weight: context.value(of: weight), bias: bias.map(context.value(of:)), stride: stride, padding: padding)
  }
}
