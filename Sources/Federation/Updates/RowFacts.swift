import Kernels
import Synchronization
import Tensors

/// What was computed about the rows of a matrix, and the write count of the memory it holds for.
final class RowFacts: Sendable {
  private struct Values {
    var version = -1
    var norms: [Double]?
    var gram: PairTable?
    var squaredDistances: PairTable?
    var faults: [RowFault]?
  }
  private let values = Mutex(Values())

  /// Makes a fact on first use, and again only after a write to the rows.
  private func fact<Fact: Sendable>(
    _ rows: Tensor, _ path: WritableKeyPath<Values, Fact?>, _ make: () throws -> Fact
  ) rethrows -> Fact {
    let version = rows.storage.version
    if let known = values.withLock({ $0.version == version ? $0[keyPath: path] : nil }) { return known }
    let fresh = try make()
    values.withLock {
      if $0.version != version { $0 = Values(version: version) }
      $0[keyPath: path] = fresh
    }
    return fresh
  }

  fileprivate func norms(_ rows: Tensor, _ make: () throws -> [Double]) rethrows -> [Double] {
    try fact(rows, \.norms, make)
  }

  fileprivate func gram(_ rows: Tensor, _ make: () throws -> PairTable) rethrows -> PairTable {
    try fact(rows, \.gram, make)
  }

  fileprivate func squaredDistances(_ rows: Tensor, _ make: () throws -> PairTable) rethrows -> PairTable {
    try fact(rows, \.squaredDistances, make)
  }

  fileprivate func faults(_ rows: Tensor, _ make: () throws -> [RowFault]) rethrows -> [RowFault] {
    try fact(rows, \.faults, make)
  }
}

/// Facts about the rows, each computed once.
extension UpdateMatrix {
  /// Norms at once; inner products, distances and cosines when they are asked for.
  ///
  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`.
  public func geometry(for rule: String) throws -> RoundGeometry { try RoundGeometry(self, for: rule) }

  /// Euclidean norm of each row: `n` numbers, and no more memory than that.
  ///
  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`.
  public func norms(for rule: String) throws -> [Double] {
    try requireFinite(rule)
    return try lengths()
  }

  /// Norms that are not finite where a row is not, and finite where it is: no square overflows double precision.
  private func lengths() throws -> [Double] {
    try facts.norms(tensor) { try products { $0.dot($1, $1) }.map { $0.squareRoot() } }
  }

  /// Throws unless every row is finite, of which a finite sum of its squares is proof: then nobody has to look at the
  /// elements for this alone.
  func requireFinite(_ rule: String, from squares: [Double]) throws {
    if squares.allSatisfy(\.isFinite) { noteFinite() } else { try requireFinite(rule) }
  }

  /// Notes that every row is finite, which whoever wrote them saw.
  func noteFinite() { _ = facts.faults(tensor) { [] } }

  /// Inner products of all pairs of rows.
  ///
  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`, or
  ///   ``TensorError/overBudget(op:needed:used:limit:)``.
  public func gram(for rule: String) throws -> PairTable {
    try facts.gram(tensor) {
      guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
      let gram = try InnerProducts.table(self, for: rule)
      try requireFinite(rule, from: (0..<count).map { gram[$0, $0] })
      return gram
    }
  }

  /// Products of pairs up to which distances are not taken from inner products: a millisecond of work.
  private static let fewProducts = 1 << 20

  /// Squared Euclidean distances of all pairs of rows, exactly 0 between equal ones.
  public func squaredDistances(for rule: String) throws -> PairTable {
    try facts.squaredDistances(tensor) {
      // Few numbers are subtracted one by one: equal distances come out equal then, whichever pairs they are of.
      let isSmall = count * count * dimension <= Self.fewProducts
      if isSmall { try requireFinite(rule) }
      let gram = isSmall ? nil : try gram(for: rule)
      let n = count, distances = try PairTable(count: n, for: rule)
      try forEachRow { i, rows in
        for j in 0..<i {
          let scale = gram.map { $0[i, i] + $0[j, j] } ?? 0
          var value = gram.map { scale - 2 * $0[i, j] } ?? 0
          // Of nearly equal rows, the subtraction would leave only rounding.
          if value <= 1e-3 * scale { value = rows.squaredDistance(rows[i], rows[j]) }
          distances.base[i * n + j] = value
          distances.base[j * n + i] = value
        }
      }
      return distances
    }
  }

  /// The first coordinate of each row that is NaN or infinite. Norms tell which rows to look through: most rules need
  /// them anyway.
  public var faults: [RowFault] {
    facts.faults(tensor) {
      let lengths = try? lengths()
      return withRows { base, stride in
        (0..<count).compactMap { index in
          if let lengths, lengths[index].isFinite { return nil }
          defer { letGo(0..<dimension, ofRow: index) }
          return RowFault(row: index, base + index * stride, count: dimension)
        }
      }
    }
  }

  /// Throws in the name of `rule` unless there is a row and every row is finite.
  public func requireFinite(_ rule: String) throws {
    guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
    guard let fault = faults.first else { return }
    throw FederationError.notFinite(
      rule: rule, client: clientIDs[fault.row], value: fault.value, coordinate: fault.coordinate)
  }

  // MARK: Row by row

  /// Returns a number for each row, computed at the same time where the thread owns several workers.
  func products(_ body: @Sendable (_ rows: RowReader, _ row: UnsafePointer<Float>) -> Double) throws -> [Double] {
    let result = Scratch<Double>(count, initial: 0)
    try Profiler.measure("products", flops: 2 * count * dimension, bytes: 4 * count * dimension) {
      try forEachRow { index, rows in result.base[index] = body(rows, rows[index]) }
    }
    return Array(UnsafeBufferPointer(start: result.base, count: count))
  }

  /// Calls `body` for each row, at the same time where the thread owns several workers.
  func forEachRow(_ body: @Sendable (_ index: Int, _ rows: RowReader) -> Void) throws {
    withReader { rows in
      Parallel.forEach(count) { index in
        if Interrupt.isRequested { return }
        body(index, rows)
        letGo(0..<dimension, ofRow: index)
      }
    }
    try Interrupt.check()
  }

  /// Calls `body` with the first row of each group of adjacent rows, at the same time as ``forEachRow(_:)`` does.
  func forEachGroup(of size: Int, _ body: @Sendable (_ first: Int, _ rows: RowReader) -> Void) throws {
    withReader { rows in
      Parallel.forEach((count + size - 1) / size) { group in
        if Interrupt.isRequested { return }
        body(group * size, rows)
        for row in group * size..<min((group + 1) * size, count) { letGo(0..<dimension, ofRow: row) }
      }
    }
    try Interrupt.check()
  }

  func withReader<Result>(_ body: (RowReader) throws -> Result) rethrows -> Result {
    try withRows { base, stride in
      try body(RowReader(rows: Rows(base: base, stride: stride, count: count), dimension: dimension))
    }
  }
}

/// Rows and sums over them in double precision, which neither overflow nor vanish.
struct RowReader: Sendable {
  fileprivate let rows: Rows
  let dimension: Int

  var count: Int { rows.count }

  subscript(row: Int) -> UnsafePointer<Float> { rows[row] }

  func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double { Kernels.reduction.dot(a, b, dimension) }

  func squaredDistances(
    _ rows: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>),
    _ b: UnsafePointer<Float>
  ) -> (Double, Double, Double, Double) { Kernels.reduction.squaredDistances(rows, b, dimension) }

  func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
    Kernels.reduction.squaredDistance(a, b, dimension)
  }
}
