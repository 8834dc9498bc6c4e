import Testing

@testable import Kernels

@Suite("Fused normalization kernels")
struct FusedNormalizationTests {
  static let sizes = [(1, 3), (2, 16), (50, 1), (37, 6), (1_000, 17), (301, 24), (300, 48), (70, 130)]

  @Test("moments of parts join to those of the whole, far from zero", arguments: instructionSets, sizes)
  func moments(isa: InstructionSet, size: (Int, Int)) {
    let (rows, c) = size
    checkMoments(numbers(rows * c, seed: 1).map { $0 + 100 }, rows, c, isa)
  }

  @Test("moments lose nothing where the first rows lie far from the others", arguments: instructionSets, sizes)
  func momentsOfOutliers(isa: InstructionSet, size: (Int, Int)) {
    let (rows, c) = size
    let x = numbers(rows * c, seed: 1).enumerated().map { $0.offset < rows / 10 * c ? 50 : $0.element }
    checkMoments(x, rows, c, isa)
  }

  @Test("a constant has no variance", arguments: instructionSets, sizes)
  func momentsOfConstant(isa: InstructionSet, size: (Int, Int)) {
    let (rows, c) = size
    let squares = written(c) { squares in
      let mean = written(c) {
        Kernels.table(isa).fused.addMoments([Float](repeating: 0.1, count: rows * c), rows, c, 0, $0, squares)
      }
      #expect(relativeError(mean, [Double](repeating: 0.1, count: c)) < 3e-7)
    }
    #expect(squares.allSatisfy { $0 >= 0 && $0 < Float(rows) * 1e-14 })
  }

  private func checkMoments(_ x: [Float], _ rows: Int, _ c: Int, _ isa: InstructionSet) {
    let problem = MomentProblem(x, rows, c)
    for part in [rows, max(1, rows / 3)] {
      var (mean, squares) = ([Float](repeating: .nan, count: c), [Float](repeating: .nan, count: c))
      var first = 0
      while first < rows {
        let count = min(part, rows - first)
        Kernels.table(isa).fused.addMoments(Array(x[(first * c)...]), count, c, first, &mean, &squares)
        first += count
      }
      #expect(relativeError(mean, problem.means) < 1e-6)
      #expect(relativeError(squares, problem.squares) < 1e-5 || rows == 1)
    }
  }

  @Test("normalization, activation and residual agree with the definition", arguments: instructionSets, sizes)
  func forward(isa: InstructionSet, size: (Int, Int)) {
    let kernels = Kernels.table(isa).fused
    let (rows, c) = size
    let x = numbers(rows * c, seed: 1, scale: 4)
    let (center, scale, shift) = (numbers(c, seed: 2), numbers(c, seed: 3, scale: 2), numbers(c, seed: 4))
    let residual = numbers(rows * c, seed: 5)
    for activation in [Activation.none, .relu, .relu6, .silu] {
      let expected = x.indices.map { i in
        let z = (Double(x[i]) - Double(center[i % c])) * Double(scale[i % c]) + Double(shift[i % c])
        return activation.value(z + Double(residual[i]))
      }
      let y = written(x.count) {
        kernels.affineActivation(x, center, scale, shift, residual, activation, $0, rows, c)
      }
      #expect(relativeError(y, expected) < 2e-6)
      let inPlace = written(x.count, initially: x) {
        kernels.affineActivation($0, center, scale, shift, residual, activation, $0, rows, c)
      }
      #expect(bits(inPlace) == bits(y))
      let folded = written(x.count) {
        kernels.affineActivation(x, nil, scale, nil, nil, activation, $0, rows, c)
      }
      let scaled = x.indices.map { activation.value(Double(x[$0]) * Double(scale[$0 % c])) }
      #expect(relativeError(folded, scaled) < 2e-6)
    }
  }

  @Test("gradients of a batch normalization with all that is joined to it", arguments: instructionSets, sizes)
  func gradients(isa: InstructionSet, size: (Int, Int)) {
    let kernels = Kernels.table(isa).fused
    let (rows, c) = size
    // Of one or two rows nothing but rounding is left.
    guard rows > 2 else { return }
    let x = numbers(rows * c, seed: 1, scale: 3)
    let problem = MomentProblem(x, rows, c)
    let (gamma, beta) = (numbers(c, seed: 3, scale: 2), numbers(c, seed: 4))
    let gy = numbers(rows * c, seed: 6)
    var (inverse, scale) = ([Float](repeating: .nan, count: c), [Float](repeating: .nan, count: c))
    kernels.normalizationScale(problem.squares.map(Float.init), rows, c, 1e-5, gamma, &inverse, &scale)
    for activation in [Activation.none, .relu, .relu6, .silu] {
      for residual in [nil, numbers(rows * c, seed: 5)] {
        let expected = problem.gradients(gy, gamma, beta, residual, activation)
        var got = (x: [Float](), residual: gy, gamma: [Float](), beta: [Float]())
        withWorkspace(2 * c) { workspace in
          got.x = written(x.count) { gx in
            got.gamma = written(c) { gGamma in
              got.beta = written(c) { gBeta in
                got.residual.withUnsafeMutableBufferPointer { through in
                  // The residual's gradient is written over gy.
                  kernels.batchNormActivationGradient(
                    x, residual == nil ? gy : Array(through), residual, activation, rows, c,
                    problem.means.map(Float.init), inverse, scale, beta, gx,
                    residual == nil ? nil : through.baseAddress, gGamma, gBeta, workspace)
                }
              }
            }
          }
        }
        #expect(relativeError(got.gamma, expected.gamma) < 1e-5)
        #expect(relativeError(got.beta, expected.beta) < 1e-5)
        #expect(relativeError(got.x, expected.x) < 2e-5)
        if residual != nil { #expect(relativeError(got.residual, expected.residual) < 1e-5) }
      }
    }
  }
}

/// Moments of the columns of `x[rows, c]` in float64, and what follows from them.
private struct MomentProblem {
  let x: [Float]
  let rows: Int
  let c: Int
  let means: [Double]
  let squares: [Double]

  init(_ x: [Float], _ rows: Int, _ c: Int) {
    (self.x, self.rows, self.c) = (x, rows, c)
    let columns = (0..<c).map { column in (0..<rows).map { Double(x[$0 * c + column]) } }
    let means = columns.map { $0.reduce(0, +) / Double(rows) }
    squares = zip(columns, means).map { column, mean in column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } }
    self.means = means
  }

  /// Returns the gradients of `activation(normalized x * gamma + beta + residual)`.
  func gradients(
    _ gy: [Float], _ gamma: [Float], _ beta: [Float], _ residual: [Float]?, _ activation: Activation
  ) -> (x: [Double], residual: [Double], gamma: [Double], beta: [Double]) {
    let inverses = squares.map { 1 / ($0 / Double(rows) + 1e-5).squareRoot() }
    let normalized = x.indices.map { (Double(x[$0]) - means[$0 % c]) * inverses[$0 % c] }
    let gz = x.indices.map { i in
      let z = normalized[i] * Double(gamma[i % c]) + Double(beta[i % c]) + Double(residual?[i] ?? 0)
      return activation.slope(z) * Double(gy[i])
    }
    var (forGamma, forBeta) = ([Double](repeating: 0, count: c), [Double](repeating: 0, count: c))
    for i in x.indices {
      forGamma[i % c] += gz[i] * normalized[i]
      forBeta[i % c] += gz[i]
    }
    let gx = x.indices.map { i in
      let centered = gz[i] - forBeta[i % c] / Double(rows) - normalized[i] * forGamma[i % c] / Double(rows)
      return centered * inverses[i % c] * Double(gamma[i % c])
    }
    return (gx, gz, forGamma, forBeta)
  }
}
