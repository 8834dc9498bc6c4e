import Kernels

/// The definition of a 2-d convolution in float64, the oracle of the kernels.
///
/// All three passes are sums over the same triples: an input pixel, a weight, and the output pixel they meet in.
struct ConvolutionReference {
  private let shape: ConvolutionShape

  init(_ shape: ConvolutionShape) { self.shape = shape }

  func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) throws -> Tensor {
    let (inputs, weights) = (x.values, weight.values)
    let pixels = shape.outputHeight * shape.outputWidth
    let offsets = bias?.values
    var outputs = (0..<shape.batch * shape.outputChannels * pixels).map { index in
      offsets?[index / pixels % shape.outputChannels] ?? 0
    }
    try forEachTerm { outputs[$2] += inputs[$0] * weights[$1] }
    return Tensor(outputs, shape: [shape.batch, shape.outputChannels, shape.outputHeight, shape.outputWidth])
  }

  func inputGradient(_ gy: Tensor, _ weight: Tensor) throws -> Tensor {
    let (gradients, weights) = (gy.values, weight.values)
    var result = [Double](repeating: 0, count: shape.batch * shape.inputChannels * shape.height * shape.width)
    try forEachTerm { result[$0] += gradients[$2] * weights[$1] }
    return Tensor(result, shape: [shape.batch, shape.inputChannels, shape.height, shape.width])
  }

  func weightGradient(_ x: Tensor, _ gy: Tensor) throws -> Tensor {
    let (inputs, gradients) = (x.values, gy.values)
    let weightShape = [shape.outputChannels, shape.inputChannels / shape.groups, shape.kernelHeight, shape.kernelWidth]
    var result = [Double](repeating: 0, count: weightShape.elementCount)
    try forEachTerm { result[$1] += inputs[$0] * gradients[$2] }
    return Tensor(result, shape: weightShape)
  }

  /// Calls `body` with the row-major places of input, weight and output of every product in the sums.
  private func forEachTerm(_ body: (_ input: Int, _ weight: Int, _ output: Int) -> Void) throws {
    let groupInputs = shape.inputChannels / shape.groups, groupOutputs = shape.outputChannels / shape.groups
    for image in 0..<shape.batch {
      for o in 0..<shape.outputChannels {
        try Interrupt.check()
        for c in 0..<groupInputs {
          let plane = image * shape.inputChannels + o / groupOutputs * groupInputs + c
          let kernel = (o * groupInputs + c) * shape.kernelHeight * shape.kernelWidth
          let output = (image * shape.outputChannels + o) * shape.outputHeight * shape.outputWidth
          forEachTap { pixel, tap, outputPixel in
            body(plane * shape.height * shape.width + pixel, kernel + tap, output + outputPixel)
          }
        }
      }
    }
  }

  /// Calls `body` for each pair of input pixel and tap inside the image, and the output pixel it adds to.
  private func forEachTap(_ body: (_ pixel: Int, _ tap: Int, _ outputPixel: Int) -> Void) {
    for oy in 0..<shape.outputHeight {
      for ox in 0..<shape.outputWidth {
        for ky in 0..<shape.kernelHeight {
          for kx in 0..<shape.kernelWidth {
            let y = oy * shape.strideY + ky - shape.paddingY, x = ox * shape.strideX + kx - shape.paddingX
            guard 0..<shape.height ~= y, 0..<shape.width ~= x else { continue }
            body(y * shape.width + x, ky * shape.kernelWidth + kx, oy * shape.outputWidth + ox)
          }
        }
      }
    }
  }
}
