/// The parts of a batch normalization with an activation, for a few images at a time while they are in the cache.
///
/// A channel is mapped to `activation((x - center) * scale + shift)`, as
/// ``FusedNormalizationKernels/affineActivation(_:_:_:_:_:_:_:_:_:)`` does with the batch's mean as center. Moments and
/// sums of one part are added to those of another in the order of the parts, so that the bits do not depend on who
/// computed them.
public protocol NormalizationPartKernels: SendableMetatype {
  /// Joins the moments of `count` rows to those of the `seen` rows before them; all vectors are `[c]`.
  static func addMoments(
    of otherMean: Input, _ otherSquares: Input, _ count: Int, to mean: Output, _ squares: Output, _ seen: Int, _ c: Int)

  /// Writes the column sums of gz, the gradient before the activation, and those of `gz * (x - center)`.
  ///
  /// - Parameters:
  ///   - residual: `[rows, c]` if one was added before the activation; else nil.
  ///   - gz: `[rows, c]`: where to write the gradient itself, if wanted; may be gy. Where the activation is costly,
  ///     what follows should start from it.
  ///   - products: `[c]`, overwritten; likewise sums.
  static func normalizationSums(
    _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ center: Input, _ scale: Input,
    _ shift: Input?, _ gz: Output?, _ products: Output, _ sums: Output, _ rows: Int, _ c: Int)

  /// Writes what the input's gradient needs of the sums over all rows, and the gradient of gamma; all are `[c]`.
  ///
  /// - Parameter products: As ``normalizationSums(_:_:_:_:_:_:_:_:_:_:_:_:)`` gives them; may be gGamma.
  static func normalizationMixing(
    _ products: Input, _ sums: Input, _ inverseDeviation: Input, _ scale: Input, _ rows: Int, _ c: Int,
    _ gGamma: Output, _ slope: Output, _ offset: Output)

  /// Writes the gradient of x from that of y and what ``normalizationMixing(_:_:_:_:_:_:_:_:_:)`` gave; gx may be gy.
  static func normalizationInputGradient(
    _ x: Input, _ gy: Input, _ activation: Activation, _ center: Input, _ scale: Input,
    _ shift: Input?, _ slope: Input, _ offset: Input, _ gx: Output, _ rows: Int, _ c: Int)
}
