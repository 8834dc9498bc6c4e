/// Batch and layer normalization, channels last; group normalization is with the kernels that join activations.
public protocol NormalizationKernels: SendableMetatype {
  /// Writes mean and biased variance of each column of `x[rows, c]`.
  static func channelMoments(_ x: Input, _ rows: Int, _ c: Int, _ mean: Output, _ variance: Output)

  /// Writes `x * scale + shift` for `x[rows, c]`, `scale[c]`, `shift[c]`.
  static func scaleShift(_ x: Input, _ scale: Input, _ shift: Input, _ y: Output, _ rows: Int, _ c: Int)

  /// Writes the gradients of batch normalization with the batch's own moments; `gamma` nil means ones.
  static func batchNormGradient(
    _ x: Input, _ gy: Input, _ rows: Int, _ c: Int, _ mean: Input, _ inverseDeviation: Input, _ gamma: Input?,
    _ gx: Output, _ gGamma: Output, _ gBeta: Output)

  /// Normalizes each row of `x[rows, n]`; keeps `mean[rows]` and `inverseDeviation[rows]` for the gradient.
  static func layerNorm(
    _ x: Input, _ rows: Int, _ n: Int, _ gamma: Input?, _ beta: Input?, _ epsilon: Float, _ y: Output,
    _ mean: Output, _ inverseDeviation: Output)

  /// Writes the gradients of layer normalization; `gGamma[n]` and `gBeta[n]` are overwritten.
  ///
  /// gx may be gy or past.
  ///
  /// - Parameter past: `[rows, n]`: what reaches x past the normalization, added to its gradient; nil for nothing.
  static func layerNormGradient(
    _ x: Input, _ gy: Input, _ past: Input?, _ rows: Int, _ n: Int, _ gamma: Input?, _ mean: Input,
    _ inverseDeviation: Input,
    _ gx: Output, _ gGamma: Output, _ gBeta: Output)
}
