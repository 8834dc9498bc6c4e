import KernelTypes

extension Convolution {
  static func pointwiseWorkspace(_ s: ConvolutionShape) -> Int {
    let pixels = s.batch * s.height * s.width
    return max(
      Matrix.gemmWorkspace(pixels, s.outputChannels, s.inputChannels),
      Matrix.gemmWorkspace(pixels, s.inputChannels, s.outputChannels))
  }

  static func pointwiseForward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let pixels = s.batch * s.height * s.width
    let outputs = s.outputChannels
    if let bias { for p in 0..<pixels { copy(bias, y + p &* outputs, outputs) } }
    Matrix.gemm(
      pixels, outputs, s.inputChannels, x, s.inputChannels, 1, w, outputs, 1, y, outputs, bias != nil, workspace)
  }

  static func pointwiseInputGradient(
    _ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output
  ) {
    let outputs = s.outputChannels
    Matrix.gemm(
      s.batch * s.height * s.width, s.inputChannels, outputs, gy, outputs, 1, w, 1, outputs, gx, s.inputChannels,
      false, workspace)
  }
}
