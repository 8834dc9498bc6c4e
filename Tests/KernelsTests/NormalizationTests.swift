import Testing

@testable import Kernels

@Suite("Normalization kernels")
struct NormalizationTests {
  @Test(
    "channel moments are stable far from zero", arguments: instructionSets, [(1, 3), (2, 16), (1_000, 37), (300, 64)])
  func moments(isa: InstructionSet, size: (Int, Int)) {
    let (rows, c) = size
    let x = numbers(rows * c, seed: 1).map { $0 + 100 }
    var mean = [Float](repeating: 0, count: c)
    let variance = written(c) { output in
      mean = written(c) { Kernels.table(isa).normalization.channelMoments(x, rows, c, $0, output) }
    }
    let columns = (0..<c).map { column in (0..<rows).map { Double(x[$0 * c + column]) } }
    let means = columns.map { $0.reduce(0, +) / Double(rows) }
    let variances = zip(columns, means).map { column, center in
      column.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(rows)
    }
    #expect(relativeError(mean, means) < 1e-6)
    #expect(relativeError(variance, variances) < 1e-5 || rows == 1)
  }

  @Test("scale and shift by channel", arguments: instructionSets)
  func scaleShift(isa: InstructionSet) {
    for (rows, c) in [(3, 5), (4, 32), (2, 49)] {
      let (x, scale, shift) = (numbers(rows * c, seed: 1), numbers(c, seed: 2), numbers(c, seed: 3))
      let got = written(rows * c) { Kernels.table(isa).normalization.scaleShift(x, scale, shift, $0, rows, c) }
      let expected = (0..<rows * c).map { Double(x[$0]) * Double(scale[$0 % c]) + Double(shift[$0 % c]) }
      #expect(relativeError(got, expected) < Tolerance.elementwise)
    }
  }

  @Test("batch norm gradients", arguments: instructionSets, [(7, 5), (20, 32), (600, 19)])
  func batchNorm(isa: InstructionSet, size: (Int, Int)) {
    let (rows, c) = size
    for gamma in [nil, numbers(c, seed: 7)] {
      let problem = NormalizationProblem(
        count: rows * c, sets: c, set: { $0 % c }, channel: { $0 % c }, channels: c, gamma: gamma)
      var parameters = ([Float](), [Float]())
      let gx = written(rows * c) { gx in
        parameters.0 = written(c) { gGamma in
          parameters.1 = written(c) { gBeta in
            Kernels.table(isa).normalization.batchNormGradient(
              problem.x, problem.gy, rows, c, problem.mean, problem.inverseDeviation, gamma, gx, gGamma, gBeta)
          }
        }
      }
      problem.checkGradients(gx, parameters.0, parameters.1)
    }
  }

  /// What comes past a layer norm is added to its input's gradient, in the place of either.
  private func checkPast(
    _ problem: NormalizationProblem, _ alone: [Float], _ rows: Int, _ n: Int, _ kernels: any NormalizationKernels.Type
  ) {
    let past = numbers(rows * n, seed: 5)
    for isOverPast in [false, true] {
      let sum = written(rows * n, initially: isOverPast ? past : problem.gy) { gx in
        _ = written(2 * n) { vectors in
          past.withUnsafeBufferPointer { past in
            problem.gy.withUnsafeBufferPointer { gy in
              kernels.layerNormGradient(
                problem.x, isOverPast ? gy.baseAddress! : Input(gx), isOverPast ? Input(gx) : past.baseAddress!, rows,
                n, problem.gamma, problem.mean, problem.inverseDeviation, gx, vectors, vectors + n)
            }
          }
        }
      }
      #expect(bits(sum) == bits(zip(alone, past).map(+)))
    }
  }

  @Test("layer norm and its gradients", arguments: instructionSets, [(1, 4), (3, 33), (40, 64), (9, 192)])
  func layerNorm(isa: InstructionSet, size: (Int, Int)) {
    let (rows, n) = size
    for gamma in [nil, numbers(n, seed: 7)] {
      let problem = NormalizationProblem(
        count: rows * n, sets: rows, set: { $0 / n }, channel: { $0 % n }, channels: n, gamma: gamma)
      let kernels = Kernels.table(isa).normalization
      problem.checkForward(sets: rows) { y, mean, deviation in
        kernels.layerNorm(problem.x, rows, n, gamma, gamma == nil ? nil : problem.beta, 1e-5, y, mean, deviation)
      }
      var parameters = ([Float](), [Float]())
      let gx = written(rows * n) { gx in
        parameters.0 = written(n) { gGamma in
          parameters.1 = written(n) { gBeta in
            kernels.layerNormGradient(
              problem.x, problem.gy, nil, rows, n, gamma, problem.mean, problem.inverseDeviation, gx, gGamma, gBeta)
          }
        }
      }
      problem.checkGradients(gx, parameters.0, parameters.1)
      checkPast(problem, gx, rows, n, kernels)
    }
  }
}

/// A normalization over sets of elements, in float64: each element belongs to one set and one channel.
struct NormalizationProblem {
  let x: [Float]
  var gy: [Float]
  let beta: [Float]
  let gamma: [Float]?
  let set: (Int) -> Int
  let channel: (Int) -> Int
  let channels: Int
  let means: [Double]
  let inverses: [Double]
  let sizes: [Double]

  var mean: [Float] { means.map(Float.init) }
  var inverseDeviation: [Float] { inverses.map(Float.init) }

  init(
    count: Int, sets: Int, set: @escaping (Int) -> Int, channel: @escaping (Int) -> Int, channels: Int, gamma: [Float]?
  ) {
    x = numbers(count, seed: 1, scale: 3)
    gy = numbers(count, seed: 2)
    beta = numbers(channels, seed: 3)
    (self.set, self.channel, self.channels, self.gamma) = (set, channel, channels, gamma)
    var (sums, squares, sizes) = (
      [Double](repeating: 0, count: sets), [Double](repeating: 0, count: sets), [Double](repeating: 0, count: sets)
    )
    for i in 0..<count {
      sums[set(i)] += Double(x[i])
      sizes[set(i)] += 1
    }
    means = zip(sums, sizes).map { $0 / $1 }
    for i in 0..<count {
      let d = Double(x[i]) - means[set(i)]
      squares[set(i)] += d * d
    }
    inverses = zip(squares, sizes).map { 1 / ($0 / $1 + 1e-5).squareRoot() }
    self.sizes = sizes
  }

  func normalized(_ i: Int) -> Double { (Double(x[i]) - means[set(i)]) * inverses[set(i)] }

  func scale(_ i: Int) -> Double { Double(gamma?[channel(i)] ?? 1) }

  /// What an activation behind the normalization would get. Without a factor there is no summand either.
  func affine(_ i: Int) -> Double { normalized(i) * scale(i) + (gamma == nil ? 0 : Double(beta[channel(i)])) }

  func checkForward(
    sets: Int, activation: Activation = .none, _ forward: (Output, Output, Output) -> Void
  ) {
    var moments = ([Float](), [Float]())
    let y = written(x.count) { y in
      moments.0 = written(sets) { mean in
        moments.1 = written(sets) { deviation in forward(y, mean, deviation) }
      }
    }
    #expect(relativeError(y, x.indices.map { activation.value(affine($0)) }) < 3e-6)
    #expect(relativeError(moments.0, means) < 3e-6 && relativeError(moments.1, inverses) < 3e-6)
  }

  func checkGradients(_ gx: [Float], _ gGamma: [Float], _ gBeta: [Float]) {
    var (forGamma, forBeta) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
    var (sums, products) = ([Double](repeating: 0, count: means.count), [Double](repeating: 0, count: means.count))
    for i in 0..<x.count {
      forGamma[channel(i)] += Double(gy[i]) * normalized(i)
      forBeta[channel(i)] += Double(gy[i])
      sums[set(i)] += Double(gy[i]) * scale(i)
      products[set(i)] += Double(gy[i]) * scale(i) * normalized(i)
    }
    let expected = (0..<x.count).map { i in
      let s = set(i)
      return (Double(gy[i]) * scale(i) - sums[s] / sizes[s] - normalized(i) * products[s] / sizes[s]) * inverses[s]
    }
    #expect(relativeError(gGamma, forGamma) < 3e-6 && relativeError(gBeta, forBeta) < 3e-6)
    #expect(relativeError(gx, expected) < 5e-6)
  }
}
