import KernelTypes

/// Picks an algorithm by shape; each lives in a file of its own.
enum Convolution: ConvolutionKernels {
  static func workspace(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> Int {
    alignmentSlack + alignedWorkspace(s, pass)
  }

  private static func alignedWorkspace(_ s: ConvolutionShape, _ pass: ConvolutionPass) -> Int {
    switch pass {
    case .forward: isPointwise(s) ? pointwiseWorkspace(s) : isDepthwise(s) ? depthwiseWorkspace(s) : forwardWorkspace(s)
    case .inputGradient:
      isPointwise(s) ? pointwiseWorkspace(s) : isDepthwise(s) ? depthwiseWorkspace(s) : inputGradientWorkspace(s)
    case .weightGradient: isDepthwise(s) ? depthwiseWorkspace(s) : weightGradientWorkspace(s)
    }
  }

  static func forward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let workspace = aligned(workspace)
    if isPointwise(s) {
      pointwiseForward(s, x, w, bias, y, workspace)
    } else if isDepthwise(s) {
      depthwiseForward(s, x, w, bias, y)
    } else {
      windowForward(s, x, w, bias, y, workspace)
    }
  }

  static func inputGradient(_ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output) {
    let workspace = aligned(workspace)
    if isPointwise(s) {
      pointwiseInputGradient(s, gy, w, gx, workspace)
    } else if isDepthwise(s) {
      depthwiseInputGradient(s, gy, w, gx, workspace)
    } else {
      windowInputGradient(s, gy, w, gx, workspace)
    }
  }

  static func weightGradient(_ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output) {
    let workspace = aligned(workspace)
    if isDepthwise(s) {
      depthwiseWeightGradient(s, x, gy, gw)
    } else {
      windowWeightGradient(s, x, gy, gw, workspace)
    }
  }

  /// Tells whether each pixel alone makes one pixel: a plain matrix product.
  @inline(__always)
  private static func isPointwise(_ s: ConvolutionShape) -> Bool {
    s.kernelHeight == 1 && s.kernelWidth == 1 && s.strideY == 1 && s.strideX == 1 && s.groups == 1
      && !needsBorder(s)
  }

  /// Tells whether each channel is convolved alone.
  @inline(__always)
  private static func isDepthwise(_ s: ConvolutionShape) -> Bool {
    s.groups > 1 && s.groups == s.inputChannels && s.groups == s.outputChannels
  }
}
