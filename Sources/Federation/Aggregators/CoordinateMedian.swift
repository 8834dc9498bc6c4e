import Kernels
public import Tensors

/// Takes the median of each coordinate; of an even number of updates, the mean of the middle two.
///
/// - Source: Yin et al., ICML 2018, <https://arxiv.org/abs/1803.01498>, definition 1.
public struct CoordinateMedian: Aggregator {
  public let name = "coordinate_median"

  public init() {}

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try participants(updates, weights).coordinateMedian()
  }
}

extension UpdateMatrix {
  /// Returns the median of each column, shape `[d]`.
  func coordinateMedian() throws -> Tensor {
    let result = try Tensor.uninitialized([dimension], .float32, op: "coordinate_median"), n = count
    try reduceColumns(into: result, "coordinate_median", definition: median(_:)) { base, stride, columns, out in
      let workspace = Scratch<Float>(Kernels.aggregation.orderWorkspace(n))
      Kernels.aggregation.median(base, n, stride, columns.lowerBound, columns.upperBound, out, workspace.base)
    }
    return result
  }

  /// Returns the mean of the `keep` values of each column nearest to its median, shape `[d]`.
  ///
  /// They are neighbours in sorted order, so ties never drop more or keep more than asked; of two equally near values
  /// the smaller is kept.
  ///
  /// - Parameter keep: From 1 to n.
  /// - Source: Guerraoui et al., ICML 2018, <https://arxiv.org/abs/1802.07927>, section 4 (the second step of Bulyan).
  public func meanAroundMedian(keep: Int) throws -> Tensor {
    let rule = "mean_around_median"
    try requireFinite(rule)
    guard (1...count).contains(keep) else {
      throw FederationError.option(name: "\(rule): keep", got: "\(keep)", allowed: "1 to n = \(count) is allowed")
    }
    let result = try Tensor.uninitialized([dimension], .float32, op: rule), n = count
    try reduceColumns(
      into: result, rule, definition: { nearestMean($0, keep: keep) }, isRisky: Self.sumsAreRisky
    ) { base, stride, columns, out in
      let workspace = Scratch<Float>(Kernels.aggregation.orderWorkspace(n))
      Kernels.aggregation.meanAroundMedian(
        base, n, stride, keep, columns.lowerBound, columns.upperBound, out, workspace.base)
    }
    return result
  }
}

/// Which of equally near values a mean of the nearest ones takes.
public enum NearestTies: String, Sendable, CaseIterable {
  /// The smaller value, so that the order of rows does not matter.
  case smaller
  /// The value of the first row, as libraries do that sort positions.
  case first
}

extension UpdateMatrix {
  /// Returns the mean of the `keep` values of each column nearest to that of a vector `[d]`: always as many.
  ///
  /// - Parameter keep: From 1 to n.
  public func meanAround(_ vector: Tensor, keep: Int, ties: NearestTies = .smaller) throws -> Tensor {
    let rule = "mean_around"
    try requireFinite(rule)
    guard (1...count).contains(keep) else {
      throw FederationError.option(name: "\(rule): keep", got: "\(keep)", allowed: "1 to n = \(count) is allowed")
    }
    let result = try Tensor.uninitialized([dimension], .float32, op: rule), n = count
    let middle = try row(of: vector, for: rule), centers = Places(middle.floatPointer), out = Places(result.floatPointer)
    try withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      try ColumnBlocks.forEach(dimension) { _, columns in
        var values = [NearValue](repeating: NearValue(), count: n)
        for column in columns {
          let center = Double(centers.base[column])
          for row in 0..<n { values.insert(Double(rows[row][column]), around: center, at: row, ties) }
          out.base[column] = Float(values[..<keep].reduce(0) { $0 + $1.value / Double(keep) })
        }
        letGo(columns)
      }
    }
    withExtendedLifetime((result, middle)) {}
    return result
  }
}

/// A value of a column and how far it is from the center.
private struct NearValue {
  var value = 0.0
  var distance = 0.0
}

extension [NearValue] {
  /// Puts a value at its place among the first `count`, which stand in order.
  fileprivate mutating func insert(_ value: Double, around center: Double, at count: Int, _ ties: NearestTies) {
    let new = NearValue(value: value, distance: abs(value - center))
    var place = count
    while place > 0 {
      let before = self[place - 1]
      let isEqual = before.distance == new.distance && ties == .smaller
      guard before.distance > new.distance || isEqual && before.value > value else { break }
      self[place] = before
      place -= 1
    }
    self[place] = new
  }
}

/// The middle value; of an even number, the mean of the middle two.
@Sendable func median(_ values: [Double]) -> Double {
  let sorted = values.sorted(), middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Mean of the `keep` numbers nearest to the median; of two equally near ones, the smaller.
private func nearestMean(_ values: [Double], keep: Int) -> Double {
  let sorted = values.sorted(), middle = median(values)
  var first = 0
  while first + keep < sorted.count, sorted[first + keep] - middle < middle - sorted[first] { first += 1 }
  return sorted[first..<first + keep].reduce(0) { $0 + $1 / Double(keep) }
}
