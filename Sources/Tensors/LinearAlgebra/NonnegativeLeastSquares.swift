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
    var problem = ActiveSet(matrix, vector, columns: shape[1])
    try problem.solve()
    return (Tensor(problem.weights).to(elementType), problem.distance)
  }
}

/// The weights that are free to be above 0, and those held at it.
private struct ActiveSet {
  private let matrix: [Double]
  private let target: [Double]
  private let m: Int
  private let n: Int
  private(set) var weights: [Double]
  private var isFree: [Bool]
  /// Columns that add nothing to the free ones, which rounding makes look as if they did.
  private var isBarred: [Bool]
  /// Slopes below it are 0 but for rounding.
  private let tolerance: Double

  init(_ matrix: [Double], _ target: [Double], columns: Int) {
    (self.matrix, self.target) = (matrix, target)
    (m, n) = (target.count, columns)
    weights = [Double](repeating: 0, count: columns)
    isFree = [Bool](repeating: false, count: columns)
    isBarred = isFree
    var longest = 0.0
    for j in 0..<columns {
      longest = Swift.max(longest, (0..<target.count).reduce(0) { $0 + Swift.abs(matrix[$1 * columns + j]) })
    }
    tolerance = 1e-13 * longest * Swift.max(1e-300, target.reduce(0) { Swift.max($0, Swift.abs($1)) })
  }

  private var residual: [Double] {
    (0..<m).map { i in (0..<n).reduce(target[i]) { $0 - matrix[i * n + $1] * weights[$1] } }
  }

  var distance: Double { residual.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Frees the weight that promises most, and holds those at 0 which the best free weights would make negative.
  mutating func solve() throws {
    var steps = 0
    // In exact arithmetic it ends by itself. The bound is for what rounding may make of ties.
    while steps < 30 * Swift.max(n, 1) {
      try Interrupt.check()
      let rest = residual
      var best = -1, steepest = tolerance
      for j in 0..<n where !isFree[j] && !isBarred[j] {
        let slope = (0..<m).reduce(0) { $0 + matrix[$1 * n + j] * rest[$1] }
        if slope > steepest { (best, steepest) = (j, slope) }
      }
      if best < 0 { return }
      isFree[best] = true
      var candidate = bestFreeWeights()
      if candidate[best] <= 0 {
        (isFree[best], isBarred[best]) = (false, true)
        continue
      }
      isBarred = isBarred.map { _ in false }
      while let step = largestStep(to: candidate) {
        steps += 1
        for j in 0..<n where isFree[j] {
          weights[j] += step * (candidate[j] - weights[j])
          if weights[j] <= 1e-15 * Swift.abs(candidate[j]) || weights[j] < 0 { (weights[j], isFree[j]) = (0, false) }
        }
        try Interrupt.check()
        candidate = bestFreeWeights()
      }
      weights = candidate
      steps += 1
    }
  }

  /// How far towards the candidate all weights stay at 0 or above; nil if all the way.
  private func largestStep(to candidate: [Double]) -> Double? {
    var step: Double?
    for j in 0..<n where isFree[j] && candidate[j] <= 0 {
      let share = weights[j] / (weights[j] - candidate[j])
      step = Swift.min(step ?? 1, share.isNaN ? 0 : share)
    }
    return step
  }

  /// The free weights nearest to the target, whatever their sign: by reflections, which keep the matrix's own precision.
  private func bestFreeWeights() -> [Double] {
    let free = (0..<n).filter { isFree[$0] }, k = free.count
    var a = [Double](repeating: 0, count: m * k), b = target
    for i in 0..<m { for (j, column) in free.enumerated() { a[i * k + j] = matrix[i * n + column] } }
    for j in 0..<Swift.min(k, m) { reflect(&a, &b, k, j) }
    var result = [Double](repeating: 0, count: n)
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
