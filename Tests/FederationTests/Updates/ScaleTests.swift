import Federation
import Tensors
import Testing

/// Every rule and every fact at every size of numbers that single precision holds, against definitions in double
/// precision.
@Suite struct ScaleTests {
  /// Sizes of the numbers. The last one's sums of two overflow, though their means do not.
  static let scales: [Double] = [1e-30, 1e-19, 1e-10, 1, 1e10, 1e19, 1e30, 1e38]

  /// Rows of numbers up to 3 times a size, without and with one far off the others, as single precision has them.
  static func rows(_ count: Int, _ scale: Double) -> [[Float]] {
    var rows = honestRows(count, 11).map { $0.map { Float(Double($0) * scale / 2) } }
    rows[1] = rows[1].map { _ in Float(3 * scale) }
    return rows
  }

  private static func doubles(_ rows: [[Float]]) -> [[Double]] { rows.map { $0.map(Double.init) } }

  /// A rule and its definition.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let rule: @Sendable (UpdateMatrix) throws -> Tensor
    let oracle: @Sendable ([[Double]]) -> [Double]
  }

  static let cases: [Case] = [
    Case(testDescription: "mean", rule: { try Mean()($0) }, oracle: Oracle.mean),
    Case(testDescription: "weighted_mean", rule: { try WeightedMean()($0) }, oracle: Oracle.mean),
    Case(testDescription: "coordinate_median", rule: { try CoordinateMedian()($0) }, oracle: Oracle.coordinateMedian),
    Case(
      testDescription: "trimmed_mean", rule: { try TrimmedMean(f: 1)($0) },
      oracle: { Oracle.trimmedMean($0, f: 1) }),
    Case(
      testDescription: "mean around median", rule: { try $0.meanAroundMedian(keep: 3) },
      oracle: { Oracle.meanAroundMedian($0, keep: 3) }),
    Case(testDescription: "norm_clipping", rule: { try NormClipping()($0) }, oracle: Oracle.normClipping),
    Case(testDescription: "centered_clipping", rule: { try CenteredClipping()($0) }, oracle: Oracle.centeredClipping),
    Case(testDescription: "deviations", rule: { try $0.deviations(for: "test") }, oracle: Oracle.deviations),
  ]

  @Test(arguments: cases, scales) func `a rule gives what its definition gives`(_ rule: Case, scale: Double) throws {
    for count in [6, 7] {
      let rows = Self.rows(count, scale)
      #expect(agrees(try rule.rule(matrix(rows)).floats, rule.oracle(Self.doubles(rows))))
    }
  }

  @Test(arguments: GeometricMedian.Start.allCases, scales)
  func `the geometric median is the same from every start`(start: GeometricMedian.Start, scale: Double) throws {
    let rows = Self.rows(7, scale)
    let result = try GeometricMedian(iterations: 1000, start: start)(matrix(rows)).floats
    #expect(agrees(result, Oracle.geometricMedian(Self.doubles(rows)), 1e-4))
  }

  @Test(arguments: scales) func `norms, inner products, distances and cosines hold`(scale: Double) throws {
    let rows = Self.rows(6, scale), exact = Self.doubles(rows), geometry = try matrix(rows).geometry(for: "test")
    #expect(agrees(geometry.norms, exact.map(Oracle.norm), 1e-12))
    let pairs = exact.flatMap { row in exact.map { (row, $0) } }
    #expect(agrees(try geometry.gram().values, pairs.map { Oracle.dot($0, $1) }, 1e-6))
    let distances = try geometry.squaredDistances().values
    for (got, pair) in zip(distances, pairs) {
      let length = Oracle.distance(pair.0, pair.1)
      #expect(abs(got - length * length) <= 1e-4 * length * length)
    }
    #expect(agrees(try geometry.cosines().values, pairs.map { Oracle.cosine($0, $1) }, 1e-6))
  }

  @Test(arguments: scales) func `rows of very different sizes keep their angles`(scale: Double) throws {
    var rows = Self.rows(5, scale)
    rows[2] = honestRows(3, 11)[2].map { $0 * 1e-20 }
    rows[4] = rows[4].map { _ in 0 }
    let exact = Self.doubles(rows), updates = try matrix(rows)
    let pairs = exact.flatMap { row in exact.map { Oracle.cosine(row, $0) } }
    #expect(agrees(try updates.geometry(for: "test").cosines().values, pairs, 1e-6))
    for (index, row) in rows.enumerated() {
      let cosines = try updates.cosines(to: Tensor(row))
      #expect(agrees(cosines, exact.map { Oracle.cosine($0, exact[index]) }, 1e-6))
    }
    let units = try updates.unit().tensor
    for index in 0..<4 { #expect(abs(Oracle.norm(try units.row(index).values) - 1) < 1e-6) }
  }

  @Test(arguments: scales, [true, false])
  func `scores and means of the nearest rows hold, with a table of all pairs and without`(
    scale: Double, keepsTable: Bool
  ) throws {
    let rows = Self.rows(7, scale), exact = Self.doubles(rows), updates = try matrix(rows)
    let scores = try updates.neighborScores(3, keepsTable: keepsTable)
    for row in 0..<7 {
      let expected = Oracle.neighborScore(exact, row, 3)
      #expect(abs(scores[row] - expected) <= 1e-4 * expected)
    }
    let means = try updates.nearestMeans(3, keepsTable: keepsTable)
    #expect(agrees(means.tensor.floats, Oracle.nearestMeans(exact, 3).flatMap { $0 }))
  }

  @Test(arguments: scales) func `shortening to any norm holds`(scale: Double) throws {
    let rows = Self.rows(5, scale), exact = Self.doubles(rows), updates = try matrix(rows)
    for bound in [1e-20, 1, 1e20] {
      let expected = exact.map { row in row.map { $0 * min(1, bound / Oracle.norm(row)) } }
      #expect(agrees(try updates.clipped(to: bound).tensor.floats, expected.flatMap { $0 }))
      #expect(agrees(try NormClipping(maximumNorm: bound)(updates).floats, Oracle.mean(expected)))
    }
  }

  @Test func `weights may be as large or as small as double precision holds`() throws {
    let updates = try matrix([[1, 10], [3, 20]])
    #expect(try Mean()(updates, weights: [1e308, 1e308]).floats == [2, 15])
    #expect(try Mean()(updates, weights: [1e-300, 3e-300]).floats == [2.5, 17.5])
    for rule in [try CenteredClipping(radius: 1e9), try GeometricMedian(iterations: 1)] as [any Aggregator] {
      #expect(agrees(try rule(updates, weights: [1e308, 1e308]).floats, [2, 15]))
    }
  }
}

/// The geometric median from starts that lie far from where it ends.
@Suite struct FarStartTests {
  /// Of an odd number of points on a line the median minimizes the sum of distances; 2 is also what
  /// `scipy.optimize.minimize_scalar` finds for the first case.
  @Test(arguments: GeometricMedian.Start.allCases, [1e6, 1e12, 1e20, 1e30, 3e38])
  func `a far row does not carry the median of a line away`(start: GeometricMedian.Start, far: Float) throws {
    let result = try GeometricMedian(start: start)(matrix([[0], [1], [2], [30], [far]])).floats
    #expect(abs(result[0] - 2) < 1e-3)
  }

  @Test(arguments: [1e-30, 1e-12, 1, 1e12, 1e30] as [Float])
  func `small and large rows are not averaged`(scale: Float) throws {
    let rows = [0, 1, 2, 30, 1000].map { [$0 * scale, 0] }
    for start in GeometricMedian.Start.allCases {
      let result = try GeometricMedian(start: start)(matrix(rows)).floats
      #expect(abs(result[0] / scale - 2) < 1e-3 && result[1] == 0)
    }
  }

  @Test(arguments: GeometricMedian.Start.allCases) func `two far rows of five are borne`(start: GeometricMedian.Start)
    throws
  {
    var rows = honestRows(5, 6)
    let near = Array(rows[2...]).map { $0.map(Double.init) }
    rows[0] = rows[0].map { _ in 1e37 }
    rows[1] = rows[1].map { _ in 2e37 }
    let result = try GeometricMedian(start: start)(matrix(rows)).values
    #expect(near.allSatisfy { Oracle.distance($0, result) < 20 * Oracle.distance(near[0], near[1]) })
  }

  @Test func `most rows in one place are the median, whatever the start`() throws {
    for start in GeometricMedian.Start.allCases {
      let rows: [[Float]] = [[5, 5], [5, 5], [5, 5], [-1e20, 3], [8, 1]]
      #expect(try GeometricMedian(start: start)(matrix(rows)).floats == [5, 5])
    }
  }

  @Test func `centered clipping from an update far away keeps the rows apart`() throws {
    // One step of the median distance from 1e6 towards rows around 0, by the definition in double precision.
    let rows: [[Float]] = [[0], [1], [2], [3], [4]]
    let round = Round(
      number: 2, cohort: [1, 2, 3, 4, 5], clientCount: 5, global: try .zeros([1]),
      previousUpdate: Tensor([1e6] as [Float]))
    let result = try CenteredClipping(iterations: 8)(matrix(rows), round: round).floats
    var point = 1e6
    for _ in 0..<8 {
      let bound = Oracle.median((0..<5).map { abs(Double($0) - point) })
      point += (0..<5).reduce(0.0) { sum, row in
        let step = Double(row) - point
        return sum + (abs(step) > bound ? step * bound / abs(step) : step) / 5
      }
    }
    #expect(abs(Double(result[0]) - point) < 1e-3)
  }
}
