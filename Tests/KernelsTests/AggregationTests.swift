import Testing

@testable import Kernels

@Suite("Aggregation kernels")
struct AggregationTests {
  static let counts = [1, 2, 3, 4, 5, 8, 10, 13, 20, 33, 50]
  static let d = 150

  @Test("weighted sums", arguments: instructionSets, counts)
  func weightedSum(isa: InstructionSet, n: Int) {
    let x = numbers(n * Self.d, seed: 1)
    let weights = numbers(n, seed: 2).map(Double.init)
    let got = written(Self.d) { y in
      Kernels.table(isa).aggregation.weightedSum(x, n, Self.d, weights, 0, 77, y)
      Kernels.table(isa).aggregation.weightedSum(x, n, Self.d, weights, 77, Self.d, y)
    }
    let expected = (0..<Self.d).map { j in (0..<n).reduce(0) { $0 + weights[$1] * Double(x[$1 * Self.d + j]) } }
    #expect(relativeError(got, expected) < Tolerance.accumulated(n))
  }

  @Test("order statistics agree with sorting", arguments: instructionSets, counts)
  func orderStatistics(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).aggregation
    // Rounded, so that equal values occur.
    let x = numbers(n * Self.d, seed: 3).map { ($0 * 16).rounded() / 16 + ($0 > 0.5 ? $0 : 0) }
    let columns = (0..<Self.d).map { j in (0..<n).map { Double(x[$0 * Self.d + j]) }.sorted() }
    withWorkspace(kernels.orderWorkspace(n)) { workspace in
      let medians = columns.map { ($0[(n - 1) / 2] + $0[n / 2]) / 2 }
      let median = written(Self.d) { y in
        kernels.median(x, n, Self.d, 0, 70, y, workspace)
        kernels.median(x, n, Self.d, 70, Self.d, y, workspace)
      }
      #expect(relativeError(median, medians) < Tolerance.elementwise)
      for trim in Set([0, 1, n / 4, (n - 1) / 2]).sorted() where 2 * trim < n {
        let expected = columns.map { $0[trim..<n - trim].reduce(0, +) / Double(n - 2 * trim) }
        let got = written(Self.d) { kernels.trimmedMean(x, n, Self.d, trim, 0, Self.d, $0, workspace) }
        #expect(relativeError(got, expected) < Tolerance.accumulated(n), "trim \(trim)")
      }
      for keep in Set([1, (n + 1) / 2, n - n / 4, n]).sorted() {
        let expected = zip(columns, medians).map { Self.meanOfNearest($0, to: $1, keep) }
        let got = written(Self.d) { kernels.meanAroundMedian(x, n, Self.d, keep, 0, Self.d, $0, workspace) }
        #expect(relativeError(got, expected) < Tolerance.accumulated(n), "keep \(keep)")
      }
    }
  }

  @Test("gram adds all inner products to both triangles", arguments: instructionSets, [1, 2, 4, 5, 7, 11, 50])
  func gram(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).aggregation
    let d = 2_100
    let x = numbers(n * d, seed: 1)
    var whole = [Double](repeating: 1, count: n * n)
    kernels.gram(x, n, d, 0, d, &whole)
    var split = [Double](repeating: 1, count: n * n)
    kernels.gram(x, n, d, 0, kernels.gramChunk, &split)
    kernels.gram(x, n, d, kernels.gramChunk, d, &split)
    #expect(whole == split)
    for i in 0..<n {
      for j in 0..<n {
        let expected = 1 + (0..<d).reduce(0) { $0 + Double(x[i * d + $1]) * Double(x[j * d + $1]) }
        #expect(abs(whole[i * n + j] - expected) < 1e-3)
        #expect(whole[i * n + j] == whole[j * n + i])
      }
    }
  }

  /// Returns the mean of the `keep` elements of a sorted list nearest to `center`.
  static func meanOfNearest(_ sorted: [Double], to center: Double, _ keep: Int) -> Double {
    let nearest = sorted.enumerated().sorted { a, b in
      (abs(a.element - center), a.offset) < (abs(b.element - center), b.offset)
    }
    return nearest.prefix(keep).reduce(0) { $0 + $1.element } / Double(keep)
  }
}
