import Kernels

/// The definition of 2-d pooling in float64, row-major, the oracle of the kernels.
struct PoolingReference: Sendable {
  private let shape: PoolShape

  init(_ shape: PoolShape) { self.shape = shape }

  private var outputShape: Shape { [shape.batch, shape.channels, shape.outputHeight, shape.outputWidth] }
  private var inputShape: Shape { [shape.batch, shape.channels, shape.height, shape.width] }

  /// Largest elements and their row-major places in the input.
  func maximum(_ x: Tensor) -> (values: Tensor, places: [Int]) {
    let inputs = x.values
    var places = [Int](repeating: -1, count: outputShape.elementCount)
    forEachPixel { input, output in
      let best = places[output]
      if best < 0 || inputs[input] > inputs[best] || (inputs[input].isNaN && !inputs[best].isNaN) {
        places[output] = input
      }
    }
    return (Tensor(places.map { inputs[$0] }, shape: outputShape), places)
  }

  func maximumGradient(_ gy: Tensor, _ places: [Int]) -> Tensor {
    var result = [Double](repeating: 0, count: inputShape.elementCount)
    for (place, gradient) in zip(places, gy.values) { result[place] += gradient }
    return Tensor(result, shape: inputShape)
  }

  func average(_ x: Tensor) -> Tensor {
    let inputs = x.values, area = Double(shape.kernelHeight * shape.kernelWidth)
    var result = [Double](repeating: 0, count: outputShape.elementCount)
    forEachPixel { input, output in result[output] += inputs[input] / area }
    return Tensor(result, shape: outputShape)
  }

  func averageGradient(_ gy: Tensor) -> Tensor {
    let gradients = gy.values, area = Double(shape.kernelHeight * shape.kernelWidth)
    var result = [Double](repeating: 0, count: inputShape.elementCount)
    forEachPixel { input, output in result[input] += gradients[output] / area }
    return Tensor(result, shape: inputShape)
  }

  /// Calls `body` with the row-major places of each pixel inside the image and of the window it belongs to.
  private func forEachPixel(_ body: (_ input: Int, _ output: Int) -> Void) {
    for plane in 0..<shape.batch * shape.channels {
      for oy in 0..<shape.outputHeight {
        for ox in 0..<shape.outputWidth {
          let output = (plane * shape.outputHeight + oy) * shape.outputWidth + ox
          for ky in 0..<shape.kernelHeight {
            for kx in 0..<shape.kernelWidth {
              let y = oy * shape.strideY + ky - shape.paddingY, x = ox * shape.strideX + kx - shape.paddingX
              guard 0..<shape.height ~= y, 0..<shape.width ~= x else { continue }
              body((plane * shape.height + y) * shape.width + x, output)
            }
          }
        }
      }
    }
  }
}
