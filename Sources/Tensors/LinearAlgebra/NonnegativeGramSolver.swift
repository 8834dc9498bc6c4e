extension Tensor {
  /// Returns the weights of at least 0 with which vectors come nearest to others, of which only inner products are
  /// known.
  ///
  /// As ``nonnegativeLeastSquares(_:)``, with the products of the columns in the place of the columns: as many numbers
  /// as there are pairs of vectors, however long these are. Works in float64. A vector that adds nothing to those that
  /// have a weight, or nothing that the products' precision shows, gets none.
  ///
  /// - Parameter products: The inner products of the vectors with one other `[n]`, or with several `[m, n]`.
  /// - Returns: Weights of the shape of `products`, for inner products `[n, n]` here.
  /// - Throws: ``TensorError``, also for numbers that are not finite, or a matrix that is not symmetric.
  /// - Source: Bro and De Jong, A fast non-negativity-constrained least squares algorithm, 1997.
  public func nonnegativeLeastSquares(products: Tensor) throws -> Tensor {
    let op = "nnls_gram"
    try Self.expectAlike(op, self, products)
    guard rank == 2, (1...2).contains(products.rank), products.shape.last == shape[0] else {
      throw TensorError.shapes(
        op: op, shape, products.shape, hint: "a matrix [n, n] and a vector [n], or rows [m, n], are needed")
    }
    let gram = try symmetricMatrix(op), all = products.values, n = shape[0]
    guard all.allSatisfy(\.isFinite) else {
      throw TensorError.value(op: op, what: "products", got: "NaN or infinity", allowed: "finite numbers are needed")
    }
    let precision = elementType == .float64 ? 1e-14 : 1e-7
    var weights: [Double] = []
    for row in 0..<(n == 0 ? 0 : all.count / n) {
      var problem = GramActiveSet(gram, Array(all[row * n..<(row + 1) * n]), precision: precision)
      try problem.solve()
      weights += problem.weights
    }
    return Tensor(weights, shape: products.shape).to(elementType)
  }
}

/// The weights that are free to be above 0, and those held at it.
private struct GramActiveSet {
  private let gram: [Double]
  private let products: [Double]
  private let n: Int
  private(set) var weights: [Double]
  /// In the order in which they were freed.
  private var free: [Int] = []
  private var isBarred: [Bool]
  /// Slopes below it are 0 but for rounding.
  private let tolerance: Double
  /// What is left of a vector's square beside the free ones counts as nothing below this share of it.
  private let dependence: Double

  init(_ gram: [Double], _ products: [Double], precision: Double) {
    (self.gram, self.products, n) = (gram, products, products.count)
    weights = [Double](repeating: 0, count: n)
    isBarred = [Bool](repeating: false, count: n)
    dependence = 10 * precision
    tolerance = precision * products.reduce(0) { Swift.max($0, Swift.abs($1)) }
  }

  /// Frees the weight that promises most, and holds those at 0 which the best free weights would make negative.
  mutating func solve() throws {
    // In exact arithmetic it ends by itself. The bound is for what rounding may make of ties.
    for _ in 0..<30 * n {
      try Interrupt.check()
      guard let best = steepest() else { return }
      free.append(best)
      guard let first = bestFreeWeights(), first[best] > 0 else {
        free.removeLast()
        isBarred[best] = true
        continue
      }
      isBarred = [Bool](repeating: false, count: n)
      var candidate = first
      while let step = largestStep(to: candidate) {
        for j in free {
          weights[j] += step * (candidate[j] - weights[j])
          if weights[j] <= 1e-15 * Swift.abs(candidate[j]) { weights[j] = 0 }
        }
        free.removeAll { weights[$0] == 0 }
        // A part of free vectors is as independent as all of them were.
        candidate = bestFreeWeights() ?? weights
      }
      weights = candidate
    }
  }

  private func steepest() -> Int? {
    var best: Int?, largest = tolerance
    for j in 0..<n where !isBarred[j] && weights[j] == 0 {
      let slope = free.reduce(products[j]) { $0 - gram[j * n + $1] * weights[$1] }
      if slope > largest { (best, largest) = (j, slope) }
    }
    return best
  }

  /// How far towards the candidate all weights stay at 0 or above; nil if all the way.
  private func largestStep(to candidate: [Double]) -> Double? {
    var step: Double?
    for j in free where candidate[j] <= 0 {
      let share = weights[j] / (weights[j] - candidate[j])
      step = Swift.min(step ?? 1, share.isNaN ? 0 : share)
    }
    return step
  }

  /// The free weights nearest to the target, whatever their sign, by a triangular root of the free products; nil where
  /// one of the free vectors depends on those before it.
  private func bestFreeWeights() -> [Double]? {
    let k = free.count
    var root = [Double](repeating: 0, count: k * k), y = [Double](repeating: 0, count: k)
    for (i, row) in free.enumerated() {
      for (j, column) in free[...i].enumerated() {
        let sum = (0..<j).reduce(gram[row * n + column]) { $0 - root[i * k + $1] * root[j * k + $1] }
        if j < i {
          root[i * k + j] = sum / root[j * k + j]
        } else {
          guard sum > dependence * gram[row * n + row] else { return nil }
          root[i * k + i] = sum.squareRoot()
        }
      }
      y[i] = (0..<i).reduce(products[row]) { $0 - root[i * k + $1] * y[$1] } / root[i * k + i]
    }
    var result = [Double](repeating: 0, count: n)
    for i in (0..<k).reversed() {
      let sum = (i + 1..<Swift.max(k, i + 1)).reduce(y[i]) { $0 - root[$1 * k + i] * result[free[$1]] }
      result[free[i]] = sum / root[i * k + i]
    }
    return result
  }
}
