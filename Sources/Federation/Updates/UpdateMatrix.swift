import Kernels
public import Tensors

/// A named stretch of columns of an update: one parameter of the model.
public struct UpdateSection: Sendable, Equatable {
  public let name: String
  /// Shape of the parameter that the columns hold.
  public let shape: [Int]
  public let columns: Range<Int>
  /// Axes of `shape` in the order of the columns, outermost first: the weights of a linear layer lie transposed.
  public let memoryOrder: [Int]

  public init(name: String, shape: [Int], columns: Range<Int>, memoryOrder: [Int]? = nil) {
    self.name = name
    self.shape = shape
    self.columns = columns
    self.memoryOrder = memoryOrder ?? Array(shape.indices)
  }

  /// The same parameter where the columns begin at another position.
  func moved(to start: Int) -> UpdateSection {
    UpdateSection(name: name, shape: shape, columns: start..<start + columns.count, memoryOrder: memoryOrder)
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

  let facts = RowFacts()

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
    return try UpdateMatrix(
      part, clientIDs: clientIDs, sampleCounts: sampleCounts, sections: [section.moved(to: 0)])
  }

  /// A matrix of only these rows, copied, in the order given. Positions count from 0.
  public func selecting(_ rows: [Int]) throws -> UpdateMatrix {
    guard !rows.isEmpty else { throw FederationError.noUpdates(rule: "select") }
    return try UpdateMatrix(
      rows: rows.map { try tensor.row($0) }, clientIDs: rows.map { clientIDs[$0] },
      sampleCounts: rows.map { sampleCounts[$0] }, sections: sections)
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
