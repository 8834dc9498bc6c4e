/// Sizes of one 2-d convolution: x `[b, h, w, c]`, weight `[kh, kw, c / groups, o]`, y `[b, oh, ow, o]`.
public struct ConvolutionShape: Hashable, Sendable {
  public let batch: Int
  public let height: Int
  public let width: Int
  public let inputChannels: Int
  public let outputChannels: Int
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let strideY: Int
  public let strideX: Int
  public let paddingY: Int
  public let paddingX: Int
  public let groups: Int
  /// Rows of the output, 0 where the kernel is larger than the padded image.
  public let outputHeight: Int
  /// Columns of the output, 0 where the kernel is larger than the padded image.
  public let outputWidth: Int

  public init(
    batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, kernelHeight: Int, kernelWidth: Int,
    strideY: Int = 1, strideX: Int = 1, paddingY: Int = 0, paddingX: Int = 0, groups: Int = 1
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.paddingY = paddingY
    self.paddingX = paddingX
    self.groups = groups
    outputHeight = outputLength(height, kernelHeight, strideY, paddingY)
    outputWidth = outputLength(width, kernelWidth, strideX, paddingX)
  }
}

/// Returns how many windows of `kernel` fit into `length` with `padding` zeros at both ends.
func outputLength(_ length: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
  let span = length + 2 * padding - kernel
  return span < 0 ? 0 : span / stride + 1
}

/// Which of the three computations of a convolution a workspace is for.
public enum ConvolutionPass: CaseIterable, Sendable {
  case forward, inputGradient, weightGradient
}
