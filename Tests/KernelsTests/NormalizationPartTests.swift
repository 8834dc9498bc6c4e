import Testing

@testable import Kernels

@Suite("Normalization kernels for parts of a batch")
struct NormalizationPartTests {
  /// Rows of each part, and channels.
  static let sizes = [([3, 1], 3), ([5, 4, 2], 16), ([20, 20, 7], 17), ([64], 48)]

  /// Calls `body` with each part's number, first element and rows.
  private static func forEachPart(_ parts: [Int], _ c: Int, _ body: (Int, Int, Int) -> Void) {
    var first = 0
    for (index, rows) in parts.enumerated() {
      body(index, first, rows)
      first += rows * c
    }
  }

  @Test("moments of parts, taken apart and joined in order, are those of the whole", arguments: instructionSets, sizes)
  func moments(isa: InstructionSet, size: ([Int], Int)) {
    let kernels = Kernels.table(isa).fused
    let (parts, c) = size, rows = parts.reduce(0, +)
    let x = numbers(rows * c, seed: 1).map { $0 + 10 }
    var (mean, squares) = ([Float](repeating: .nan, count: c), [Float](repeating: .nan, count: c))
    var seen = 0
    Self.forEachPart(parts, c) { index, first, count in
      let center = (0..<c).map { j in (0..<count).reduce(Float(0)) { $0 + x[first + $1 * c + j] } / Float(count) }
      let spread = (0..<c).map { j in
        (0..<count).reduce(Float(0)) { $0 + (x[first + $1 * c + j] - center[j]) * (x[first + $1 * c + j] - center[j]) }
      }
      if index == 0 {
        (mean, squares) = (center, spread)
      } else {
        kernels.addMoments(of: center, spread, count, to: &mean, &squares, seen, c)
      }
      seen += count
    }
    let means = (0..<c).map { j in (0..<rows).reduce(0.0) { $0 + Double(x[$1 * c + j]) } / Double(rows) }
    let exact = (0..<c).map { j in (0..<rows).reduce(0.0) { $0 + square(Double(x[$1 * c + j]) - means[j]) } }
    #expect(relativeError(mean, means) < 1e-6)
    #expect(relativeError(squares, exact) < 1e-5)
  }

  @Test("the gradient from the sums of parts is that of the whole", arguments: instructionSets, sizes)
  func gradient(isa: InstructionSet, size: ([Int], Int)) {
    let kernels = Kernels.table(isa).fused
    let (parts, c) = size, rows = parts.reduce(0, +)
    let (x, gy) = (numbers(rows * c, seed: 1, scale: 2), numbers(rows * c, seed: 2))
    let (center, inverse) = (numbers(c, seed: 3), numbers(c, seed: 4).map { $0 + 2 })
    let (gamma, beta) = (numbers(c, seed: 5).map { $0 + 2 }, numbers(c, seed: 6))
    let scale = zip(inverse, gamma).map(*)
    for activation in [Activation.none, .relu6] {
      let got = Self.inParts(kernels, activation, parts, c, x, gy, (center, inverse, scale, beta))
      let gz = x.indices.map { i -> Double in
        let z = Double((x[i] - center[i % c]) * scale[i % c] + beta[i % c])
        return activation == .none || (z > 0 && z < 6) ? Double(gy[i]) : 0
      }
      let normal = x.indices.map { Double(x[$0] - center[$0 % c]) * Double(inverse[$0 % c]) }
      let gBeta = (0..<c).map { j in (0..<rows).reduce(0) { $0 + gz[$1 * c + j] } }
      let gGamma = (0..<c).map { j in (0..<rows).reduce(0) { $0 + gz[$1 * c + j] * normal[$1 * c + j] } }
      let gx = x.indices.map { i in
        Double(scale[i % c]) * (gz[i] - (gBeta[i % c] + normal[i] * gGamma[i % c]) / Double(rows))
      }
      #expect(relativeError(got.gBeta, gBeta) < Tolerance.accumulated(rows))
      #expect(relativeError(got.gGamma, gGamma) < 10 * Tolerance.accumulated(rows))
      #expect(relativeError(got.gx, gx) < 10 * Tolerance.accumulated(rows))
    }
  }

  private static func inParts(
    _ kernels: any FusedKernels.Type, _ activation: Activation, _ parts: [Int], _ c: Int, _ x: [Float], _ gy: [Float],
    _ vectors: (center: [Float], inverse: [Float], scale: [Float], shift: [Float])
  ) -> (gx: [Float], gGamma: [Float], gBeta: [Float]) {
    var (products, sums) = ([Float](repeating: 0, count: c), [Float](repeating: 0, count: c))
    let (center, inverse, scale, shift) = vectors
    forEachPart(parts, c) { _, first, count in
      var ofPart = [Float]()
      let totals = written(c) { sums in
        ofPart = written(c) {
          kernels.normalizationSums(
            Array(x[first...]), Array(gy[first...]), nil, activation, center, scale, shift, nil, $0, sums, count, c)
        }
      }
      for j in 0..<c { (products[j], sums[j]) = (products[j] + ofPart[j], sums[j] + totals[j]) }
    }
    var (slope, offset) = ([Float](repeating: .nan, count: c), [Float](repeating: .nan, count: c))
    let rows = parts.reduce(0, +)
    let gGamma = written(c) {
      kernels.normalizationMixing(products, sums, inverse, scale, rows, c, $0, &slope, &offset)
    }
    let gx = written(x.count) { target in
      forEachPart(parts, c) { _, first, count in
        kernels.normalizationInputGradient(
          Array(x[first...]), Array(gy[first...]), activation, center, scale, shift, slope, offset, target + first,
          count, c)
      }
    }
    return (gx, gGamma, sums)
  }
}

private func square(_ x: Double) -> Double { x * x }
