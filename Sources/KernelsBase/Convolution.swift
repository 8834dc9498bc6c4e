import KernelTypes

enum Convolution: ConvolutionKernels {
  static func workspace(_ shape: ConvolutionShape, _ pass: ConvolutionPass) -> Int { 0 }

  static func forward(
    _ s: ConvolutionShape, _ x: Input, _ w: Input, _ bias: Input?, _ y: Output, _ workspace: Output
  ) {
    let o = s.outputChannels
    for p in 0..<s.batch &* s.outputHeight &* s.outputWidth {
      if let bias { copy(bias, y + p &* o, o) } else { setAll(y + p &* o, o, 0) }
    }
    forEachProduct(s) { xi, wi, yi, n in Elementwise.axpy(x[xi], w + wi, y + yi, n) }
  }

  static func inputGradient(_ s: ConvolutionShape, _ gy: Input, _ w: Input, _ gx: Output, _ workspace: Output) {
    setAll(gx, s.batch &* s.height &* s.width &* s.inputChannels, 0)
    forEachProduct(s) { xi, wi, yi, n in gx[xi] += Float(Reduction.dot(w + wi, gy + yi, n)) }
  }

  static func weightGradient(_ s: ConvolutionShape, _ x: Input, _ gy: Input, _ gw: Output, _ workspace: Output) {
    let perGroup = s.inputChannels / s.groups
    setAll(gw, s.kernelHeight &* s.kernelWidth &* perGroup &* s.outputChannels, 0)
    forEachProduct(s) { xi, wi, yi, n in Elementwise.axpy(x[xi], gy + yi, gw + wi, n) }
  }

  /// Calls `f` with the place of an input, of its row of weights and of its row of outputs, and that row's length.
  @inline(__always)
  private static func forEachProduct(_ s: ConvolutionShape, _ f: (Int, Int, Int, Int) -> Void) {
    let ci = s.inputChannels / s.groups
    let co = s.outputChannels / s.groups
    for b in 0..<s.batch { for oy in 0..<s.outputHeight { for ox in 0..<s.outputWidth {
      for ky in 0..<s.kernelHeight { for kx in 0..<s.kernelWidth {
        let iy = oy &* s.strideY &+ ky &- s.paddingY
        let ix = ox &* s.strideX &+ kx &- s.paddingX
        if iy < 0 || iy >= s.height || ix < 0 || ix >= s.width { continue }
        for g in 0..<s.groups { for c in 0..<ci {
          let xi = ((b &* s.height &+ iy) &* s.width &+ ix) &* s.inputChannels &+ g &* ci &+ c
          let wi = ((ky &* s.kernelWidth &+ kx) &* ci &+ c) &* s.outputChannels &+ g &* co
          let yi = ((b &* s.outputHeight &+ oy) &* s.outputWidth &+ ox) &* s.outputChannels &+ g &* co
          f(xi, wi, yi, co)
        } }
      } }
    } } }
  }
}
