import KernelTypes

extension Convolution {
  /// Tells whether the image must be copied to get its border of zeros.
  @inline(__always)
  static func needsBorder(_ s: ConvolutionShape) -> Bool { s.paddingY > 0 || s.paddingX > 0 }

  /// How windows lie in the bordered images of a convolution.
  static func geometry(_ s: ConvolutionShape) -> WindowGeometry {
    windowGeometry(
      height: s.height + 2 * s.paddingY, width: s.width + 2 * s.paddingX, channels: s.inputChannels,
      outputHeight: s.outputHeight, outputWidth: s.outputWidth, strideY: s.strideY, strideX: s.strideX,
      kernelHeight: s.kernelHeight, kernelWidth: s.kernelWidth, groups: s.groups)
  }

  /// Floats of the copy with a border, 0 where none is needed.
  static func borderedCount(_ s: ConvolutionShape) -> Int {
    guard needsBorder(s) else { return 0 }
    return s.batch * (s.height + 2 * s.paddingY) * (s.width + 2 * s.paddingX) * s.inputChannels
  }

  /// Returns the images with their border, copied to `space` where they need one.
  static func bordered(_ s: ConvolutionShape, _ x: Input, _ space: Output) -> Input {
    guard needsBorder(s) else { return x }
    copyWithBorder(
      x, s.batch, s.height, s.width, s.inputChannels, s.paddingY, s.paddingX, space, s.height + 2 * s.paddingY,
      s.width + 2 * s.paddingX)
    return Input(space)
  }

  static func forwardPreparedCount(_ s: ConvolutionShape) -> Int {
    s.groups * windowPanels(geometry(s), s.outputChannels / s.groups)
  }

  /// Packs each group's weights into panels, one group after the other.
  static func prepareForward(_ s: ConvolutionShape, _ w: Input, _ prepared: Output) {
    let g = geometry(s)
    let outputs = s.outputChannels / s.groups
    for group in 0..<s.groups {
      packPanels(
        w + group &* outputs, s.outputChannels, 1, g.tapCount &* g.depth, outputs,
        prepared + group &* windowPanels(g, outputs))
    }
  }

  static func forwardWorkspace(_ s: ConvolutionShape) -> Int {
    let g = geometry(s)
    return windowWorkspace(g) + borderedCount(s) + copiedWindowsCount(g)
  }

  static func windowForward(
    _ s: ConvolutionShape, _ x: Input, _ prepared: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let g = geometry(s)
    let outputs = s.outputChannels / s.groups
    let pixels = s.batch * s.outputHeight * s.outputWidth
    guard pixels > 0 else { return }
    let space = workspace + windowWorkspace(g)
    let images = bordered(s, x, space)
    if copiesWindows(g) {
      multiplyCopiedWindows(
        g, images, pixels, prepared, outputs, bias, y, workspace, space + borderedCount(s))
      return
    }
    for group in 0..<s.groups {
      let output = group &* outputs
      multiplyWindows(
        g, images + group &* (s.inputChannels / s.groups), 0, pixels, prepared + group &* windowPanels(g, outputs),
        outputs, bias.map { $0 + output }, y + output, s.outputChannels, workspace)
    }
  }
}
