public import Tensors

/// Finds the rows, as many as asked for, whose variance along their worst direction is smallest.
///
/// All subsets are looked at, in the order of their positions, but most only until it is clear that another one is better:
/// two rows alone have half of their squared distance as scatter, and more rows never have less.
struct SmallestVariance {
  private let distances: PairTable
  /// Inner products seen from a point among the rows.
  private let gram: PairTable
  private let keep: Int
  private var best = Double.infinity
  private var subset: [Int] = []
  /// Where eliminations take place.
  private var factor: [Double]
  private var visited = 0
  private var n: Int { gram.count }

  /// Part of the scatter by which a subset must be better: less is rounding, and of equals the first is taken.
  private static let margin = 1e-9

  init(_ distances: PairTable, _ gram: PairTable, keep: Int) {
    self.distances = distances
    self.gram = gram
    self.keep = keep
    factor = [Double](repeating: 0, count: keep * keep)
  }

  /// Positions of the rows, rising.
  ///
  /// - Parameter start: A subset that is not bad, which the best one is at least as good as.
  mutating func search(from start: [Int]) throws -> [Int] {
    subset = start
    best = try scatter(table(start)) * (1 + 1e-6)
    var chosen: [Int] = []
    try extend(&chosen, from: 0)
    return subset
  }

  private mutating func extend(_ chosen: inout [Int], from first: Int) throws {
    if chosen.count == keep { return try look(chosen) }
    let last = n - (keep - chosen.count)
    guard first <= last else { return }
    for row in first...last where chosen.allSatisfy({ distances[row, $0] / 2 < best }) {
      chosen.append(row)
      try extend(&chosen, from: row + 1)
      chosen.removeLast()
    }
  }

  private mutating func look(_ rows: [Int]) throws {
    visited += 1
    if visited % 1024 == 0 { try Interrupt.check() }
    let table = table(rows), limit = best * (1 - Self.margin)
    if exceeds(limit, table) { return }
    let scatter = try scatter(table)
    guard scatter < limit else { return }
    best = scatter
    subset = rows
  }

  /// The inner products of some rows minus their mean.
  private func table(_ rows: [Int]) -> [Double] {
    let k = rows.count
    var table = [Double](repeating: 0, count: k * k), means = [Double](repeating: 0, count: k)
    for i in 0..<k {
      let products = gram.row(rows[i])
      for j in 0..<k {
        table[i * k + j] = products[rows[j]]
        means[i] += products[rows[j]]
      }
      means[i] /= Double(k)
    }
    let mean = means.reduce(0, +) / Double(k)
    for i in 0..<k { for j in 0..<k { table[i * k + j] += mean - means[i] - means[j] } }
    return table
  }

  /// Whether some direction has this much scatter: whether the table, taken from as much in every direction, is not
  /// positive definite. Half of an elimination tells it, exactly but for rounding, and most ends early.
  private mutating func exceeds(_ limit: Double, _ table: [Double]) -> Bool {
    let k = keep
    return factor.withUnsafeMutableBufferPointer { factor in
      for i in 0..<k {
        for j in 0...i {
          var sum = (i == j ? limit : 0) - table[i * k + j]
          for m in 0..<j { sum -= factor[i * k + m] * factor[j * k + m] }
          if i == j {
            guard sum > 0 else { return true }
            factor[i * k + i] = sum.squareRoot()
          } else {
            factor[i * k + j] = sum / factor[j * k + j]
          }
        }
      }
      return false
    }
  }

  /// The largest eigenvalue.
  private func scatter(_ table: [Double]) throws -> Double {
    let values = try Tensor(table, shape: [keep, keep]).eigh().values.values
    return max(0, values.last ?? 0)
  }
}

extension UpdateMatrix {
  /// Positions, from 0 and rising, of the `count` rows whose covariance has the smallest largest eigenvalue.
  ///
  /// Of several such sets, the first in the order of positions. The search takes as long as there are subsets.
  ///
  /// - Parameter count: From 1 to n.
  /// - Source: Allouah et al., ICML 2023, <https://arxiv.org/abs/2302.04787>, section 5 (smallest maximum eigenvalue
  ///   averaging).
  public func smallestVarianceSubset(_ count: Int) throws -> [Int] {
    let rule = "smallest_variance_subset"
    try expectSubset(count, for: rule)
    if count == self.count { return Array(0..<count) }
    let near = try smallestDiameterSubset(count)
    let gram = try centeredGram(around: coordinateMedian(), for: rule)
    var search = SmallestVariance(try squaredDistances(for: rule), gram, keep: count)
    return try search.search(from: near)
  }

  /// Inner products of all pairs of rows minus a vector `[d]`: what rules about scatter need of rows far from zero.
  public func centeredGram(around vector: Tensor, for rule: String = "centered_gram") throws -> PairTable {
    try requireFinite(rule)
    return try InnerProducts.table(self, center: row(of: vector, for: rule), for: rule)
  }
}
