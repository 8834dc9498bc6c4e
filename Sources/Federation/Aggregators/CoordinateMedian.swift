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
    let middle = try row(of: vector, for: rule), centers = Places(middle.floatPointer),
      out = Places(result.floatPointer)
    try withRows { base, stride in
      let rows = Rows(base: base, stride: stride, count: n)
      try ColumnBlocks.forEach(dimension) { _, columns in
        let nearest = NearestValues(keep, ties)
        for column in columns {
          let center = Double(centers.base[column])
          for row in 0..<n { nearest.add(Double(rows[row][column]), around: center, at: row) }
          out.base[column] = Float(nearest.mean)
        }
        letGo(columns)
      }
    }
    withExtendedLifetime((result, middle)) {}
    return result
  }
}

/// The values nearest to a center, in order.
private struct NearestValues {
  private let keep: Int
  private let ties: NearestTies
  private let values: Scratch<Double>
  private let distances: Scratch<Double>

  init(_ keep: Int, _ ties: NearestTies) {
    self.keep = keep
    self.ties = ties
    values = Scratch(keep + 1)
    distances = Scratch(keep + 1)
  }

  var mean: Double { (0..<keep).reduce(0) { $0 + values.base[$1] / Double(keep) } }

  /// Puts a value at its place, if it has one, after `count` others were added.
  @inline(__always)
  func add(_ value: Double, around center: Double, at count: Int) {
    let distance = abs(value - center), takesSmaller = ties == .smaller
    let values = values.base, distances = distances.base
    var place = min(count, keep)
    while place > 0 {
      let before = distances[place - 1]
      guard before > distance || takesSmaller && before == distance && values[place - 1] > value else { break }
      distances[place] = before
      values[place] = values[place - 1]
      place -= 1
    }
    distances[place] = distance
    values[place] = value
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
