extension Tensor {
  /// Returns the eigenvalue of the largest size of a symmetric matrix, and its eigenvector, by repeated products.
  ///
  /// One product of the matrix with a vector a step, in float64: for matrices too large for ``eigh()``. It starts with a
  /// fixed vector, so the same matrix gives the same bits.
  ///
  /// - Parameters:
  ///   - tolerance: Change of the vector, of length 1, from which on it counts as found.
  ///   - limit: Most steps.
  /// - Returns: `value`; `vector` `[n]` of length 1; `steps` taken; `isConverged`, false where the limit ended it: two
  ///   eigenvalues of nearly one size come apart slowly, and two of opposite sign never.
  /// - Throws: ``TensorError``.
  /// - Source: Golub and Van Loan, Matrix Computations, 4th edition, section 8.2.1.
  public func powerIteration(
    tolerance: Double = 1e-8, limit: Int = 1000
  ) throws -> (value: Double, vector: Tensor, steps: Int, isConverged: Bool) {
    try expectFloat("power")
    guard rank == 2, shape[0] == shape[1], shape[0] > 0 else {
      throw TensorError.shape(op: "power", got: shape, expected: "a square matrix [n, n] is needed")
    }
    guard tolerance >= 0, limit > 0 else {
      throw TensorError.value(
        op: "power", what: "tolerance and limit", got: "\(tolerance) and \(limit)",
        allowed: "0 or more, and at least one step are needed")
    }
    let n = shape[0], rows = contiguousCopyIfNeeded()
    var stream = RandomStream(seed: 0, purpose: RandomPurpose("power iteration"))
    var vector = Self.unit((0..<n).map { _ in stream.normal() }).vector
    var (value, steps, isConverged) = (0.0, 0, false)
    while steps < limit && !isConverged {
      let product = try rows.times(vector)
      guard product.allSatisfy(\.isFinite) else {
        throw TensorError.value(
          op: "power", what: "matrix", got: "NaN or infinity", allowed: "finite numbers are needed")
      }
      value = zip(vector, product).reduce(0) { $0 + $1.0 * $1.1 }
      let (next, length) = Self.unit(product)
      steps += 1
      if length == 0 { return (0, Tensor(vector).to(elementType), steps, true) }
      // A negative eigenvalue turns the vector around each time.
      let sign: Double = value < 0 ? -1 : 1
      let change = zip(vector, next).reduce(0) { Swift.max($0, Swift.abs($1.0 - sign * $1.1)) }
      isConverged = change <= tolerance
      vector = next
    }
    return (value, Tensor(vector).to(elementType), steps, isConverged)
  }

  private static func unit(_ vector: [Double]) -> (vector: [Double], length: Double) {
    let largest = vector.reduce(0) { Swift.max($0, Swift.abs($1)) }
    if largest == 0 { return (vector, 0) }
    let length = largest * vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    return (vector.map { $0 / length }, length)
  }

  /// The product of this row-major matrix with a vector.
  private func times(_ vector: [Double]) throws -> [Double] {
    let n = vector.count
    var result = [Double](repeating: 0, count: n)
    try Interrupt.forEachRun(of: n, size: Swift.max(1, Interrupt.runLength / n)) { run in
      for i in run {
        var sum = 0.0
        for j in 0..<n { sum += element(offset: offset + i * n + j) * vector[j] }
        result[i] = sum
      }
    }
    return result
  }
}
