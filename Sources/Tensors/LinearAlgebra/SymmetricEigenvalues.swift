import Glibc

extension Tensor {
  /// Returns the eigenvalues of a symmetric matrix in rising order, and its eigenvectors.
  ///
  /// Works in float64 by rotations that each make one pair of elements 0, which are exact to the last bits of the
  /// largest eigenvalue; meant for matrices of up to some hundred rows.
  ///
  /// - Returns: `values` `[n]` and `vectors` `[n, n]`, each column a vector of length 1 whose largest element is
  ///   positive, for `[n, n]` here.
  /// - Throws: ``TensorError``, also for a matrix that is not symmetric or not finite.
  /// - Source: Golub and Van Loan, Matrix Computations, 4th edition, algorithm 8.5.2.
  public func eigh() throws -> (values: Tensor, vectors: Tensor) {
    var solver = try JacobiRotations(symmetricMatrix("eigh"), shape[0])
    try solver.run()
    let order = solver.values.indices.sorted {
      (solver.values[$0], $0) < (solver.values[$1], $1)
    }
    let n = shape[0]
    var columns = [Double](repeating: 0, count: n * n)
    for (column, source) in order.enumerated() {
      let sign = solver.sign(ofVector: source)
      for row in 0..<n { columns[row * n + column] = sign * solver.vectors[row * n + source] }
    }
    return (
      Tensor(order.map { solver.values[$0] }).to(elementType), Tensor(columns, shape: [n, n]).to(elementType)
    )
  }

  /// The elements of a finite, symmetric matrix. What rounding tells apart is averaged.
  func symmetricMatrix(_ op: String) throws -> [Double] {
    try expectFloat(op)
    guard rank == 2, shape[0] == shape[1], shape[0] <= 4096 else {
      throw TensorError.shape(op: op, got: shape, expected: "a square matrix [n, n] of at most 4096 rows is needed")
    }
    var matrix = values
    let n = shape[0]
    guard matrix.allSatisfy(\.isFinite) else {
      throw TensorError.value(op: op, what: "matrix", got: "NaN or infinity", allowed: "finite numbers are needed")
    }
    let largest = matrix.reduce(0) { Swift.max($0, Swift.abs($1)) }
    for i in 0..<n {
      for j in 0..<i {
        let (a, b) = (matrix[i * n + j], matrix[j * n + i])
        guard Swift.abs(a - b) <= 1e-5 * largest else {
          throw TensorError.value(
            op: op, what: "matrix", got: "\(a) at [\(i + 1), \(j + 1)] and \(b) at [\(j + 1), \(i + 1)]",
            allowed: "the matrix must be symmetric")
        }
        let mean = a / 2 + b / 2
        (matrix[i * n + j], matrix[j * n + i]) = (mean, mean)
      }
    }
    return matrix
  }
}

/// A symmetric matrix on its way to a diagonal one.
private struct JacobiRotations {
  private var matrix: [Double]
  private let n: Int
  /// Product of all rotations; its columns become the eigenvectors.
  private(set) var vectors: [Double]
  /// By what the matrix was divided, so that no square of an element is out of range.
  private let scale: Double

  init(_ matrix: [Double], _ n: Int) {
    let largest = matrix.reduce(0) { Swift.max($0, Swift.abs($1)) }
    let scale = largest == 0 ? 1 : largest
    self.scale = scale
    self.matrix = matrix.map { $0 / scale }
    self.n = n
    vectors = [Double](repeating: 0, count: n * n)
    for i in 0..<n { vectors[i * n + i] = 1 }
  }

  var values: [Double] { (0..<n).map { matrix[$0 * n + $0] * scale } }

  func sign(ofVector column: Int) -> Double {
    var largest = 0.0
    for row in 0..<n where Swift.abs(vectors[row * n + column]) > Swift.abs(largest) + 1e-9 {
      largest = vectors[row * n + column]
    }
    return largest < 0 ? -1 : 1
  }

  /// Sweeps over all pairs until nothing beside the diagonal matters; a handful of sweeps does.
  mutating func run() throws {
    for _ in 0..<60 {
      var rest = 0.0
      for i in 0..<n { for j in 0..<i { rest += matrix[i * n + j] * matrix[i * n + j] } }
      if rest <= 1e-34 * Double(n * n) { return }
      for p in 0..<n {
        try Interrupt.check()
        for q in p + 1..<Swift.max(n, p + 1) { rotate(p, q) }
      }
    }
  }

  private mutating func rotate(_ p: Int, _ q: Int) {
    let off = matrix[p * n + q]
    if Swift.abs(off) < 1e-300 { return }
    let slope = (matrix[q * n + q] - matrix[p * n + p]) / (2 * off)
    // The smaller of the two rotations that make the pair 0.
    let t = (slope < 0 ? -1 : 1) / (Swift.abs(slope) + hypot(slope, 1))
    let c = 1 / hypot(t, 1), s = t * c
    for k in 0..<n {
      let (a, b) = (matrix[k * n + p], matrix[k * n + q])
      matrix[k * n + p] = c * a - s * b
      matrix[k * n + q] = s * a + c * b
    }
    for k in 0..<n {
      let (a, b) = (matrix[p * n + k], matrix[q * n + k])
      matrix[p * n + k] = c * a - s * b
      matrix[q * n + k] = s * a + c * b
    }
    for k in 0..<n {
      let (a, b) = (vectors[k * n + p], vectors[k * n + q])
      vectors[k * n + p] = c * a - s * b
      vectors[k * n + q] = s * a + c * b
    }
  }
}
