import Kernels
import Synchronization
public import Tensors

/// A named stretch of columns of an update: one parameter of the model.
public struct UpdateSection: Sendable, Equatable {
  public let name: String
  /// Shape of the parameter that the columns hold.
  public let shape: [Int]
  public let columns: Range<Int>

  public init(name: String, shape: [Int], columns: Range<Int>) {
    self.name = name
    self.shape = shape
    self.columns = columns
  }
}

/// The updates of one round as the rows of one `[n, d]` float32 matrix, with the clients they came from.
///
/// An update is a client's parameters after local training *minus* the global ones, and the server *adds* it. Some
/// systems call this difference a gradient and subtract it: an honest client then pushes the model backwards. A true
/// gradient of the loss has the opposite sign.
///
/// Rows are views into shared memory: taking one costs nothing. A rule reads them and returns new memory.
public final class UpdateMatrix: @unchecked Sendable {
  /// Shape `[n, d]`, float32, columns adjacent in memory.
  public let tensor: Tensor
  /// Client of each row. Ids are data: they count from 1.
  public let clientIDs: [Int]
  /// Samples each client says it trained on.
  public let sampleCounts: [Int]
  /// The model's parameters as column ranges; empty for a matrix made by hand.
  public let sections: [UpdateSection]

  /// What was computed about the rows, and the write count of the memory it holds for.
  private struct Cache {
    var version = -1
    var geometry: RoundGeometry?
    var faults: [RowFault]?
  }
  private let cache = Mutex(Cache())

  public var count: Int { tensor.shape[0] }
  public var dimension: Int { tensor.shape[1] }

  /// Wraps a matrix. Without ids the rows count as clients 1 to n, without counts as one sample each.
  public init(
    _ tensor: Tensor, clientIDs: [Int]? = nil, sampleCounts: [Int]? = nil, sections: [UpdateSection] = []
  ) throws {
    guard tensor.shape.count == 2, tensor.shape[1] > 0 else {
      throw TensorError.shape(
        op: "updates", got: tensor.shape, expected: "a matrix [n, d] with one update a row is needed")
    }
    guard tensor.elementType == .float32 else {
      throw TensorError.elementType(op: "updates", got: tensor.elementType, expected: "float32 is needed")
    }
    let n = tensor.shape[0]
    self.tensor = tensor.strides[1] == 1 || tensor.shape[1] == 1 ? tensor : tensor.contiguous()
    self.clientIDs = clientIDs ?? Array(1..<(n + 1))
    self.sampleCounts = sampleCounts ?? [Int](repeating: 1, count: n)
    self.sections = sections
    guard self.clientIDs.count == n else {
      throw FederationError.rowCount(what: "ids", got: self.clientIDs.count, n: n)
    }
    guard self.sampleCounts.count == n else {
      throw FederationError.rowCount(what: "sample_counts", got: self.sampleCounts.count, n: n)
    }
  }

  /// Copies rows of equal length into one matrix.
  public convenience init(
    rows: [Tensor], clientIDs: [Int]? = nil, sampleCounts: [Int]? = nil, sections: [UpdateSection] = []
  ) throws {
    guard let d = rows.first?.shape.elementCount, d > 0 else { throw FederationError.noUpdates(rule: "updates") }
    let matrix = try Tensor.uninitialized([rows.count, d], .float32)
    for (index, row) in rows.enumerated() {
      guard row.shape == [d] else { throw FederationError.vectorShape(rule: "updates", got: row.shape, d: d) }
      try matrix.row(index).copy_(row)
    }
    try self.init(matrix, clientIDs: clientIDs, sampleCounts: sampleCounts, sections: sections)
  }

  /// Update of the row at a 0-based position, a view of shape `[d]`.
  public func row(_ index: Int) throws -> Tensor { try tensor.row(index) }

  /// Calls `body` with the first row's address and the distance between rows, in floats.
  func withRows<Result>(_ body: (_ base: UnsafePointer<Float>, _ stride: Int) throws -> Result) rethrows -> Result {
    let base = tensor.storage.base.assumingMemoryBound(to: Float.self) + tensor.offset
    return try withExtendedLifetime(tensor) { try body(base, count > 1 ? tensor.strides[0] : dimension) }
  }

  // MARK: Parts

  /// The columns of one parameter as a matrix of its own: `[n, count]`, without copying.
  public func layer(_ name: String) throws -> UpdateMatrix {
    guard let section = sections.first(where: { $0.name == name }) else {
      throw FederationError.unknownSection(name: name, known: sections.map(\.name))
    }
    let part = try tensor.narrow(axis: 1, start: section.columns.lowerBound, count: section.columns.count)
    let whole = UpdateSection(name: name, shape: section.shape, columns: 0..<section.columns.count)
    return try UpdateMatrix(part, clientIDs: clientIDs, sampleCounts: sampleCounts, sections: [whole])
  }

  /// A matrix of only these rows, copied, in the order given. Positions count from 0.
  public func selecting(_ rows: [Int]) throws -> UpdateMatrix {
    guard !rows.isEmpty else { throw FederationError.noUpdates(rule: "select") }
    return try UpdateMatrix(
      rows: rows.map { try tensor.row($0) }, clientIDs: rows.map { clientIDs[$0] },
      sampleCounts: rows.map { sampleCounts[$0] }, sections: sections)
  }

  /// The same clients with each row longer than `bound` shortened to it.
  ///
  /// - Parameter bound: Largest Euclidean norm a row keeps, above 0.
  public func clipped(to bound: Double) throws -> UpdateMatrix {
    let norms = try geometry(for: "clip").norms
    let copy = try Tensor.uninitialized([count, dimension], .float32)
    for index in 0..<count {
      let row = try copy.row(index)
      try row.copy_(tensor.row(index))
      if norms[index] > bound { try row.mul_(bound / norms[index]) }
    }
    return try UpdateMatrix(copy, clientIDs: clientIDs, sampleCounts: sampleCounts, sections: sections)
  }

  // MARK: Facts about the rows, computed once

  /// Norms, inner products and distances, computed on first use and again only after a write to the rows.
  ///
  /// - Throws: ``FederationError/notFinite(rule:client:value:coordinate:)`` in the name of `rule`.
  public func geometry(for rule: String) throws -> RoundGeometry {
    let known = cache.withLock { $0.version == tensor.storage.version ? $0 : nil }
    if let geometry = known?.geometry { return geometry }
    if count == 0 || known?.faults != nil { try requireFinite(rule) }
    let fresh = try RoundGeometry(self, for: rule)
    cache.withLock {
      prepare(&$0)
      $0.geometry = fresh
      $0.faults = []
    }
    return fresh
  }

  /// The first coordinate of each row that is NaN or infinite.
  public var faults: [RowFault] {
    if let known = cache.withLock({ $0.version == tensor.storage.version ? $0.faults : nil }) { return known }
    let found = Profiler.measure("finite", bytes: 4 * count * dimension) {
      withRows { base, stride in
        (0..<count).compactMap { index in
          defer { letGo(0..<dimension, ofRow: index) }
          return RowFault(row: index, base + index * stride, count: dimension)
        }
      }
    }
    cache.withLock {
      prepare(&$0)
      $0.faults = found
    }
    return found
  }

  /// Throws in the name of `rule` unless there is a row and every row is finite.
  public func requireFinite(_ rule: String) throws {
    guard count > 0 else { throw FederationError.noUpdates(rule: rule) }
    guard let fault = faults.first else { return }
    throw FederationError.notFinite(
      rule: rule, client: clientIDs[fault.row], value: fault.value, coordinate: fault.coordinate)
  }

  private func prepare(_ cache: inout Cache) {
    guard cache.version != tensor.storage.version else { return }
    cache = Cache(version: tensor.storage.version)
  }
}

/// Where a row stops being a number.
public struct RowFault: Equatable, Sendable {
  public let row: Int
  public let coordinate: Int
  public let value: Float

  init?(row: Int, _ values: UnsafePointer<Float>, count: Int) {
    guard !Kernels.reduction.isFinite(values, count) else { return nil }
    guard let coordinate = (0..<count).first(where: { !values[$0].isFinite }) else { return nil }
    self.row = row
    self.coordinate = coordinate
    value = values[coordinate]
  }
}

extension UpdateMatrix {
  /// Inner product of each row with a vector `[d]`.
  public func products(with vector: Tensor, for rule: String) throws -> [Double] {
    try requireFinite(rule)
    guard vector.shape == [dimension] else {
      throw FederationError.vectorShape(rule: rule, got: vector.shape, d: dimension)
    }
    let other = vector.to(.float32).contiguous()
    return withRows { base, stride in
      other.withFloats { v in (0..<count).map { Kernels.reduction.dot(base + $0 * stride, v, dimension) } }
    }
  }

  /// Cosine of the angle of each row to a vector `[d]`, in [-1, 1]; 0 where either is zero.
  public func cosines(to vector: Tensor) throws -> [Double] {
    let products = try products(with: vector, for: "cosine")
    let norms = try geometry(for: "cosine").norms, length = try vector.to(.float32).norm().item()
    return zip(products, norms).map { product, norm in
      let scale = norm * length
      return scale > 0 ? min(1, max(-1, product / scale)) : 0
    }
  }
}
