@testable import Kernels

/// The definition of a convolution in float64, on reproducible numbers.
struct NaiveConvolution {
  let shape: ConvolutionShape
  let x: [Float]
  let w: [Float]
  let gy: [Float]
  let outputCount: Int

  /// - Parameter scale: Largest size of the images' numbers.
  init(_ shape: ConvolutionShape, scale: Float = 1) {
    self.shape = shape
    outputCount = shape.batch * shape.outputHeight * shape.outputWidth * shape.outputChannels
    x = numbers(shape.batch * shape.height * shape.width * shape.inputChannels, seed: 1, scale: scale)
    w = numbers(
      shape.kernelHeight * shape.kernelWidth * (shape.inputChannels / shape.groups) * shape.outputChannels, seed: 2)
    gy = numbers(outputCount, seed: 3)
  }

  /// Runs a kernel on weights prepared for it.
  func forward(
    _ kernels: any ConvolutionKernels.Type, _ method: ConvolutionMethod, bias: [Float]? = nil
  ) -> [Float] {
    run(kernels, .forward, method, outputCount) { prepared, y, workspace in
      kernels.forward(shape, method, x, prepared, bias, y, workspace)
    }
  }

  func inputGradient(_ kernels: any ConvolutionKernels.Type, _ method: ConvolutionMethod) -> [Float] {
    run(kernels, .inputGradient, method, x.count) { prepared, gx, workspace in
      kernels.inputGradient(shape, method, gy, prepared, gx, workspace)
    }
  }

  func weightGradient(_ kernels: any ConvolutionKernels.Type, _ method: ConvolutionMethod) -> [Float] {
    run(kernels, .weightGradient, method, w.count) { _, gw, workspace in
      kernels.weightGradient(shape, method, x, gy, gw, workspace)
    }
  }

  private func run(
    _ kernels: any ConvolutionKernels.Type, _ pass: ConvolutionPass, _ method: ConvolutionMethod, _ count: Int,
    _ body: (_ prepared: Input, _ result: Output, _ workspace: Output) -> Void
  ) -> [Float] {
    let prepared = written(kernels.preparedCount(shape, pass, method)) {
      kernels.prepare(shape, pass, method, w, $0)
    }
    var result: [Float] = []
    withWorkspace(kernels.workspace(shape, pass, method)) { workspace in
      result = written(count) { body(prepared, $0, workspace) }
    }
    return result
  }

  func output(bias: [Float]?) -> [Double] {
    var y = (0..<outputCount).map { Double(bias?[$0 % shape.outputChannels] ?? 0) }
    forEachProduct { xi, wi, yi in y[yi] += Double(x[xi]) * Double(w[wi]) }
    return y
  }

  func inputGradient() -> [Double] {
    var gx = [Double](repeating: 0, count: x.count)
    forEachProduct { xi, wi, yi in gx[xi] += Double(gy[yi]) * Double(w[wi]) }
    return gx
  }

  func weightGradient() -> [Double] { weightGradient(gy: gy.map(Double.init)) }

  func weightGradient(gy: [Double]) -> [Double] {
    var gw = [Double](repeating: 0, count: w.count)
    forEachProduct { xi, wi, yi in gw[wi] += gy[yi] * Double(x[xi]) }
    return gw
  }

  /// Calls `f` with the places in x, w and y of every product of the definition.
  private func forEachProduct(_ f: (Int, Int, Int) -> Void) {
    let s = shape
    let inputs = s.inputChannels / s.groups
    let outputs = s.outputChannels / s.groups
    for b in 0..<s.batch {
      for oy in 0..<s.outputHeight {
        for ox in 0..<s.outputWidth {
          for ky in 0..<s.kernelHeight {
            for kx in 0..<s.kernelWidth {
              let (iy, ix) = (oy * s.strideY + ky - s.paddingY, ox * s.strideX + kx - s.paddingX)
              guard (0..<s.height).contains(iy), (0..<s.width).contains(ix) else { continue }
              let pixel = ((b * s.height + iy) * s.width + ix) * s.inputChannels
              let row = ((b * s.outputHeight + oy) * s.outputWidth + ox) * s.outputChannels
              for o in 0..<s.outputChannels {
                for c in 0..<inputs {
                  let tap = ((ky * s.kernelWidth + kx) * inputs + c) * s.outputChannels
                  f(pixel + o / outputs * inputs + c, tap + o, row + o)
                }
              }
            }
          }
        }
      }
    }
  }
}
