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

  static func forwardWorkspace(_ s: ConvolutionShape) -> Int {
    let g = geometry(s)
    return windowWorkspace(g) + windowPanels(g, s.outputChannels / s.groups) + borderedCount(s) + copiedWindowsCount(g)
  }

  static func windowForward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let g = geometry(s)
    let outputs = s.outputChannels / s.groups
    let pixels = s.batch * s.outputHeight * s.outputWidth
    guard pixels > 0 else { return }
    let panels = workspace + windowWorkspace(g)
    let space = panels + windowPanels(g, outputs)
    let images = bordered(s, x, space)
    for group in 0..<s.groups {
      let output = group &* outputs
      packPanels(w + output, s.outputChannels, 1, g.tapCount &* g.depth, outputs, panels)
      let groupBias = bias.map { $0 + output }
      if copiesWindows(g) {
        multiplyCopiedWindows(
          g, images, pixels, panels, outputs, groupBias, y, workspace, space + borderedCount(s))
      } else {
        multiplyWindows(
          g, images + group &* (s.inputChannels / s.groups), 0, pixels, panels, outputs, groupBias, y + output,
          s.outputChannels, workspace)
      }
    }
  }
}
