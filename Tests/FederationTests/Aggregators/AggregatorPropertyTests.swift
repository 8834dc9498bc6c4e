import Federation
import Foundation
import Tensors
import Testing

/// A rule of the registry with what it claims.
struct Rule: CustomTestStringConvertible, Sendable {
  let aggregator: any Aggregator
  /// Whether the result lies in the honest updates' range, coordinate by coordinate.
  var staysInBox = false
  /// Whether moving all updates moves the result: clipping to a norm does not.
  var isTranslationEquivariant = true
  var isScaleEquivariant = true
  /// How far the result may be off by rounding.
  var tolerance: Float = 1e-5

  var testDescription: String { aggregator.name }

  static let all: [Rule] = {
    do {
      return [
        Rule(aggregator: Mean()), Rule(aggregator: WeightedMean()),
        Rule(aggregator: CoordinateMedian(), staysInBox: true),
        Rule(aggregator: try TrimmedMean(f: 2), staysInBox: true),
        Rule(aggregator: try GeometricMedian(iterations: 500), tolerance: 1e-3),
        Rule(aggregator: try NormClipping(), isTranslationEquivariant: false),
        Rule(aggregator: try CenteredClipping(), tolerance: 1e-4),
      ]
    } catch {
      return []
    }
  }()

  /// The rules that differ from the mean.
  static let robust = all.filter { !["mean", "weighted_mean"].contains($0.aggregator.name) }
}

@Suite struct AggregatorPropertyTests {
  /// Seven rows, one of them far off, so that each robust rule differs from the mean.
  static let rows: [[Float]] = {
    var rows = honestRows(7, 33)
    rows[2] = rows[2].map { $0 * -8 }
    return rows
  }()

  @Test func `every rule of the sources is tested`() throws {
    let sources =
      URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")
      + "/Sources/Federation/Aggregators"
    let rules = try FileManager.default.contentsOfDirectory(atPath: sources).flatMap { file in
      try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8).matches(of: #/struct (\w+): Aggregator /#)
        .map { String($0.1) }
    }
    #expect(rules.sorted() == Rule.all.map { "\(type(of: $0.aggregator))" }.sorted())
  }

  @Test(arguments: Rule.robust) func `a robust rule differs from the mean`(_ rule: Rule) throws {
    let result = try rule.aggregator(matrix(Self.rows)).floats
    #expect(!areClose(result, columnMeans(Self.rows), 0.05))
  }

  @Test(arguments: Rule.all) func `the order of clients does not matter`(_ rule: Rule) throws {
    let order = [3, 6, 0, 2, 5, 1, 4]
    let result = try rule.aggregator(matrix(Self.rows)).floats
    #expect(areClose(try rule.aggregator(matrix(order.map { Self.rows[$0] })).floats, result, rule.tolerance))
  }

  @Test(arguments: Rule.all) func `equal updates give that update`(_ rule: Rule) throws {
    let row = honestRows(1, 33)[0]
    let result = try rule.aggregator(matrix([[Float]](repeating: row, count: 6))).floats
    #expect(areClose(result, row, 1e-6))
  }

  @Test(arguments: Rule.all.filter(\.isTranslationEquivariant))
  func `moving all updates moves the result`(_ rule: Rule) throws {
    let moved = try rule.aggregator(matrix(Self.rows.map { $0.map { $0 + 3 } })).floats
    let expected = try rule.aggregator(matrix(Self.rows)).floats.map { $0 + 3 }
    #expect(areClose(moved, expected, rule.tolerance * 10))
  }

  @Test(arguments: Rule.all.filter(\.isScaleEquivariant))
  func `stretching all updates stretches the result`(_ rule: Rule) throws {
    let stretched = try rule.aggregator(matrix(Self.rows.map { $0.map { $0 * -4 } })).floats
    let expected = try rule.aggregator(matrix(Self.rows)).floats.map { $0 * -4 }
    #expect(areClose(stretched, expected, rule.tolerance * 10))
  }

  @Test(arguments: Rule.all.filter(\.staysInBox), [1e3, 1e38] as [Float])
  func `two wild rows leave the result among the honest values`(_ rule: Rule, size: Float) throws {
    var rows = honestRows(9, 33)
    let honest = Array(rows[2...])
    rows[0] = rows[0].map { _ in size }
    rows[1] = rows[1].map { _ in -size }
    let result = try rule.aggregator(matrix(rows)).floats
    for (column, value) in result.enumerated() {
      let values = honest.map { $0[column] }
      #expect(value >= values.min()! && value <= values.max()!)
    }
  }

  @Test(arguments: [1e3, 1e30] as [Float])
  func `wild rows cannot carry the geometric median away`(size: Float) throws {
    var rows = honestRows(9, 33)
    let honest = Array(rows[2...])
    rows[0] = rows[0].map { _ in size }
    rows[1] = rows[1].map { _ in size }
    let result = try GeometricMedian()(matrix(rows)).floats
    let mean = columnMeans(honest)
    let distance = zip(result, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(distance < 5)
  }

  @Test(arguments: Rule.all.filter { $0.aggregator.name != "trimmed_mean" })
  func `one client and one parameter work`(_ rule: Rule) throws {
    #expect(areClose(try rule.aggregator(matrix([[1.5, -2, 4]])).floats, [1.5, -2, 4], 1e-6))
    #expect(areClose(try rule.aggregator(matrix([[2], [2], [2]])).floats, [2], 1e-6))
  }

  @Test func `trimmed mean of one client works without trimming`() throws {
    #expect(try TrimmedMean(f: 0)(matrix([[1.5, -2]])).floats == [1.5, -2])
    #expect(try TrimmedMean(f: 1)(matrix([[1], [5], [9]])).floats == [5])
  }

  @Test(arguments: Rule.all, [Float.nan, .infinity])
  func `a value that is no number is an error that names the client`(_ rule: Rule, value: Float) throws {
    var rows = Self.rows
    rows[4][5] = value
    let updates = try matrix(rows, ids: [11, 12, 13, 14, 15, 16, 17])
    let error = #expect(throws: FederationError.self) { try rule.aggregator(updates) }
    guard case .notFinite(let name, let client, _, let coordinate) = error else {
      Issue.record("not the expected error: \(String(describing: error))")
      return
    }
    #expect(name == rule.aggregator.name && client == 15 && coordinate == 5)
  }

  @Test(arguments: Rule.all) func `the result has memory of its own and the rows stay as they are`(_ rule: Rule) throws
  {
    let updates = try matrix(Self.rows)
    let result = try rule.aggregator(updates)
    try result.fill_(77)
    #expect(updates.tensor.floats == Self.rows.flatMap { $0 })
  }

  @Test(arguments: Rule.all) func `any number of threads gives the same bits`(_ rule: Rule) throws {
    let updates = try matrix(honestRows(9, 20_001))
    let alone = try rule.aggregator(updates).floats
    for threads in [2, 3] {
      let together = try Parallel.withThreads(threads) { try rule.aggregator(matrix(honestRows(9, 20_001))).floats }
      #expect(together == alone)
    }
  }

  @Test(arguments: Rule.all) func `a rule works on the columns of one layer without copying`(_ rule: Rule) throws {
    let sections = [
      UpdateSection(name: "a", shape: [13], columns: 0..<13),
      UpdateSection(name: "b", shape: [4, 5], columns: 13..<33),
    ]
    let updates = try UpdateMatrix(matrix(Self.rows).tensor, sections: sections)
    let layer = try updates.layer("b")
    #expect(layer.tensor.storage === updates.tensor.storage)
    let copied = try matrix(Self.rows.map { Array($0[13...]) })
    #expect(try rule.aggregator(layer).floats == rule.aggregator(copied).floats)
  }
}
