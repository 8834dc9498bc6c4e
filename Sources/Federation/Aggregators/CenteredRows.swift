import Tensors

/// A point among the rows, seen from a center: `center + Σ aᵢ (xᵢ - center)` is its coefficients `a`, and its distances
/// to the rows follow from the inner products of the centered rows.
///
/// Steps of the point then cost `n²` instead of `n · d`. Where the point has come so near to a row that only rounding is
/// left of their distance, the center moves to the point, which costs `n² · d`: seen from there the distance is exact.
struct CenteredRows {
  private let updates: UpdateMatrix
  private let rule: String
  private var center: Tensor
  private var gram: PairTable
  /// Of the rows in the point; it is the center plus these parts of the way to each row.
  private(set) var coefficients: [Double]

  private var n: Int { updates.count }

  /// Part of a square below which single precision leaves too little of a difference.
  private static let lost = 1e-3
  /// A start this many times as far from the rows as one of them is from the others is far away.
  private static let far = 100.0

  init(_ updates: UpdateMatrix, center: Tensor, for rule: String) throws {
    self.updates = updates
    self.rule = rule
    self.center = center
    gram = try InnerProducts.table(updates, center: center, for: rule)
    coefficients = [Double](repeating: 0, count: updates.count)
  }

  /// Distances from the point to each row.
  ///
  /// - Parameter negligible: What a distance is taken for if it is smaller; it need not be exact then.
  mutating func distances(negligible: Double = 0) throws -> [Double] {
    let (distances, isLost) = measured(negligible)
    guard isLost else { return distances }
    try look(from: point())
    return measured(negligible).distances
  }

  /// Moves the point and returns how far.
  mutating func move(to next: [Double]) -> Double {
    let step = zip(next, coefficients).map { $0 - $1 }
    coefficients = next
    return max(0, sum(step, product(step))).squareRoot()
  }

  /// The point, shape `[d]`.
  func point() throws -> Tensor {
    let rest = 1 - coefficients.reduce(0, +)
    if rest == 1 { return center }
    let rows = try updates.weightedSum(coefficients)
    return abs(rest) < 1e-12 ? rows : try rows.add_(center.mul(rest))
  }

  /// Starts at a row if the center is far away from what lies close together: at the row with the smallest median
  /// distance to the others. From far away Weiszfeld's steps only shorten the way by a factor.
  mutating func approach(_ shares: [Double]) throws {
    while true {
      let here = weightedMedian((0..<n).map { gram[$0, $0].squareRoot() }, shares)
      let medians = (0..<n).map { i in weightedMedian((0..<n).map { distance(i, $0) }, shares) }
      guard let best = medians.indices.min(by: { medians[$0] < medians[$1] }), medians[best] * Self.far < here else {
        return
      }
      try look(from: updates.row(best))
    }
  }

  // MARK: Arithmetic on coefficients

  private mutating func look(from point: Tensor) throws {
    center = point
    gram = try InnerProducts.table(updates, center: point, for: rule)
    coefficients = [Double](repeating: 0, count: n)
  }

  private func distance(_ i: Int, _ j: Int) -> Double {
    max(0, gram[i, i] + gram[j, j] - 2 * gram[i, j]).squareRoot()
  }

  private func measured(_ negligible: Double) -> (distances: [Double], isLost: Bool) {
    let products = product(coefficients), square = max(0, sum(coefficients, products))
    var isLost = false
    let distances = (0..<n).map { row in
      let scale = square + gram[row, row], value = max(0, scale - 2 * products[row])
      isLost = isLost || max(value, negligible * negligible) < Self.lost * scale && square > 0
      return value.squareRoot()
    }
    return (distances, isLost)
  }

  private func product(_ a: [Double]) -> [Double] {
    (0..<n).map { row in (0..<n).reduce(0) { $0 + a[$1] * gram[row, $1] } }
  }

  private func sum(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// The smallest value that, with all smaller ones, has more than half of the weight.
func weightedMedian(_ values: [Double], _ weights: [Double]) -> Double {
  let order = values.indices.sorted { values[$0] < values[$1] }
  // Half is not more than half, also where the sum was rounded up.
  let half = weights.reduce(0, +) * (0.5 + 1e-9)
  var sum = 0.0
  for index in order {
    sum += weights[index]
    if sum > half { return values[index] }
  }
  return order.last.map { values[$0] } ?? 0
}
