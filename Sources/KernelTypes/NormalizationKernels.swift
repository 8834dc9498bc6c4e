/// Batch, layer and group normalization, channels last.
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
  static func layerNormGradient(
    _ x: Input, _ gy: Input, _ rows: Int, _ n: Int, _ gamma: Input?, _ mean: Input, _ inverseDeviation: Input,
    _ gx: Output, _ gGamma: Output, _ gBeta: Output)

  /// Normalizes each of `groups` equal runs of channels of each image of `x[b, hw, c]`.
  ///
  /// `gamma` and `beta` are `[c]`; `mean` and `inverseDeviation` are `[b * groups]`.
  static func groupNorm(
    _ x: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?, _ beta: Input?,
    _ epsilon: Float, _ y: Output, _ mean: Output, _ inverseDeviation: Output)

  /// Writes the gradients of group normalization; `gGamma[c]` and `gBeta[c]` are overwritten.
  static func groupNormGradient(
    _ x: Input, _ gy: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?,
    _ mean: Input, _ inverseDeviation: Input, _ gx: Output, _ gGamma: Output, _ gBeta: Output)
}
