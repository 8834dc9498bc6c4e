/// Kernels that do in one pass over memory what the others do in several, channels last.
public protocol FusedKernels: FirstLayerKernels, EpilogueKernels, FusedNormalizationKernels, NormalizationPartKernels,
  FusedLossKernels
{}

/// Convolutions of images with few channels, whose time goes into moving their output.
///
/// They take one group, stride 1 and 1 to 4 input channels (``takesFirstLayer(_:)``); any kernel and padding. Pooling is
/// over 2 x 2 windows with stride 2; a last odd row or column is dropped.
public protocol FirstLayerKernels: SendableMetatype {
  /// Tells whether the kernels here take this convolution.
  static func takesFirstLayer(_ shape: ConvolutionShape) -> Bool

  /// Returns how many floats of workspace each kernel here needs.
  static func firstLayerWorkspace(_ shape: ConvolutionShape) -> Int

  /// Writes the maxima of relu(convolution + bias): y `[b, oh / 2, ow / 2, o]`, and which pixels won.
  ///
  /// - Parameter codes: As ``EpilogueKernels/rectifiedMaximum(_:_:_:_:_:)`` writes them; nil for inference.
  static func firstLayerPooled(
    _ shape: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output,
    _ codes: UnsafeMutablePointer<Int32>?, _ workspace: Output)

  /// Writes gw `[kh, kw, c, o]` and gBias `[o]` from the pooled gradient `gy[b, oh / 2, ow / 2, o]` and the codes.
  static func firstLayerPooledGradient(
    _ shape: ConvolutionShape, _ x: Input, _ gy: Input, _ codes: UnsafePointer<Int32>, _ gw: Output,
    _ gBias: Output?, _ workspace: Output)
}

/// What follows a product, for a few rows or images at a time while they are in the cache.
public protocol EpilogueKernels: SendableMetatype {
  /// Writes `activation(x + bias)` for `x[rows, n]` and `bias[n]`; y may be x.
  static func biasActivation(
    _ x: Input, _ bias: Input?, _ activation: Activation, _ y: Output, _ rows: Int, _ n: Int)

  /// Writes `gx = gy * activation'` and the column sums of gx; gx may be gy or `saved`.
  ///
  /// - Parameters:
  ///   - saved: `[rows, n]`: the activation's output, or where ``Activation/gradientReadsInput`` its input without
  ///     the bias.
  ///   - bias: `[n]`, added to an input; nil with an output.
  ///   - gBias: `[n]`, overwritten, or added to if `accumulate`.
  static func activationGradient(
    _ activation: Activation, _ saved: Input, _ bias: Input?, _ gy: Input, _ gx: Output, _ gBias: Output?,
    _ accumulate: Bool, _ rows: Int, _ n: Int)

  /// Writes `activation(x + bias)` and the activation's derivative there, both `[rows, n]`; y or slope may be x.
  ///
  /// For activations where ``Activation/gradientReadsInput``: value and derivative share most of their work.
  static func biasActivationSlope(
    _ x: Input, _ bias: Input?, _ activation: Activation, _ y: Output, _ slope: Output, _ rows: Int, _ n: Int)

  /// Writes `gx = gy * slope` and overwrites `gBias[n]` with its column sums; gx may be gy or slope.
  static func slopeGradient(_ slope: Input, _ gy: Input, _ gx: Output, _ gBias: Output?, _ rows: Int, _ n: Int)

  /// Returns how many words hold the codes of a pooling: `b * oh * ((ow + 3) / 4) * c`.
  static func poolCodeCount(_ shape: PoolShape) -> Int

  /// Writes the maximum of `relu(x + bias)` over each window: x `[b, h, w, c]`, bias `[c]`, y `[b, oh, ow, c]`.
  ///
  /// NaN beats every number; of equal elements the first wins.
  ///
  /// - Parameter codes: `[b, oh, (ow + 3) / 4, c]`, or nil for inference. Byte `j`, from the lowest, of a word tells
  ///   which element `ky * kw + kx` of the window of column `4 * q + j` won; `kh * kw` where none is positive. A
  ///   window has at most 254 elements.
  static func rectifiedMaximum(
    _ shape: PoolShape, _ x: Input, _ bias: Input?, _ y: Output, _ codes: UnsafeMutablePointer<Int32>?)

  /// Writes the gradient of x and that of the bias.
  ///
  /// - Parameter gBias: `[c]`, overwritten.
  static func rectifiedMaximumGradient(
    _ shape: PoolShape, _ gy: Input, _ codes: UnsafePointer<Int32>, _ gx: Output, _ gBias: Output?)
}

/// Normalizations joined with what comes before and after them.
///
/// `activation` is `none`, `relu`, `relu6` or `silu` in all of them. Where a gradient needs the activation's input, it
/// is computed again from x, to the same bits.
public protocol FusedNormalizationKernels: SendableMetatype {
  /// Adds the rows of `x[rows, c]` to the moments of the `before` rows seen so far; 0 starts anew.
  ///
  /// - Parameters:
  ///   - mean: `[c]`.
  ///   - squares: `[c]`: sums of squared distances from the mean; divided by the rows they are the biased variance.
  static func addMoments(_ x: Input, _ rows: Int, _ c: Int, _ before: Int, _ mean: Output, _ squares: Output)

  /// Writes `1 / sqrt(squares / rows + epsilon)` and its product with gamma; all `[c]`.
  static func normalizationScale(
    _ squares: Input, _ rows: Int, _ c: Int, _ epsilon: Float, _ gamma: Input?, _ inverseDeviation: Output,
    _ scale: Output)

  /// Writes `activation((x - center) * scale + shift + residual)`; x, residual and y are `[rows, c]`.
  ///
  /// Without a center it is the folded normalization of inference. y may be x or the residual.
  static func affineActivation(
    _ x: Input, _ center: Input?, _ scale: Input, _ shift: Input?, _ residual: Input?,
    _ activation: Activation, _ y: Output, _ rows: Int, _ c: Int)

  /// Writes the gradients of ``affineActivation(_:_:_:_:_:_:_:_:_:)`` whose center and scale are the batch's own.
  ///
  /// - Parameters:
  ///   - residual: `[rows, c]` if one was added before the activation; else nil.
  ///   - shift: `[c]`, as given forward; so is `scale`.
  ///   - gx: `[rows, c]`; may be gy if gResidual is not.
  ///   - gResidual: `[rows, c]`: gradient of the activation's input, if wanted; may be gy.
  ///   - gGamma: `[c]`, overwritten; likewise gBeta.
  ///   - workspace: `2 * c` floats.
  static func batchNormActivationGradient(
    _ x: Input, _ gy: Input, _ residual: Input?, _ activation: Activation, _ rows: Int, _ c: Int, _ mean: Input,
    _ inverseDeviation: Input, _ scale: Input, _ shift: Input?, _ gx: Output, _ gResidual: Output?,
    _ gGamma: Output, _ gBeta: Output, _ workspace: Output)

  /// Returns how many floats of workspace the group normalizations need.
  static func groupNormWorkspace(_ channels: Int) -> Int

  /// Normalizes each of `groups` equal runs of channels of each image of `x[b, hw, c]`, then applies the activation.
  ///
  /// `gamma` and `beta` are `[c]`; `mean` and `inverseDeviation`, kept for the gradient, are `[b * groups]`. y may be x.
  static func groupNormActivation(
    _ x: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?, _ beta: Input?,
    _ epsilon: Float, _ activation: Activation, _ y: Output, _ mean: Output, _ inverseDeviation: Output,
    _ workspace: Output)

  /// Writes the gradients of ``groupNormActivation(_:_:_:_:_:_:_:_:_:_:_:_:_:)``; gx may be gy.
  ///
  /// `gGamma[c]` and `gBeta[c]` are overwritten.
  static func groupNormActivationGradient(
    _ x: Input, _ gy: Input, _ batch: Int, _ pixels: Int, _ channels: Int, _ groups: Int, _ gamma: Input?,
    _ beta: Input?, _ activation: Activation, _ mean: Input, _ inverseDeviation: Input, _ gx: Output,
    _ gGamma: Output, _ gBeta: Output, _ workspace: Output)
}

/// Losses with their gradients.
public protocol FusedLossKernels: SendableMetatype {
  /// Writes the cross-entropy of each row of scores, in nats, and its gradient.
  ///
  /// The target is `1 - smoothing` for the label, plus `smoothing / k` for every class.
  ///
  /// - Parameters:
  ///   - x: Scores, `[rows, k]`.
  ///   - labels: Classes from 0 to `k - 1`, `[rows]`.
  ///   - factor: What the gradient is multiplied by: 1 / rows for a mean.
  ///   - losses: `[rows]`, not multiplied.
  ///   - gx: `[rows, k]`; nil for evaluation. It may be x.
  static func softmaxCrossEntropy(
    _ x: Input, _ labels: UnsafePointer<Int64>, _ rows: Int, _ k: Int, _ smoothing: Float, _ factor: Float,
    _ losses: Output, _ gx: Output?)
}
