import KernelTypes

/// Picks an algorithm by shape; each lives in a file of its own.
enum Convolution: ConvolutionKernels {
  static func method(
    _ s: ConvolutionShape, _ pass: ConvolutionPass, _ preference: ConvolutionPreference
  ) -> ConvolutionMethod {
    preference == .auto && allowsTiles(s) && tilesPay(s, pass) ? .winograd : .direct
  }

  static func preparedCount(_ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int {
    if pass == .weightGradient { return 0 }
    if method == .winograd { return tilePreparedCount(s, pass) }
    if isDepthwise(s) { return depthwisePreparedCount(s) }
    if pass == .forward { return forwardPreparedCount(s) }
    return isThin(s) ? thinPreparedCount(s) : inputGradientPreparedCount(s)
  }

  static func prepare(
    _ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod, _ w: Input, _ prepared: Output
  ) {
    switch (method, pass) {
    case (_, .weightGradient): break
    case (.winograd, _): prepareTiles(s, pass, w, prepared)
    case (.direct, .forward):
      isDepthwise(s) ? copy(w, prepared, depthwisePreparedCount(s)) : prepareForward(s, w, prepared)
    case (.direct, .inputGradient) where isThin(s) && !isDepthwise(s): copy(w, prepared, thinPreparedCount(s))
    case (.direct, .inputGradient):
      isDepthwise(s) ? prepareDepthwiseInputGradient(s, w, prepared) : prepareInputGradient(s, w, prepared)
    }
  }

  static func workspace(_ s: ConvolutionShape, _ pass: ConvolutionPass, _ method: ConvolutionMethod) -> Int {
    if method == .winograd {
      return alignmentSlack + (pass == .weightGradient ? tileGradientWorkspace(s) : tileWorkspace(s, pass))
    }
    if isDepthwise(s) { return alignmentSlack + depthwiseThreeWorkspace }
    switch pass {
    case .forward: return alignmentSlack + forwardWorkspace(s)
    case .inputGradient: return alignmentSlack + (isThin(s) ? thinWorkspace(s) : inputGradientWorkspace(s))
    case .weightGradient: return alignmentSlack + weightGradientWorkspace(s)
    }
  }

  static func forward(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ prepared: Input, _ bias: Input?, _ y: Output,
    _ workspace: Output
  ) {
    if method == .winograd {
      multiplyTiles(s, .forward, x, prepared, bias, y, aligned(workspace))
    } else if isDepthwise(s) {
      depthwiseForward(s, x, prepared, bias, y, aligned(workspace))
    } else {
      windowForward(s, x, prepared, bias, y, aligned(workspace))
    }
  }

  static func inputGradient(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ gy: Input, _ prepared: Input, _ gx: Output,
    _ workspace: Output
  ) {
    if method == .winograd {
      multiplyTiles(s, .inputGradient, gy, prepared, nil, gx, aligned(workspace))
    } else if isDepthwise(s) {
      depthwiseInputGradient(s, gy, prepared, gx, aligned(workspace))
    } else if isThin(s) {
      thinInputGradient(s, gy, prepared, gx, aligned(workspace))
    } else {
      windowInputGradient(s, gy, prepared, gx, aligned(workspace))
    }
  }

  static func weightGradient(
    _ s: ConvolutionShape, _ method: ConvolutionMethod, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output
  ) {
    if method == .winograd {
      tileWeightGradient(s, x, gy, gw, aligned(workspace))
    } else if isDepthwise(s) {
      depthwiseWeightGradient(s, x, gy, gw, aligned(workspace))
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
