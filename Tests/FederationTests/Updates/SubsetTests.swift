import Tensors
import Testing

@testable import Federation

/// Searches over sets of rows, against all sets, and what rules about neighbours are made of.
@Suite struct SubsetTests {
  /// All choices of `count` of `n` positions, in their order.
  private func subsets(_ n: Int, _ count: Int, from first: Int = 0) -> [[Int]] {
    if count == 0 { return [[]] }
    return (first..<max(first, n)).flatMap { row in subsets(n, count - 1, from: row + 1).map { [row] + $0 } }
  }

  private func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
  }

  @Test(arguments: 2...9) func `the smallest diameter is that of all subsets, the first of equals`(n: Int) throws {
    for (seed, isGrid) in [(1, false), (2, true), (3, true)] {
      let rows = honestRows(n, 3, seed: UInt64(seed)).map { row in isGrid ? row.map { ($0 * 2).rounded() } : row }
      for count in 1...n {
        let diameters = subsets(n, count).map { subset in
          subset.flatMap { a in subset.map { squaredDistance(rows[a], rows[$0]) } }.max() ?? 0
        }
        let best = try #require(diameters.indices.min { (diameters[$0], $0) < (diameters[$1], $1) })
        #expect(try matrix(rows).smallestDiameterSubset(count) == subsets(n, count)[best])
      }
    }
  }

  @Test(arguments: 3...8) func `the smallest variance is that of all subsets`(n: Int) throws {
    let rows = honestRows(n, 2, seed: 5), count = n - (n - 1) / 2
    // In the plane, the largest eigenvalue of a covariance has a closed form.
    let variances = subsets(n, count).map { subset -> Double in
      let points = subset.map { rows[$0].map(Double.init) }, k = Double(count)
      let (x, y) = (points.reduce(0) { $0 + $1[0] } / k, points.reduce(0) { $0 + $1[1] } / k)
      let a = points.reduce(0) { $0 + ($1[0] - x) * ($1[0] - x) },
        c = points.reduce(0) { $0 + ($1[1] - y) * ($1[1] - y) }
      let b = points.reduce(0) { $0 + ($1[0] - x) * ($1[1] - y) }
      return (a + c) / 2 + ((a - c) * (a - c) / 4 + b * b).squareRoot()
    }
    let best = try #require(variances.indices.min { variances[$0] < variances[$1] })
    #expect(try matrix(rows).smallestVarianceSubset(count) == subsets(n, count)[best])
  }

  @Test func `equal distances come out equal, whichever rows they are of`() throws {
    let rows: [[Float]] = [[100.5, 7], [101.5, 7], [100.5, 8], [101.5, 8]]
    let distances = try matrix(rows).squaredDistances(for: "test")
    #expect(distances.values == [0, 1, 1, 2, 1, 0, 2, 1, 1, 2, 0, 1, 2, 1, 1, 0])
  }

  @Test func `distances to vectors and inner products around one are sums over coordinates`() throws {
    let rows = honestRows(5, 40, seed: 6), center = honestRows(1, 40, seed: 7)[0]
    let updates = try matrix(rows)
    let distances = rows.map { squaredDistance($0, center).squareRoot() }
    #expect(agrees(try updates.distances(to: Tensor(center)).map(Float.init), distances, 1e-6))
    let gram = rows.flatMap { a in
      rows.map { b in (0..<40).reduce(0.0) { $0 + Double(a[$1] - center[$1]) * Double(b[$1] - center[$1]) } }
    }
    #expect(agrees(try updates.centeredGram(around: Tensor(center)).values.map(Float.init), gram, 1e-5))
  }

  @Test func `powers of distances are added up for the nearest alone`() throws {
    let updates = try matrix([[0], [1], [3], [9], [20]])
    #expect(try updates.neighborScores(2, power: 1)[0] == 4)
    #expect(try updates.neighborScores(3, power: 3)[0] == 1 + 27 + 729)
    let many = try matrix((0..<20).map { [Float($0)] })
    #expect(try many.neighborScores(19, power: 1)[0] == 190)
    #expect(throws: FederationError.self) { try updates.neighborScores(2, power: 0) }
  }
}
