extension Tensor {
  /// Returns the weights of at least 0 with which the columns of this matrix come nearest to a vector, and how near.
  ///
  /// Works in float64, in as many steps as there are weights above 0 or a few more.
  ///
  /// - Parameter target: `[m]`.
  /// - Returns: `weights` `[n]`, and `residual`, the distance left, for `[m, n]` here.
  /// - Throws: ``TensorError``, also for numbers that are not finite.
  /// - Source: Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23.
  public func nonnegativeLeastSquares(_ target: Tensor) throws -> (weights: Tensor, residual: Double) {
    let op = "nnls"
    try Self.expectAlike(op, self, target)
    guard rank == 2, target.shape == [shape[0]] else {
      throw TensorError.shapes(op: op, shape, target.shape, hint: "a matrix [m, n] and a vector [m] are needed")
    }
    let (matrix, vector) = (values, target.values)
    guard matrix.allSatisfy(\.isFinite), vector.allSatisfy(\.isFinite) else {
      throw TensorError.value(op: op, what: "input", got: "NaN or infinity", allowed: "finite numbers are needed")
    }
    var search = ActiveSet(ColumnProblem(matrix, vector, columns: shape[1]))
    try search.solve()
    return (Tensor(search.weights).to(elementType), search.problem.distance(at: search.weights))
  }
}

/// Columns that are to come near to a vector.
private struct ColumnProblem: LeastSquaresProblem {
  private let matrix: [Double]
  private let target: [Double]
  private let m: Int
  let count: Int
  let tolerance: Double

  init(_ matrix: [Double], _ target: [Double], columns: Int) {
    (self.matrix, self.target) = (matrix, target)
    (m, count) = (target.count, columns)
    var longest = 0.0
    for j in 0..<columns {
      longest = Swift.max(longest, (0..<target.count).reduce(0) { $0 + Swift.abs(matrix[$1 * columns + j]) })
    }
    tolerance = 1e-13 * longest * Swift.max(1e-300, target.reduce(0) { Swift.max($0, Swift.abs($1)) })
  }

  private func residual(at weights: [Double]) -> [Double] {
    (0..<m).map { i in (0..<count).reduce(target[i]) { $0 - matrix[i * count + $1] * weights[$1] } }
  }

  func distance(at weights: [Double]) -> Double { residual(at: weights).reduce(0) { $0 + $1 * $1 }.squareRoot() }

  func slopes(at weights: [Double]) -> [Double] {
    let rest = residual(at: weights)
    return (0..<count).map { j in (0..<m).reduce(0) { $0 + matrix[$1 * count + j] * rest[$1] } }
  }

  /// By reflections, which keep the matrix's own precision.
  func nearest(_ free: [Int]) -> [Double]? {
    let k = free.count
    var a = [Double](repeating: 0, count: m * k), b = target
    for i in 0..<m { for (j, column) in free.enumerated() { a[i * k + j] = matrix[i * count + column] } }
    for j in 0..<Swift.min(k, m) { reflect(&a, &b, k, j) }
    var result = [Double](repeating: 0, count: count)
    for j in (0..<Swift.min(k, m)).reversed() {
      var sum = b[j]
      for l in j + 1..<Swift.max(k, j + 1) { sum -= a[j * k + l] * result[free[l]] }
      let diagonal = a[j * k + j]
      result[free[j]] = diagonal == 0 ? 0 : sum / diagonal
    }
    return result
  }

  /// Makes column `j` 0 below its diagonal.
  private func reflect(_ a: inout [Double], _ b: inout [Double], _ k: Int, _ j: Int) {
    var length = 0.0
    for i in j..<m { length += a[i * k + j] * a[i * k + j] }
    length = length.squareRoot()
    guard length > 0 else { return }
    let head = a[j * k + j] + (a[j * k + j] < 0 ? -length : length)
    var mirror = (j..<m).map { a[$0 * k + j] }
    mirror[0] = head
    let scale = mirror.reduce(0) { $0 + $1 * $1 }
    for l in j..<k {
      let share = 2 * (j..<m).reduce(0) { $0 + mirror[$1 - j] * a[$1 * k + l] } / scale
      for i in j..<m { a[i * k + l] -= share * mirror[i - j] }
    }
    let share = 2 * (j..<m).reduce(0) { $0 + mirror[$1 - j] * b[$1] } / scale
    for i in j..<m { b[i] -= share * mirror[i - j] }
  }
}
