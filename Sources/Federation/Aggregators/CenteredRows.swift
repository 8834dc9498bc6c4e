import Tensors

/// The rows seen from a center: every point `center + Σ aᵢ (xᵢ - center)` is its coefficients `a`, and its distances to
/// the rows follow from the inner products of the centered rows.
///
/// Iterations on points then cost `n²` instead of `n · d`. A center among the honest rows keeps the arithmetic exact
/// where far rows would drown the differences between the others.
struct CenteredRows {
  let updates: UpdateMatrix
  let center: Tensor
  private let gram: [Double]

  init(_ updates: UpdateMatrix, center: Tensor) throws {
    self.updates = updates
    self.center = center
    gram = try RoundGeometry.gram(updates, center: center)
  }

  /// Distances from the point of these coefficients to each row.
  func distances(from coefficients: [Double]) -> [Double] {
    let n = updates.count
    let products = (0..<n).map { row in
      (0..<n).reduce(0.0) { $0 + gram[row * n + $1] * coefficients[$1] }
    }
    let square = (0..<n).reduce(0.0) { $0 + coefficients[$1] * products[$1] }
    return (0..<n).map { max(0, square - 2 * products[$0] + gram[$0 * n + $0]).squareRoot() }
  }

  /// The point of these coefficients, shape `[d]`.
  func point(_ coefficients: [Double]) throws -> Tensor {
    let rows = try updates.weightedSum(coefficients)
    let rest = 1 - coefficients.reduce(0, +)
    if abs(rest) < 1e-12 { return rows }
    return try rows.add_(center.mul(rest))
  }
}
