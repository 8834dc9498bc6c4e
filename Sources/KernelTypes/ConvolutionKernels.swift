/// Two-dimensional convolution (cross-correlation) with stride, zero padding and groups, channels last.
public protocol ConvolutionKernels: SendableMetatype {
  /// Returns how many floats of workspace a pass needs.
  static func workspace(_ shape: ConvolutionShape, _ pass: ConvolutionPass) -> Int

  /// Writes `y` from `x`, `w` and, where given, `bias[o]`.
  static func forward(
    _ shape: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output)

  /// Writes the gradient of `x` from that of `y`.
  static func inputGradient(_ shape: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output)

  /// Writes the gradient of `w` from `x` and that of `y`.
  static func weightGradient(_ shape: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output)
}
