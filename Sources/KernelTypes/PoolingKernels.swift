/// Sizes of one 2-d pooling: x `[b, h, w, c]`, y `[b, oh, ow, c]`.
public struct PoolShape: Hashable, Sendable {
  public let batch: Int
  public let height: Int
  public let width: Int
  public let channels: Int
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let strideY: Int
  public let strideX: Int
  public let paddingY: Int
  public let paddingX: Int
  public let outputHeight: Int
  public let outputWidth: Int

  public init(
    batch: Int, height: Int, width: Int, channels: Int, kernelHeight: Int, kernelWidth: Int, strideY: Int,
    strideX: Int, paddingY: Int = 0, paddingX: Int = 0
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.channels = channels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.paddingY = paddingY
    self.paddingX = paddingX
    outputHeight = outputLength(height, kernelHeight, strideY, paddingY)
    outputWidth = outputLength(width, kernelWidth, strideX, paddingX)
  }
}

/// Pooling and nearest-neighbour upsampling, channels last. The padding must be smaller than the kernel.
public protocol PoolingKernels: SendableMetatype {
  /// Writes the largest element of each window to `y` and its place `h * width + w` in its image to `indices`.
  ///
  /// Padding never wins; of equal elements the first does, and NaN beats every number.
  static func maximum(_ shape: PoolShape, _ x: Input, _ y: Output, _ indices: UnsafeMutablePointer<Int32>)

  /// Writes the gradient of `x`: each `gy` added at the place that won.
  static func maximumGradient(_ shape: PoolShape, _ gy: Input, _ indices: UnsafePointer<Int32>, _ gx: Output)

  /// Writes the mean of each window, padding counted as zeros.
  static func average(_ shape: PoolShape, _ x: Input, _ y: Output)

  /// Writes the gradient of `x`: each `gy` divided over its window.
  static func averageGradient(_ shape: PoolShape, _ gy: Input, _ gx: Output)

  /// Repeats each pixel of `x[b, h, w, c]` `scale` times in both directions: `y[b, h * scale, w * scale, c]`.
  static func upsampleNearest(
    _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ scale: Int, _ x: Input, _ y: Output)

  /// Writes `gx[b, h, w, c]`: the sum of the `gy` of each pixel's copies.
  static func upsampleNearestGradient(
    _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ scale: Int, _ gy: Input, _ gx: Output)
}
