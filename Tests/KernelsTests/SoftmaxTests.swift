import Foundation
import Testing

@testable import Kernels

@Suite("Softmax kernels")
struct SoftmaxTests {
  static let sizes = [(0, 4), (1, 1), (3, 10), (2, 16), (5, 32), (4, 33), (3, 64), (2, 200)]

  @Test("softmax and log-softmax with gradients", arguments: instructionSets, sizes)
  func rows(isa: InstructionSet, size: (Int, Int)) {
    let kernels = Kernels.table(isa).softmax
    let (rows, n) = size
    let count = rows * n
    let x = numbers(count, seed: 1, scale: 8)
    let gy = numbers(count, seed: 2)
    var p = [Double](repeating: 0, count: count)
    for row in 0..<rows {
      let exponentials = (0..<n).map { exp(Double(x[row * n + $0])) }
      for j in 0..<n { p[row * n + j] = exponentials[j] / exponentials.reduce(0, +) }
    }
    let y = written(count) { kernels.softmax(x, $0, rows, n) }
    let logY = written(count) { kernels.logSoftmax(x, $0, rows, n) }
    #expect(relativeError(y, p) < 2e-6)
    #expect(relativeError(logY, p.map { log($0) }) < 2e-6)
    var inner = [Double](repeating: 0, count: rows)
    var total = inner
    for i in 0..<count {
      inner[i / n] += p[i] * Double(gy[i])
      total[i / n] += Double(gy[i])
    }
    let gx = written(count) { kernels.softmaxGradient(y, gy, $0, rows, n) }
    #expect(relativeError(gx, (0..<count).map { p[$0] * (Double(gy[$0]) - inner[$0 / n]) }) < 2e-6)
    let logGx = written(count) { kernels.logSoftmaxGradient(logY, gy, $0, rows, n) }
    #expect(relativeError(logGx, (0..<count).map { Double(gy[$0]) - p[$0] * total[$0 / n] }) < 2e-6)
  }

  @Test("huge logits do not overflow, masked ones get 0", arguments: instructionSets)
  func extremes(isa: InstructionSet) {
    let kernels = Kernels.table(isa).softmax
    let got = written(4) { kernels.softmax([1e30, 1e30, -.infinity, -1e30], $0, 1, 4) }
    #expect(got == [0.5, 0.5, 0, 0])
    let logs = written(2) { kernels.logSoftmax([0, -1_000], $0, 1, 2) }
    #expect(logs == [0, -1_000])
  }
}
