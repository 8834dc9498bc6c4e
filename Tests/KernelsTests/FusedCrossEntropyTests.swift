import Foundation
import Testing

@testable import Kernels

@Suite("Cross-entropy kernel")
struct FusedCrossEntropyTests {
  @Test(
    "losses and gradients agree with the definition", arguments: instructionSets,
    [(1, 1), (1, 10), (33, 10), (5, 16), (7, 17), (20, 2), (3, 100)])
  func agreement(isa: InstructionSet, size: (Int, Int)) {
    let kernels = Kernels.table(isa).fused
    let (rows, k) = size
    let x = numbers(rows * k, seed: 1, scale: 8)
    let labels = (0..<rows).map { Int64(($0 * 7 + 3) % k) }
    for smoothing in [0.0, 0.1] {
      var losses = [Double](repeating: 0, count: rows)
      var gradient = [Double](repeating: 0, count: rows * k)
      for row in 0..<rows {
        let exponentials = (0..<k).map { exp(Double(x[row * k + $0])) }
        let total = exponentials.reduce(0, +)
        for j in 0..<k {
          let target = (Int64(j) == labels[row] ? 1 - smoothing : 0) + smoothing / Double(k)
          losses[row] -= target * log(exponentials[j] / total)
          gradient[row * k + j] = (exponentials[j] / total - target) * 0.25
        }
      }
      var got: [Float] = []
      let gx = written(rows * k) { gx in
        got = written(rows) { kernels.softmaxCrossEntropy(x, labels, rows, k, Float(smoothing), 0.25, $0, gx) }
      }
      // A single class costs nothing.
      #expect(k == 1 ? abs(got[0]) < 1e-6 : relativeError(got, losses) < 2e-6)
      #expect(k == 1 ? abs(gx[0]) < 1e-6 : relativeError(gx, gradient) < 2e-6)
      let inPlace = written(rows * k, initially: x) { gx in
        _ = written(rows) { kernels.softmaxCrossEntropy(gx, labels, rows, k, Float(smoothing), 0.25, $0, gx) }
      }
      #expect(bits(inPlace) == bits(gx))
      let alone = written(rows) { kernels.softmaxCrossEntropy(x, labels, rows, k, Float(smoothing), 0.25, $0, nil) }
      #expect(bits(alone) == bits(got))
    }
  }

  @Test("huge scores do not overflow, and an excluded class costs nothing", arguments: instructionSets)
  func extremes(isa: InstructionSet) {
    let kernels = Kernels.table(isa).fused
    for width in [3, 20] {
      let x = [Float](repeating: -.infinity, count: width - 2) + [1e30, -1e30]
      var loss: [Float] = []
      let gx = written(width) { gx in
        loss = written(1) { kernels.softmaxCrossEntropy(x, [Int64(width - 2)], 1, width, 0, 1, $0, gx) }
      }
      #expect(loss == [0] && gx == [Float](repeating: 0, count: width))
      let lost = written(1) { kernels.softmaxCrossEntropy(x, [0], 1, width, 0, 1, $0, nil) }
      #expect(lost == [.infinity])
    }
  }
}
