import KernelTypes

extension Convolution {
  static func depthwisePreparedCount(_ s: ConvolutionShape) -> Int {
    s.kernelHeight * s.kernelWidth * s.inputChannels
  }

  private static func windows(_ s: ConvolutionShape) -> ChannelWindows {
    (
      s.height, s.width, s.inputChannels, s.outputHeight, s.outputWidth, s.kernelHeight, s.kernelWidth, s.strideY,
      s.strideX, s.paddingY, s.paddingX
    )
  }

  static func depthwiseForward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    convolve(windows(s), s.batch, x, w, bias, y, workspace)
  }

  private static func convolve(
    _ g: ChannelWindows, _ batch: Int, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    if isDepthwiseThree(g) {
      convolveChannelsByThree(g, batch, x, w, bias, y, workspace)
    } else {
      convolveChannels(g, batch, x, w, bias, y)
    }
  }

  /// Turns the windows around where the gradient is a convolution of stride 1.
  static func prepareDepthwiseInputGradient(_ s: ConvolutionShape, _ w: Input, _ prepared: Output) {
    let channels = s.inputChannels
    let taps = s.kernelHeight * s.kernelWidth
    let isFlipped = s.strideY == 1 && s.strideX == 1
    for t in 0..<taps { copy(w + (isFlipped ? taps - 1 - t : t) &* channels, prepared + t &* channels, channels) }
  }

  static func depthwiseInputGradient(
    _ s: ConvolutionShape, _ gy: Input, _ prepared: Input, _ gx: Output, _ workspace: Output
  ) {
    guard s.strideY == 1 && s.strideX == 1 else {
      scatterChannels(windows(s), s.batch, gy, prepared, gx)
      return
    }
    // The same convolution with the windows turned around, over the output's gradient.
    let g: ChannelWindows = (
      s.outputHeight, s.outputWidth, s.inputChannels, s.height, s.width, s.kernelHeight, s.kernelWidth, 1, 1,
      s.kernelHeight - 1 - s.paddingY, s.kernelWidth - 1 - s.paddingX
    )
    convolve(g, s.batch, gy, prepared, nil, gx, workspace)
  }

  static func depthwiseWeightGradient(_ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output)
  {
    let g = windows(s)
    if isDepthwiseThree(g) { return channelGradientsByThree(g, s.batch, x, gy, gw, workspace) }
    setAll(gw, s.kernelHeight &* s.kernelWidth &* g.channels, 0)
    for b in 0..<s.batch {
      let image = x + b &* g.height &* g.width &* g.channels
      addChannelGradients(g, image, gy + b &* g.outputHeight &* g.outputWidth &* g.channels, gw)
    }
  }

  /// Writes the input gradient of strided windows: each output's gradient is added to what its window covers.
  private static func scatterChannels(_ g: ChannelWindows, _ batch: Int, _ gy: Input, _ w: Input, _ gx: Output) {
    setAll(gx, batch &* g.height &* g.width &* g.channels, 0)
    for b in 0..<batch {
      for ky in 0..<g.kernelHeight {
        for row in validOutputs(ky, g.height, g.outputHeight, g.strideY, g.paddingY) {
          let top = b &* g.height &+ row &* g.strideY &+ ky &- g.paddingY
          for kx in 0..<g.kernelWidth {
            for column in validOutputs(kx, g.width, g.outputWidth, g.strideX, g.paddingX) {
              let gradient = gy + ((b &* g.outputHeight &+ row) &* g.outputWidth &+ column) &* g.channels
              let target = gx + (top &* g.width &+ column &* g.strideX &+ kx &- g.paddingX) &* g.channels
              let weights = w + (ky &* g.kernelWidth &+ kx) &* g.channels
              map(gradient, weights, target, target, g.channels) { a, b, c in multiplyAdd(a, b, c) }
            }
          }
        }
      }
    }
  }
}
