public import Tensors

/// Inner products, cosines and distances with other vectors, in double precision.
extension UpdateMatrix {
  /// Inner product of each row with a vector `[d]`.
  public func products(with vector: Tensor, for rule: String) throws -> [Double] {
    try requireFinite(rule)
    let other = try row(of: vector, for: rule), reader = Places(other.floatPointer)
    defer { withExtendedLifetime(other) {} }
    return try products { $0.dot($1, reader.base) }
  }

  /// Inner products of each row with each row of `others`, row-major `n x k`.
  public func products(with others: UpdateMatrix, for rule: String) throws -> [Double] {
    try expectDimension(of: others, for: rule)
    let columns = try (0..<others.count).map { try products(with: others.row($0), for: rule) }
    return (0..<count).flatMap { row in columns.map { $0[row] } }
  }

  /// Cosine of the angle of each row to a vector `[d]`, in [-1, 1]; 0 where either is zero.
  public func cosines(to vector: Tensor) throws -> [Double] {
    let products = try products(with: vector, for: "cosine"), length = try length(of: vector, for: "cosine")
    return try zip(products, norms(for: "cosine")).map { cosine($0, $1 * length) }
  }

  /// Cosines of the angles of each row to each row of `others`, row-major `n x k`.
  public func cosines(to others: UpdateMatrix) throws -> [Double] {
    try expectDimension(of: others, for: "cosine")
    let columns = try (0..<others.count).map { try cosines(to: others.row($0)) }
    return (0..<count).flatMap { row in columns.map { $0[row] } }
  }

  /// Cosine of the angle of each row to the row of `others` at its place.
  public func cosinesByRow(to others: UpdateMatrix) throws -> [Double] {
    let rule = "cosine_by_row"
    try expectDimension(of: others, for: rule)
    guard others.count == count else { throw FederationError.rowCount(what: rule, got: others.count, n: count) }
    try others.requireFinite(rule)
    let norms = try norms(for: rule), lengths = try others.norms(for: rule), result = Scratch<Double>(count)
    try others.withRows { base, stride in
      let theirs = Rows(base: base, stride: stride, count: count)
      try forEachRow { index, rows in
        result.base[index] = cosine(rows.dot(rows[index], theirs[index]), norms[index] * lengths[index])
      }
    }
    return Array(UnsafeBufferPointer(start: result.base, count: count))
  }

  /// Euclidean distance of each row to a vector `[d]`.
  public func distances(to vector: Tensor) throws -> [Double] {
    let rule = "distance"
    guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
    let other = try row(of: vector, for: rule), reader = Places(other.floatPointer)
    defer { withExtendedLifetime(other) {} }
    let squares = Scratch<Double>(count, initial: 0), n = count
    try forEachGroup(of: 4) { first, rows in
      // The last group may have fewer rows, of which one stands for those that are not there.
      func row(_ offset: Int) -> UnsafePointer<Float> { rows[min(first + offset, n - 1)] }
      let found = rows.squaredDistances((row(0), row(1), row(2), row(3)), reader.base)
      for (offset, square) in [found.0, found.1, found.2, found.3].enumerated() where first + offset < n {
        squares.base[first + offset] = square
      }
    }
    let list = Array(UnsafeBufferPointer(start: squares.base, count: count))
    try requireFinite(rule, from: list)
    return list.map { $0.squareRoot() }
  }

  /// Distances of each row to each row of `others`, row-major `n x k`.
  public func distances(to others: UpdateMatrix) throws -> [Double] {
    try expectDimension(of: others, for: "distance")
    let columns = try (0..<others.count).map { try distances(to: others.row($0)) }
    return (0..<count).flatMap { row in columns.map { $0[row] } }
  }

  /// For each row, what `choose` makes of its cosines to the others; 0 where there is no other.
  private func peers(_ rule: String, _ choose: ([Double]) -> Double) throws -> [Double] {
    let cosines = try geometry(for: rule).cosines()
    return (0..<count).map { i in
      let others = (0..<count).filter { $0 != i }.map { cosines[i, $0] }
      return others.isEmpty ? 0 : choose(others)
    }
  }

  /// Largest cosine of each row to another row; 0 for a row without others.
  public func largestPeerCosines() throws -> [Double] {
    try peers("largest_peer_cosine") { $0.max() ?? 0 }
  }

  /// Mean cosine of each row to the other rows; 0 for a row without others.
  public func meanPeerCosines() throws -> [Double] {
    try peers("mean_peer_cosine") { $0.reduce(0, +) / Double($0.count) }
  }

  /// Cosine of the angle of each row to the mean of the other rows; 0 where one of them is zero.
  public func leaveOneOutCosines() throws -> [Double] {
    let rule = "leave_one_out_cosine", n = count
    let gram = try gram(for: rule), after = try PairTable(count: n, for: rule)
    for j in 0..<n {
      for k in (0..<n - 1).reversed() { after.base[j * n + k] = after[j, k + 1] + gram[j, k + 1] }
    }
    // Sums of inner products without row i are added up and never subtracted: one long row would drown the others.
    var before = [Double](repeating: 0, count: n)
    return (0..<n).map { i in
      var square = 0.0
      for j in 0..<n where j != i { square += before[j] + after[j, i] }
      let product = before[i] + after[i, i]
      for j in 0..<n { before[j] += gram[j, i] }
      return cosine(product, (gram[i, i] * max(0, square)).squareRoot())
    }
  }

  // MARK: Operands

  private func length(of vector: Tensor, for rule: String) throws -> Double {
    try UpdateMatrix(row(of: vector, for: rule).reshape([1, dimension])).norms(for: rule)[0]
  }

  /// The vector as one float32 row, or an error unless its shape is `[d]`.
  func row(of vector: Tensor, for rule: String) throws -> Tensor {
    guard vector.shape == [dimension] else {
      throw FederationError.vectorShape(rule: rule, got: vector.shape, d: dimension)
    }
    return vector.detach().to(.float32).contiguous()
  }

  func expectDimension(of others: UpdateMatrix, for rule: String) throws {
    guard others.dimension == dimension else {
      throw FederationError.vectorShape(rule: rule, got: others.tensor.shape, d: dimension)
    }
  }
}
