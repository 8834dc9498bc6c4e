import Testing

@testable import Kernels

@Suite("Instruction sets")
struct InstructionSetTests {
  @Test("a forced instruction set or the best one is in use")
  func choice() {
    #expect(Kernels.isa.isSupported)
    #expect(InstructionSet.best.isSupported)
  }

  @Test("v3 and v4 give the same bits", .enabled(if: InstructionSet.v4.isSupported, "needs AVX-512"))
  func sameBits() {
    let third = Self.fingerprint(Kernels.table(.v3))
    let fourth = Self.fingerprint(Kernels.table(.v4))
    for (name, value) in third { #expect(bits(value) == bits(fourth[name]!), "\(name)") }
  }

  /// Returns the results of one call of each kernel that adds, multiplies or rounds.
  static func fingerprint(_ table: KernelTable) -> [String: [Float]] {
    var results: [String: [Float]] = [:]
    let n = 77
    let (a, b) = (numbers(n, seed: 1, scale: 4), numbers(n, seed: 2, scale: 4))
    for operation in UnaryOperation.allCases {
      let y = written(n) { table.elementwise.unary(operation, a, $0, n) }
      results["\(operation)"] = y
      results["\(operation) gradient"] = written(n) { table.elementwise.unaryGradient(operation, a, y, b, $0, n) }
    }
    for operation in BinaryOperation.allCases {
      results["\(operation)"] = written(n) { table.elementwise.binary(operation, a, b, $0, n) }
    }
    results["sums"] = [table.reduction.sum(a, n), table.reduction.dot(a, b, n)].map(Float.init)
    results["columns"] = written(7) { table.reduction.columnSums(a, $0, 11, 7, false) }
    results["softmax"] = written(n) { table.softmax.softmax(a, $0, 7, 11) }
    results["log-softmax"] = written(n) { table.softmax.logSoftmax(a, $0, 7, 11) }
    addMatrices(table, &results)
    addConvolutions(table, &results)
    addAggregates(table, &results)
    addFused(table.fused, &results)
    return results
  }

  private static func addMatrices(_ table: KernelTable, _ results: inout [String: [Float]]) {
    for (m, n, k) in MatrixTests.sizes {
      let (a, b) = (numbers(m * k, seed: 1), numbers(k * n, seed: 2))
      withWorkspace(table.matrix.gemmWorkspace(m, n, k)) { workspace in
        for (name, aStrides, bStrides) in [("NN", (k, 1), (n, 1)), ("TN", (1, m), (n, 1)), ("NT", (k, 1), (1, k))] {
          results["gemm \(name) \(m) \(n) \(k)"] = written(m * n) {
            table.matrix.gemm(m, n, k, a, aStrides.0, aStrides.1, b, bStrides.0, bStrides.1, $0, n, false, workspace)
          }
        }
      }
    }
  }

  private static func addConvolutions(_ table: KernelTable, _ results: inout [String: [Float]]) {
    let direct = ConvolutionTests.shapes.map { ($0, ConvolutionMethod.direct) }
    for (shape, method) in direct + WinogradTests.shapes.map({ ($0, .winograd) }) {
      let c = NaiveConvolution(shape)
      results["forward \(method) \(shape)"] = c.forward(table.convolution, method)
      results["input gradient \(method) \(shape)"] = c.inputGradient(table.convolution, method)
      results["weight gradient \(method) \(shape)"] = c.weightGradient(table.convolution, method)
    }
  }

  private static func addAggregates(_ table: KernelTable, _ results: inout [String: [Float]]) {
    let (n, d) = (13, 1_100)
    let x = numbers(n * d, seed: 1)
    let weights = numbers(n, seed: 2).map(Double.init)
    var gram = [Double](repeating: 0, count: n * n)
    table.aggregation.gram(x, n, d, 0, d, &gram)
    results["gram"] = gram.map(Float.init)
    results["weighted sum"] = written(d) { table.aggregation.weightedSum(x, n, d, weights, 0, d, $0) }
    withWorkspace(table.aggregation.orderWorkspace(n)) { workspace in
      results["trimmed mean"] = written(d) { table.aggregation.trimmedMean(x, n, d, 3, 0, d, $0, workspace) }
      results["mean around median"] = written(d) {
        table.aggregation.meanAroundMedian(x, n, d, 9, 0, d, $0, workspace)
      }
    }
  }

  private static func addFused(_ fused: any FusedKernels.Type, _ results: inout [String: [Float]]) {
    for shape in FusedFirstLayerTests.shapes {
      let c = NaiveConvolution(shape)
      let pooled = shape.batch * (shape.outputHeight / 2) * (shape.outputWidth / 2) * shape.outputChannels
      let gy = numbers(pooled, seed: 5)
      var codes = [Int32](repeating: 0, count: pooled + shape.outputChannels * shape.outputHeight * shape.batch)
      withWorkspace(fused.firstLayerWorkspace(shape)) { workspace in
        results["first layer pooled \(shape)"] = written(pooled) {
          fused.firstLayerPooled(shape, c.x, c.w, nil, $0, &codes, workspace)
        }
        results["first layer gradient \(shape)"] = written(c.w.count) {
          fused.firstLayerPooledGradient(shape, c.x, gy, codes, $0, nil, workspace)
        }
      }
    }
    addFusedRows(fused, &results)
  }

  private static func addFusedRows(_ fused: any FusedKernels.Type, _ results: inout [String: [Float]]) {
    for (rows, n) in [(37, 6), (20, 40)] {
      let (x, gy, vector) = (numbers(rows * n, seed: 1, scale: 3), numbers(rows * n, seed: 2), numbers(n, seed: 3))
      for activation in FusedEpilogueTests.activations {
        results["\(activation) after bias \(n)"] = written(rows * n) {
          fused.biasActivation(x, vector, activation, $0, rows, n)
        }
        results["\(activation) bias gradient \(n)"] = written(n) { sums in
          _ = written(rows * n) { fused.activationGradient(activation, x, nil, gy, $0, sums, false, rows, n) }
        }
        guard activation.gradientReadsInput else { continue }
        results["\(activation) slope \(n)"] = written(rows * n) { slope in
          results["\(activation) with slope \(n)"] = written(rows * n) {
            fused.biasActivationSlope(x, vector, activation, $0, slope, rows, n)
          }
        }
      }
      addGroupNorm(fused, x, gy, vector, rows, n, &results)
      withWorkspace(2 * n) { workspace in
        results["moments \(n)"] = written(n) { squares in
          results["mean \(n)"] = written(n) { fused.addMoments(x, rows, n, 0, $0, squares) }
        }
        for activation in [Activation.relu, .silu] {
          results["\(activation) batch norm gradient \(n)"] = written(rows * n) { gx in
            _ = written(2 * n) { sums in
              fused.batchNormActivationGradient(
                x, gy, nil, activation, rows, n, vector, vector, vector, nil, gx, nil, sums, sums + n, workspace)
            }
          }
        }
      }
      let labels = (0..<rows).map { Int64($0 % n) }
      results["cross-entropy \(n)"] = written(rows) { losses in
        results["cross-entropy gradient \(n)"] = written(rows * n) {
          fused.softmaxCrossEntropy(x, labels, rows, n, 0.1, 1, losses, $0)
        }
      }
    }
  }

  private static func addGroupNorm(
    _ fused: any FusedKernels.Type, _ x: [Float], _ gy: [Float], _ gamma: [Float], _ rows: Int, _ n: Int,
    _ results: inout [String: [Float]]
  ) {
    withWorkspace(fused.groupNormWorkspace(n)) { workspace in
      _ = written(4) { moments in
        results["group norm \(n)"] = written(rows * n) {
          fused.groupNormActivation(x, 1, rows, n, 2, gamma, nil, 1e-5, .silu, $0, moments, moments + 2, workspace)
        }
        results["group norm gradient \(n)"] = written(rows * n) { gx in
          _ = written(2 * n) { sums in
            fused.groupNormActivationGradient(
              x, gy, 1, rows, n, 2, gamma, nil, .silu, moments, moments + 2, gx, sums, sums + n, workspace)
          }
        }
      }
    }
  }
}
