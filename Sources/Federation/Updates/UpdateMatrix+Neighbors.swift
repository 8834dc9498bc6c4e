import Kernels
public import Tensors

/// What rules ask of the rows nearest to each row, natively: tables of all pairs are too large for a script, and too
/// large for memory where there are many rows.
extension UpdateMatrix {
  /// Above this many rows no table of distances is kept; each row's distances are computed, read and forgotten.
  static let largestTable = 2048

  /// Sums the squared distances of each row to its nearest other rows, or another power of the distances.
  ///
  /// - Parameters:
  ///   - neighbors: From 1; rows have all others as neighbours where there are fewer.
  ///   - power: Of the distance; nil takes the squared distances as they are. With 2, roots are taken and squared again,
  ///     whose rounding decides between equals as it does in libraries that compute so.
  /// - Source: Blanchard et al., NeurIPS 2017, <https://arxiv.org/abs/1703.02757>, section 4 (the score of Krum).
  public func neighborScores(
    _ neighbors: Int, power: Int? = nil, keepsTable: Bool? = nil
  ) throws -> [Double] {
    let rule = "neighbor_scores"
    for (name, value) in [("count", neighbors), ("power", power ?? 1)] where value < 1 {
      throw FederationError.option(name: "\(rule): \(name)", got: "\(value)", allowed: "1 or more is needed")
    }
    let scores = Scratch<Double>(count, initial: 0), n = count
    try forEachDistances(0..<n, for: rule, keepsTable) { row, distances in
      if let power {
        scores.base[row] = Self.sum(distances, n, nearest: neighbors, to: row, power: power)
      } else {
        scores.base[row] = NearestRows.sum(distances, count: n, nearest: neighbors, to: row)
      }
    }
    return Array(UnsafeBufferPointer(start: scores.base, count: count))
  }

  /// The sum of powers of the smallest distances, added from the smallest on in eight runs.
  private static func sum(
    _ squares: UnsafePointer<Double>, _ count: Int, nearest neighbors: Int, to row: Int, power: Int
  ) -> Double {
    let roots = (0..<count).filter { $0 != row }.map { squares[$0].squareRoot() }.sorted().prefix(neighbors)
    let terms = roots.map { root in (1..<power).reduce(root) { product, _ in product * root } }
    guard terms.count >= 8 else { return terms.reduce(0, +) }
    var runs = Array(terms[0..<8]), next = 8
    while next + 8 <= terms.count {
      for run in 0..<8 { runs[run] += terms[next + run] }
      next += 8
    }
    let sum = ((runs[0] + runs[1]) + (runs[2] + runs[3])) + ((runs[4] + runs[5]) + (runs[6] + runs[7]))
    return terms[next...].reduce(sum, +)
  }

  /// Positions, from 0, of the rows nearest to each row: int64, `[n, neighbors]`. A row comes first in its own list, then
  /// the others by distance; of equally near ones, the first.
  ///
  /// - Parameter neighbors: From 1 to n, the row itself among them.
  public func nearest(_ neighbors: Int, keepsTable: Bool? = nil) throws -> Tensor {
    try expectNeighbors(neighbors, for: "nearest")
    let result = try Tensor.uninitialized([count, neighbors], .int64, op: "nearest")
    let places = Places(result.int64Pointer), n = count
    try forEachDistances(0..<n, for: "nearest", keepsTable) { row, distances in
      let order = Self.order(distances, n, from: row)
      for place in 0..<neighbors { places.base[row * neighbors + place] = Int64(order[place]) }
    }
    return result
  }

  /// Replaces each row by the mean of its nearest ones, itself among them.
  ///
  /// - Parameter neighbors: From 1 to n.
  /// - Source: Allouah et al., AISTATS 2023, <https://arxiv.org/abs/2302.01772>, algorithm 2.
  public func nearestMeans(_ neighbors: Int, keepsTable: Bool? = nil) throws -> UpdateMatrix {
    let rule = "nearest_means", band = 256, n = count
    try expectNeighbors(neighbors, for: rule)
    let result = try Tensor.uninitialized([n, dimension], op: rule)
    for first in stride(from: 0, to: n, by: band) {
      let rows = first..<min(first + band, n)
      let parts = try Tensor.full([rows.count, n], 0, .float32, op: rule), places = Places(parts.floatPointer)
      try forEachDistances(rows, for: rule, keepsTable) { row, distances in
        NearestRows.mark(
          distances, count: n, nearest: neighbors, to: row, with: 1,
          in: places.base + (row - first) * n)
      }
      let means = try result.narrow(axis: 0, start: first, count: rows.count)
      for row in try write(parts, dividedBy: Float(neighbors), to: means) {
        // The sum overflowed single precision on the way.
        try means.row(row).copy_(weightedSum(parts.row(row).values.map { $0 / Double(neighbors) }))
      }
    }
    let means = try with(result)
    means.noteFinite()
    return means
  }

  private func expectNeighbors(_ neighbors: Int, for rule: String) throws {
    guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
    guard (1...count).contains(neighbors) else {
      throw FederationError.option(
        name: "\(rule): count", got: "\(neighbors)", allowed: "1 to n = \(count) is allowed")
    }
  }

  /// Calls `body` with the squared distances of some rows to all rows, maybe at once.
  ///
  /// - Parameter keepsTable: Whether to take them from the table of all pairs; nil where there are few rows.
  private func forEachDistances(
    _ some: Range<Int>, for rule: String, _ keepsTable: Bool?,
    _ body: @Sendable (_ row: Int, _ distances: UnsafePointer<Double>) -> Void
  ) throws {
    try Interrupt.check()
    if keepsTable ?? (count <= Self.largestTable) {
      let table = try squaredDistances(for: rule)
      Parallel.forEach(some.count) { body(some.lowerBound + $0, table.row(some.lowerBound + $0)) }
    } else {
      try requireFinite(rule)
      withRows { base, stride in
        let rows = Rows(base: base, stride: stride, count: count), d = dimension
        Parallel.forEach(some.count) { index in
          if Interrupt.isRequested { return }
          let row = some.lowerBound + index, distances = Scratch<Double>(rows.count)
          NearestRows.squaredDistances(
            rows.base, stride: rows.stride, count: rows.count, dimension: d, from: row, to: distances.base)
          body(row, distances.base)
        }
      }
    }
    try Interrupt.check()
  }

  /// Positions of all rows by distance from one of them, which comes first.
  private static func order(_ distances: UnsafePointer<Double>, _ count: Int, from row: Int) -> [Int] {
    let others = (0..<count).filter { $0 != row }.sorted {
      distances[$0] != distances[$1] ? distances[$0] < distances[$1] : $0 < $1
    }
    return [row] + others
  }
}
