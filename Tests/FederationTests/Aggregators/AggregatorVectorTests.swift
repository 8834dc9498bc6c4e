import Federation
import Tensors
import Testing

/// Results that other libraries publish, and closed forms.
@Suite struct AggregatorVectorTests {
  /// The matrix of ByzFL's `tests/unit_test_aggregators.py`.
  static let byzfl: [[Float]] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]

  @Test func `mean, median and trimmed mean give what ByzFL gives`() throws {
    let updates = try matrix(Self.byzfl)
    #expect(try Mean()(updates).floats == [4, 5, 6])
    #expect(try CoordinateMedian()(updates).floats == [4, 5, 6])
    #expect(try TrimmedMean(f: 1)(updates).floats == [4, 5, 6])
  }

  @Test func `geometric median from zero in three steps gives what ByzFL gives`() throws {
    let rule = try GeometricMedian(smoothing: 0.1, iterations: 3, start: .zero)
    let expected: [Float] = [3.787_887_64, 4.787_887_64, 5.787_887_64]
    #expect(areClose(try rule(matrix(Self.byzfl)).floats, expected, 1e-6))
  }

  @Test func `clipping to norm 2 gives what ByzFL gives and leaves the rows as they are`() throws {
    let updates = try matrix(Self.byzfl)
    let expected: [Float] = [
      0.534_522_48, 1.069_044_97, 1.603_567_45, 0.911_684_61, 1.139_605_76, 1.367_526_92, 1.005_141_42, 1.148_733_05,
      1.292_324_69,
    ]
    #expect(areClose(try updates.clipped(to: 2).tensor.floats, expected, 1e-6))
    #expect(updates.tensor.floats == Self.byzfl.flatMap { $0 })
  }

  /// The matrix of fedlib's `aggregators/tests/test_aggregators.py`.
  @Test func `mean, median and trimmed mean give what fedlib gives`() throws {
    let updates = try matrix([[1, 2, 3], [-1, 4, -1], [2, 2, 3], [3, 1, 3]])
    #expect(try Mean()(updates).floats == [1.25, 2.25, 2])
    #expect(try CoordinateMedian()(updates).floats == [1.5, 2, 3])
    #expect(try TrimmedMean(f: 1)(updates).floats == [1.5, 2, 3])
  }

  @Test func `median of three rows gives what ByzPy gives`() throws {
    #expect(try CoordinateMedian()(matrix([[1, 5, 3], [2, 3, 40], [10, 20, 30]])).floats == [2, 5, 30])
  }

  @Test func `weights and sample counts weigh the mean`() throws {
    let updates = try matrix([[1, 10], [4, 20]], samples: [3, 1])
    #expect(try WeightedMean()(updates).floats == [1.75, 12.5])
    #expect(try WeightedMean()(updates, weights: [0, 5]).floats == [4, 20])
    #expect(try Mean()(updates).floats == [2.5, 15])
  }

  @Test func `the mean of thousands of updates is as exact as that of a few`() throws {
    let rows = honestRows(5000, 3), result = try Mean()(matrix(rows)).floats
    #expect(agrees(result, Oracle.mean(rows.map { $0.map(Double.init) }), 1e-6))
    #expect(agrees(try Mean()(matrix([[Float]](repeating: [0.1], count: 5000))).floats, [0.1], 1e-6))
  }

  @Test func `norm clipping shortens long rows to the bound before it averages`() throws {
    let updates = try matrix([[3, 0], [0, 0.5]])
    #expect(areClose(try NormClipping(maximumNorm: 1)(updates).floats, [0.5, 0.25], 1e-6))
  }

  @Test func `norm clipping without a bound takes the median norm`() throws {
    let updates = try matrix([[1, 0], [2, 0], [30, 0]])
    #expect(areClose(try NormClipping()(updates).floats, [5 / 3, 0], 1e-6))
  }

  @Test func `geometric median is where the unit vectors to the updates cancel`() throws {
    let rows = honestRows(7, 5)
    let point = try GeometricMedian(iterations: 2000, tolerance: 1e-13)(matrix(rows)).floats
    var sum = [Double](repeating: 0, count: 5)
    for row in rows {
      let difference = zip(row, point).map { Double($0 - $1) }
      let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (index, value) in difference.enumerated() { sum[index] += value / length }
    }
    #expect(sum.allSatisfy { abs($0) < 1e-4 })
  }

  @Test func `geometric median of a line is its middle point`() throws {
    #expect(areClose(try GeometricMedian()(matrix([[0], [1], [10]])).floats, [1], 1e-4))
  }

  @Test func `centered clipping moves the previous update by the clipped mean difference`() throws {
    let round = Round(
      number: 2, cohort: [1, 2], clientCount: 2, global: try .zeros([2]), previousUpdate: Tensor([1, 1] as [Float]))
    // Differences (3, 0) and (0, -0.5), the first shortened to length 1: the mean is (0.5, -0.25).
    let result = try CenteredClipping(radius: 1, iterations: 1)(matrix([[4, 1], [1, 0.5]]), round: round)
    #expect(areClose(result.floats, [1.5, 0.75], 1e-6))
  }

  @Test func `rules that do not average leave out rows of weight zero`() throws {
    let updates = try matrix([[1], [2], [3], [100]])
    #expect(try CoordinateMedian()(updates, weights: [1, 1, 1, 0]).floats == [2])
    #expect(try TrimmedMean(f: 1)(updates, weights: [1, 0.1, 1, 0]).floats == [2])
  }

  @Test func `trimmed mean refuses more than it can trim`() throws {
    let expected = FederationError.tooManyByzantine(
      rule: "trimmed_mean", f: 5, n: 10, allowed: "2f must be less than n")
    #expect(throws: expected) { try TrimmedMean(f: 5)(matrix(honestRows(10, 3))) }
    #expect("\(expected)" == "trimmed_mean: f = 5 is too large for n = 10 updates; 2f must be less than n")
  }

  @Test func `weights that cannot be weights are refused with the client's id`() throws {
    let updates = try matrix([[1], [2]], ids: [4, 9])
    #expect(throws: FederationError.weight(rule: "mean", client: 9, got: -1)) { try Mean()(updates, weights: [1, -1]) }
    #expect(throws: FederationError.weightsVanish(rule: "mean")) { try Mean()(updates, weights: [0, 0]) }
    #expect(throws: FederationError.self) { try Mean()(updates, weights: [1, .nan]) }
    #expect(throws: FederationError.self) { try Mean()(updates, weights: [1]) }
  }
}
