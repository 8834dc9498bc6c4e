import Testing

@testable import Kernels

@Suite("Matrix kernels")
struct MatrixTests {
  static let sizes: [(Int, Int, Int)] = [
    (0, 3, 2), (3, 0, 2), (2, 3, 0), (1, 1, 1), (1, 10, 3), (5, 7, 9), (14, 32, 16), (15, 33, 17), (32, 10, 128),
    (31, 65, 70), (64, 96, 33), (7, 200, 300), (129, 31, 40), (3, 2_100, 5), (20, 48, 1_300), (100, 1, 50),
    (18, 64, 256), (30, 24, 20), (47, 56, 9),
  ]

  @Test("gemm agrees with the sum of products in every orientation", arguments: instructionSets, sizes)
  func gemm(isa: InstructionSet, size: (Int, Int, Int)) {
    let kernels = Kernels.table(isa).matrix
    let (m, n, k) = size
    let a = numbers(m * k, seed: 1)
    let b = numbers(k * n, seed: 2)
    for (aTransposed, bTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
      let aStrides = aTransposed ? (1, m) : (k, 1)
      let bStrides = bTransposed ? (1, k) : (n, 1)
      let expected = Self.product(m, n, k) {
        (Double(a[$0 * aStrides.0 + $1 * aStrides.1]), Double(b[$1 * bStrides.0 + $2 * bStrides.1]))
      }
      for accumulate in [false, true] {
        let c = accumulate ? numbers(m * n, seed: 3) : nil
        var got: [Float] = []
        withWorkspace(kernels.gemmWorkspace(m, n, k)) { workspace in
          got = written(m * n, initially: c) {
            kernels.gemm(
              m, n, k, a, aStrides.0, aStrides.1, b, bStrides.0, bStrides.1, $0, n, accumulate, workspace)
          }
        }
        let total = c.map { zip($0, expected).map { Double($0) + $1 } } ?? expected
        #expect(relativeError(got, total) < Tolerance.accumulated(k), "transposed \(aTransposed) \(bTransposed)")
      }
    }
  }

  @Test("gemm keeps to its rows and columns inside larger matrices", arguments: instructionSets)
  func strided(isa: InstructionSet) {
    let kernels = Kernels.table(isa).matrix
    let (m, n, k) = (17, 35, 20)
    let (aRow, aColumn, bRow, bColumn, cRow) = (70, 3, 90, 2, 50)
    let a = numbers(m * aRow, seed: 1)
    let b = numbers(k * bRow, seed: 2)
    let before = numbers(m * cRow, seed: 3)
    var got: [Float] = []
    withWorkspace(kernels.gemmWorkspace(m, n, k)) { workspace in
      got = written(m * cRow, initially: before) {
        kernels.gemm(m, n, k, a, aRow, aColumn, b, bRow, bColumn, $0, cRow, false, workspace)
      }
    }
    let expected = Self.product(m, n, k) { (Double(a[$0 * aRow + $1 * aColumn]), Double(b[$1 * bRow + $2 * bColumn])) }
    for i in 0..<m {
      let row = Array(got[(i * cRow)..<(i * cRow + n)])
      #expect(relativeError(row, Array(expected[(i * n)..<(i * n + n)])) < Tolerance.accumulated(k))
      #expect(got[(i * cRow + n)..<((i + 1) * cRow)] == before[(i * cRow + n)..<((i + 1) * cRow)])
    }
  }

  @Test("transpose", arguments: instructionSets, [(0, 3), (1, 1), (1, 40), (16, 16), (33, 17), (70, 50)])
  func transpose(isa: InstructionSet, size: (Int, Int)) {
    let (rows, columns) = size
    let x = numbers(rows * columns, seed: 4)
    let got = written(rows * columns) { Kernels.table(isa).matrix.transpose(x, rows, columns, $0) }
    #expect(got == (0..<rows * columns).map { x[$0 % max(rows, 1) * columns + $0 / max(rows, 1)] })
  }

  /// Returns the matrix of sums over `k` of the product of a pair.
  static func product(_ m: Int, _ n: Int, _ k: Int, _ pair: (Int, Int, Int) -> (Double, Double)) -> [Double] {
    var c = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for p in 0..<k {
        for j in 0..<n {
          let (u, v) = pair(i, p, j)
          c[i * n + j] += u * v
        }
      }
    }
    return c
  }
}
