import Testing

@testable import Kernels

/// All small poolings against their definition.
@Suite("Poolings of all small shapes")
struct PoolingSweepTests {
  private static func shapes(kernel: Int, stride: Int) -> [PoolShape] {
    var shapes: [PoolShape] = []
    for padding in 0...kernel / 2 {
      for side in 1...12 {
        let isMixed = (side + padding) % 2 == 1
        let other = isMixed ? kernel % 3 + 1 : kernel
        let shape = PoolShape(
          batch: 1 + side % 2, height: side, width: isMixed ? (side * 5) % 12 + 1 : side, channels: 1 + side % 3,
          kernelHeight: kernel, kernelWidth: other, strideY: stride, strideX: isMixed ? stride % 5 + 1 : stride,
          paddingY: padding, paddingX: min(padding, other / 2))
        if shape.outputHeight > 0 && shape.outputWidth > 0 { shapes.append(shape) }
      }
    }
    return shapes
  }

  /// Calls `body` with the window, and the place in x and y, of each pixel that a window covers.
  private static func forEachPixel(_ s: PoolShape, _ body: (_ x: Int, _ y: Int, _ place: Int) -> Void) {
    for b in 0..<s.batch {
      for (oy, ox) in (0..<s.outputHeight).flatMap({ row in (0..<s.outputWidth).map { (row, $0) } }) {
        for iy in 0..<s.height where 0..<s.kernelHeight ~= iy - oy * s.strideY + s.paddingY {
          for ix in 0..<s.width where 0..<s.kernelWidth ~= ix - ox * s.strideX + s.paddingX {
            for c in 0..<s.channels {
              let input = ((b * s.height + iy) * s.width + ix) * s.channels + c
              let output = ((b * s.outputHeight + oy) * s.outputWidth + ox) * s.channels + c
              body(input, output, iy * s.width + ix)
            }
          }
        }
      }
    }
  }

  @Test("agree with the definition, forward and back", arguments: 1...7, 1...5)
  func sweep(kernel: Int, stride: Int) {
    let kernels = Kernels.table(.best).pooling
    var failures: [String] = []
    for s in Self.shapes(kernel: kernel, stride: stride) {
      let x = numbers(s.batch * s.height * s.width * s.channels, seed: 1).map { ($0 * 8).rounded() }
      let count = s.batch * s.outputHeight * s.outputWidth * s.channels, gy = numbers(count, seed: 2)
      let area = Double(s.kernelHeight * s.kernelWidth)
      var best = [Float](repeating: -.infinity, count: count), sources = [Int](repeating: -1, count: count)
      var mean = [Double](repeating: 0, count: count), spread = [Double](repeating: 0, count: x.count)
      var places = [Int32](repeating: -1, count: count)
      Self.forEachPixel(s) { input, output, place in
        mean[output] += Double(x[input]) / area
        spread[input] += Double(gy[output]) / area
        if x[input] > best[output] {
          (best[output], sources[output], places[output]) = (x[input], input, Int32(place))
        }
      }
      var picked = [Double](repeating: 0, count: x.count)
      for (output, source) in sources.enumerated() { picked[source] += Double(gy[output]) }
      var indices = [Int32](repeating: -1, count: count)
      let isRight =
        written(count) { kernels.maximum(s, x, $0, &indices) } == best && indices == places
        && relativeError(written(x.count) { kernels.maximumGradient(s, gy, indices, $0) }, picked) < 1e-5
        && relativeError(written(count) { kernels.average(s, x, $0) }, mean) < 1e-5
        && relativeError(written(x.count) { kernels.averageGradient(s, gy, $0) }, spread) < 1e-5
      if !isRight { failures.append("\(s)") }
    }
    #expect(failures == [])
  }
}
