/// Two-dimensional convolution (cross-correlation) with stride, zero padding and groups, channels last.
///
/// A caller picks a method once, prepares the weights for the passes that read them, once for each change of the
/// weights, and may then cut the batch as it likes: a pass over some of the images takes the same method and the same
/// prepared weights. All memory is the caller's; it is read fastest where it starts at a multiple of 64 bytes.
public protocol ConvolutionKernels: SendableMetatype {
  /// Returns the method for a pass over the whole batch: a function of the arguments alone.
  static func method(
    _ shape: ConvolutionShape, _ pass: ConvolutionPass, _ preference: ConvolutionPreference
  ) -> ConvolutionMethod

  /// Returns how many floats the prepared weights of a pass take, for any batch; 0 for the weight gradient.
  static func preparedCount(_ shape: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int

  /// Writes the weights as a pass reads them. Does nothing for the weight gradient.
  static func prepare(
    _ shape: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod, _ w: Input, _ prepared: Output)

  /// Returns how many floats of workspace a pass over `shape.batch` images needs.
  static func workspace(_ shape: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int

  /// Writes `y` from `x`, the weights prepared for this pass and, where given, `bias[o]`.
  static func forward(
    _ shape: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ prepared: Input, _ bias: Input?,
    _ y: Output, _ workspace: Output)

  /// Writes the gradient of `x` from that of `y` and the weights prepared for this pass.
  static func inputGradient(
    _ shape: ConvolutionShape, _ method: ConvolutionMethod, _ gy: Input, _ prepared: Input, _ gx: Output,
    _ workspace: Output)

  /// Writes the gradient of `w` from `x` and that of `y`.
  static func weightGradient(
    _ shape: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ gy: Input, _ gw: Output,
    _ workspace: Output)
}
