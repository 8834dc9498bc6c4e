import Testing

@testable import Kernels

@Suite("Reductions")
struct ReductionTests {
  @Test("sums are float64 sums", arguments: instructionSets, awkwardLengths)
  func sums(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).reduction
    let a = numbers(n, seed: 1, scale: 1_000)
    let b = numbers(n, seed: 2)
    let exact = zip(a, b).map { (Double($0), Double($1)) }
    func close(_ got: Double, _ expected: Double) -> Bool { abs(got - expected) <= 1e-12 * Double(n) * 1_000_000 }
    #expect(close(kernels.sum(a, n), exact.reduce(0) { $0 + $1.0 }))
    #expect(close(kernels.dot(a, b, n), exact.reduce(0) { $0 + $1.0 * $1.1 }))
    #expect(close(kernels.squaredDistance(a, b, n), exact.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }))
  }

  @Test("four rows at once have the bits of one after the other", arguments: instructionSets, awkwardLengths)
  func rows(isa: InstructionSet, n: Int) {
    let kernels = Kernels.table(isa).reduction
    let rows = (1...4).map { numbers(n, seed: UInt64($0), scale: 1e30) }, b = numbers(n, seed: 5)
    let whole: [Float] = rows.flatMap { $0 } + [0]  // an empty array has no address
    let four = whole.withUnsafeBufferPointer { buffer in
      let x = buffer.baseAddress!
      return kernels.squaredDistances((x, x + n, x + 2 * n, x + 3 * n), b, n)
    }
    #expect([four.0, four.1, four.2, four.3] == rows.map { kernels.squaredDistance($0, b, n) })
  }

  @Test("extremes find every place, and NaN", arguments: instructionSets)
  func extremes(isa: InstructionSet) {
    let kernels = Kernels.table(isa).reduction
    #expect(kernels.maximum([], 0) == -.infinity && kernels.minimum([], 0) == .infinity)
    for n in [1, 15, 16, 17, 40] {
      for place in 0..<n {
        var x = numbers(n, seed: 3)
        x[place] = 7
        #expect(kernels.maximum(x, n) == 7 && kernels.minimum(x, n) == x.min())
        x[place] = -7
        #expect(kernels.minimum(x, n) == -7 && kernels.maximum(x, n) == x.max())
        let finite = kernels.isFinite(x, n)
        #expect(finite)
        x[place] = .nan
        let withNaN = kernels.isFinite(x, n)
        #expect(kernels.maximum(x, n).isNaN && kernels.minimum(x, n).isNaN && !withNaN)
        x[place] = -.infinity
        let withInfinity = kernels.isFinite(x, n)
        #expect(!withInfinity)
      }
    }
  }

  @Test("row and column sums", arguments: instructionSets, [(0, 5), (1, 1), (3, 17), (300, 33), (513, 2)])
  func rowsAndColumns(isa: InstructionSet, size: (Int, Int)) {
    let kernels = Kernels.table(isa).reduction
    let (rows, n) = size
    let x = numbers(rows * n, seed: 5)
    func element(_ row: Int, _ column: Int) -> Double { Double(x[row * n + column]) }
    let byRow = (0..<rows).map { row in (0..<n).reduce(0) { $0 + element(row, $1) } }
    let byColumn = (0..<n).map { column in (0..<rows).reduce(0) { $0 + element($1, column) } }
    #expect(relativeError(written(rows) { kernels.rowSums(x, $0, rows, n) }, byRow) < Tolerance.accumulated(n))
    let columns = written(n) { kernels.columnSums(x, $0, rows, n, false) }
    #expect(relativeError(columns, byColumn) < Tolerance.accumulated(rows))
    let more = written(n, initially: columns) { kernels.columnSums(x, $0, rows, n, true) }
    #expect(relativeError(more, byColumn.map { $0 * 2 }) < Tolerance.accumulated(rows))
    let maxima = written(rows) { kernels.rowMaxima(x, $0, rows, n) }
    #expect(maxima == (0..<rows).map { x[($0 * n)..<($0 * n + n)].max() ?? -.infinity })
  }
}
