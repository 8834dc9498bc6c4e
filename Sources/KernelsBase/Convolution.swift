import KernelTypes

/// Picks an algorithm by shape; each lives in a file of its own.
enum Convolution: ConvolutionKernels {
  static func method(
    _ s: ConvolutionShape, _ pass: ConvolutionPass, _ preference: ConvolutionPreference
  ) -> ConvolutionMethod {
    .direct
  }

  static func preparedCount(_ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int {
    switch pass {
    case .forward: isDepthwise(s) ? depthwisePreparedCount(s) : forwardPreparedCount(s)
    case .inputGradient: isDepthwise(s) ? depthwisePreparedCount(s) : inputGradientPreparedCount(s)
    case .weightGradient: 0
    }
  }

  static func prepare(
    _ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod, _ w: Input, _ prepared: Output
  ) {
    switch pass {
    case .forward: isDepthwise(s) ? copy(w, prepared, depthwisePreparedCount(s)) : prepareForward(s, w, prepared)
    case .inputGradient:
      isDepthwise(s) ? prepareDepthwiseInputGradient(s, w, prepared) : prepareInputGradient(s, w, prepared)
    case .weightGradient: break
    }
  }

  static func workspace(_ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int {
    if isDepthwise(s) { return 0 }
    switch pass {
    case .forward: return alignmentSlack + forwardWorkspace(s)
    case .inputGradient: return alignmentSlack + inputGradientWorkspace(s)
    case .weightGradient: return alignmentSlack + weightGradientWorkspace(s)
    }
  }

  static func forward(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ prepared: Input, _ bias: Input?, _ y: Output,
    _ workspace: Output
  ) {
    if isDepthwise(s) {
      depthwiseForward(s, x, prepared, bias, y)
    } else {
      windowForward(s, x, prepared, bias, y, aligned(workspace))
    }
  }

  static func inputGradient(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ gy: Input, _ prepared: Input, _ gx: Output,
    _ workspace: Output
  ) {
    if isDepthwise(s) {
      depthwiseInputGradient(s, gy, prepared, gx)
    } else {
      windowInputGradient(s, gy, prepared, gx, aligned(workspace))
    }
  }

  static func weightGradient(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output
  ) {
    if isDepthwise(s) {
      depthwiseWeightGradient(s, x, gy, gw)
    } else {
      windowWeightGradient(s, x, gy, gw, aligned(workspace))
    }
  }

  /// Tells whether each channel is convolved alone.
  @inline(__always)
  private static func isDepthwise(_ s: ConvolutionShape) -> Bool {
    s.groups > 1 && s.groups == s.inputChannels && s.groups == s.outputChannels
  }
}
