import Testing

@testable import Kernels

@Suite("Pooling kernels")
struct PoolingTests {
  static let shapes: [PoolShape] = [
    .init(batch: 1, height: 1, width: 1, channels: 1, kernelHeight: 1, kernelWidth: 1, strideY: 1, strideX: 1),
    .init(batch: 2, height: 6, width: 8, channels: 32, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2),
    .init(batch: 2, height: 7, width: 5, channels: 19, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2),
    .init(
      batch: 2, height: 7, width: 7, channels: 17, kernelHeight: 3, kernelWidth: 3, strideY: 2, strideX: 2, paddingY: 1,
      paddingX: 1),
    .init(
      batch: 1, height: 5, width: 6, channels: 3, kernelHeight: 3, kernelWidth: 2, strideY: 1, strideX: 3, paddingY: 1,
      paddingX: 0),
    .init(batch: 3, height: 4, width: 4, channels: 16, kernelHeight: 4, kernelWidth: 4, strideY: 4, strideX: 4),
  ]

  @Test("maximum and its gradient", arguments: instructionSets, shapes)
  func maximum(isa: InstructionSet, shape s: PoolShape) {
    let kernels = Kernels.table(isa).pooling
    let x = numbers(s.batch * s.height * s.width * s.channels, seed: 1).map { ($0 * 8).rounded() - 9 }
    let count = s.batch * s.outputHeight * s.outputWidth * s.channels
    let gy = numbers(count, seed: 2)
    var best = [Float](repeating: -.infinity, count: count)
    var places = [Int32](repeating: 0, count: count)
    Self.forEachTap(s) { xi, yi, place in
      if x[xi] > best[yi] { (best[yi], places[yi]) = (x[xi], Int32(place)) }
    }
    var indices = [Int32](repeating: -1, count: count)
    #expect(written(count) { kernels.maximum(s, x, $0, &indices) } == best)
    #expect(indices == places)
    var gx = [Double](repeating: 0, count: x.count)
    for i in 0..<count {
      let image = i / (s.outputHeight * s.outputWidth * s.channels)
      gx[(image * s.height * s.width + Int(places[i])) * s.channels + i % s.channels] += Double(gy[i])
    }
    let got = written(x.count) { kernels.maximumGradient(s, gy, indices, $0) }
    #expect(relativeError(got, gx) < Tolerance.accumulated(9))
  }

  @Test("the first of equal elements wins, NaN beats all", arguments: instructionSets)
  func ties(isa: InstructionSet) {
    let kernels = Kernels.table(isa).pooling
    for channels in [1, 16, 21] {
      let s = PoolShape(
        batch: 1, height: 2, width: 2, channels: channels, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2)
      var indices = [Int32](repeating: -1, count: channels)
      _ = written(channels) { kernels.maximum(s, [Float](repeating: 3, count: 4 * channels), $0, &indices) }
      #expect(indices == [Int32](repeating: 0, count: channels))
      var x = numbers(4 * channels, seed: 4)
      for c in 0..<channels { x[2 * channels + c] = .nan }
      let y = written(channels) { kernels.maximum(s, x, $0, &indices) }
      #expect(y.allSatisfy(\.isNaN) && indices == [Int32](repeating: 2, count: channels))
      let low = [Float](repeating: -.infinity, count: 4 * channels)
      _ = written(channels) { kernels.maximum(s, low, $0, &indices) }
      #expect(indices == [Int32](repeating: 0, count: channels))
    }
  }

  @Test("average counts padding, and its gradient", arguments: instructionSets, shapes)
  func average(isa: InstructionSet, shape s: PoolShape) {
    let kernels = Kernels.table(isa).pooling
    let x = numbers(s.batch * s.height * s.width * s.channels, seed: 1)
    let count = s.batch * s.outputHeight * s.outputWidth * s.channels
    let gy = numbers(count, seed: 2)
    let share = 1 / Double(s.kernelHeight * s.kernelWidth)
    var y = [Double](repeating: 0, count: count)
    var gx = [Double](repeating: 0, count: x.count)
    Self.forEachTap(s) { xi, yi, _ in
      y[yi] += Double(x[xi]) * share
      gx[xi] += Double(gy[yi]) * share
    }
    #expect(relativeError(written(count) { kernels.average(s, x, $0) }, y) < Tolerance.accumulated(16))
    #expect(relativeError(written(x.count) { kernels.averageGradient(s, gy, $0) }, gx) < Tolerance.accumulated(16))
  }

  @Test("upsampling repeats pixels, its gradient sums them", arguments: instructionSets, [1, 2, 3])
  func upsample(isa: InstructionSet, scale: Int) {
    let kernels = Kernels.table(isa).pooling
    let (b, h, w, c) = (2, 3, 5, 18)
    let x = numbers(b * h * w * c, seed: 1)
    let gy = numbers(x.count * scale * scale, seed: 2)
    var gx = [Double](repeating: 0, count: x.count)
    var y = [Float](repeating: 0, count: gy.count)
    for i in 0..<gy.count {
      let (channel, column, row) = (i % c, i / c % (w * scale), i / c / (w * scale))
      let image = row / (h * scale)
      let source = ((image * h + row % (h * scale) / scale) * w + column / scale) * c + channel
      y[i] = x[source]
      gx[source] += Double(gy[i])
    }
    #expect(written(y.count) { kernels.upsampleNearest(b, h, w, c, scale, x, $0) } == y)
    let got = written(x.count) { kernels.upsampleNearestGradient(b, h, w, c, scale, gy, $0) }
    #expect(relativeError(got, gx) < Tolerance.accumulated(9))
  }

  /// Calls `f` with the places in x and y and the pixel in its image of every element of every window.
  static func forEachTap(_ s: PoolShape, _ f: (Int, Int, Int) -> Void) {
    for yi in 0..<s.batch * s.outputHeight * s.outputWidth * s.channels {
      let channel = yi % s.channels
      let ox = yi / s.channels % s.outputWidth
      let oy = yi / s.channels / s.outputWidth % s.outputHeight
      let image = yi / s.channels / s.outputWidth / s.outputHeight
      for ky in 0..<s.kernelHeight {
        for kx in 0..<s.kernelWidth {
          let (iy, ix) = (oy * s.strideY + ky - s.paddingY, ox * s.strideX + kx - s.paddingX)
          guard (0..<s.height).contains(iy), (0..<s.width).contains(ix) else { continue }
          f(((image * s.height + iy) * s.width + ix) * s.channels + channel, yi, iy * s.width + ix)
        }
      }
    }
  }
}
