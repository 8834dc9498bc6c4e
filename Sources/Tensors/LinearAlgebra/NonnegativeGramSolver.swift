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
      var search = ActiveSet(GramProblem(gram, Array(all[row * n..<(row + 1) * n]), precision: precision))
      try search.solve()
      weights += search.weights
    }
    return Tensor(weights, shape: products.shape).to(elementType)
  }
}

/// Vectors that are to come near to another, by their inner products.
private struct GramProblem: LeastSquaresProblem {
  private let gram: [Double]
  private let products: [Double]
  let tolerance: Double
  /// What is left of a vector's square beside the free ones counts as nothing below this share of it.
  private let dependence: Double

  init(_ gram: [Double], _ products: [Double], precision: Double) {
    (self.gram, self.products) = (gram, products)
    dependence = 10 * precision
    tolerance = precision * products.reduce(0) { Swift.max($0, Swift.abs($1)) }
  }

  var count: Int { products.count }

  func slopes(at weights: [Double]) -> [Double] {
    let used = weights.indices.filter { weights[$0] != 0 }
    return products.indices.map { j in used.reduce(products[j]) { $0 - gram[j * count + $1] * weights[$1] } }
  }

  /// By a triangular root of the free products.
  func nearest(_ free: [Int]) -> [Double]? {
    let k = free.count
    var root = [Double](repeating: 0, count: k * k), y = [Double](repeating: 0, count: k)
    for (i, row) in free.enumerated() {
      for (j, column) in free[...i].enumerated() {
        let sum = (0..<j).reduce(gram[row * count + column]) { $0 - root[i * k + $1] * root[j * k + $1] }
        if j < i {
          root[i * k + j] = sum / root[j * k + j]
        } else {
          guard sum > dependence * gram[row * count + row] else { return nil }
          root[i * k + i] = sum.squareRoot()
        }
      }
      y[i] = (0..<i).reduce(products[row]) { $0 - root[i * k + $1] * y[$1] } / root[i * k + i]
    }
    var result = [Double](repeating: 0, count: count)
    for i in (0..<k).reversed() {
      let sum = (i + 1..<Swift.max(k, i + 1)).reduce(y[i]) { $0 - root[$1 * k + i] * result[free[$1]] }
      result[free[i]] = sum / root[i * k + i]
    }
    return result
  }
}
