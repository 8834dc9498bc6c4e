import Kernels
public import Tensors

/// Arithmetic on updates that keeps ids, samples and layers. Each result has memory of its own, `n x d` and no more.
extension UpdateMatrix {
  /// Other values for the same clients: `[n, d]`, or another number of columns, which then have no layers.
  public func with(_ values: Tensor) throws -> UpdateMatrix {
    guard values.rank == 2, values.shape[0] == count else {
      throw TensorError.shape(
        op: "with", got: values.shape, expected: "[\(count), d] is needed, one row for each of the updates")
    }
    return try UpdateMatrix(
      values, clientIDs: clientIDs, sampleCounts: sampleCounts,
      sections: values.shape[1] == dimension ? sections : [])
  }

  /// Subtracts a vector `[d]` from each row.
  public func minus(_ vector: Tensor) throws -> UpdateMatrix {
    let other = try row(of: vector, for: "minus"), reader = Places(other.floatPointer), d = dimension
    defer { withExtendedLifetime(other) {} }
    return try mapped("minus") { _, row, out in Kernels.elementwise.binary(.subtract, row, reader.base, out, d) }
  }

  /// Subtracts from each row the row of `others` at its place.
  public func minus(_ others: UpdateMatrix) throws -> UpdateMatrix {
    try expectDimension(of: others, for: "minus")
    guard others.count == count else { throw FederationError.rowCount(what: "minus", got: others.count, n: count) }
    let d = dimension
    return try others.withRows { base, stride in
      let theirs = Rows(base: base, stride: stride, count: count)
      return try mapped("minus") { index, row, out in
        Kernels.elementwise.binary(.subtract, row, theirs[index], out, d)
      }
    }
  }

  /// Multiplies each row by its factor.
  public func scaled(_ factors: [Double], for rule: String = "scaled") throws -> UpdateMatrix {
    guard factors.count == count else { throw FederationError.rowCount(what: rule, got: factors.count, n: count) }
    let d = dimension
    return try mapped(rule) { index, row, out in
      let factor = factors[index]
      if factor == 1 { return out.update(from: row, count: d) }
      // Single precision cannot hold such a factor, though the products may be ordinary numbers.
      if factor != 0, !(0x1p-100...0x1p100).contains(abs(factor)) {
        for column in 0..<d { out[column] = Float(Double(row[column]) * factor) }
      } else {
        Kernels.elementwise.scale(Float(factor), row, out, d)
      }
    }
  }

  /// Brings each row to Euclidean norm 1; rows of zeros stay.
  public func unit() throws -> UpdateMatrix {
    try scaled(norms(for: "unit").map { $0 > 0 ? 1 / $0 : 1 }, for: "unit")
  }

  /// The same clients with each row longer than `bound` shortened to it.
  ///
  /// - Parameter bound: Largest Euclidean norm a row keeps, above 0.
  public func clipped(to bound: Double) throws -> UpdateMatrix {
    try scaled(norms(for: "clip").map { $0 > bound ? bound / $0 : 1 }, for: "clip")
  }

  /// Fills a matrix of this one's shape row by row, at the same time where the thread owns several workers.
  private func mapped(
    _ rule: String,
    _ body: @Sendable (_ index: Int, _ row: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) -> Void
  ) throws -> UpdateMatrix {
    let result = try Tensor.uninitialized([count, dimension], op: rule)
    let out = Places(result.floatPointer), d = dimension
    try forEachRow { index, rows in body(index, rows[index], out.base + index * d) }
    return try with(result)
  }

  // MARK: Columns

  /// Some columns, copied, in the order given; positions count from 0. They have no layers.
  public func columns(_ columns: [Int]) throws -> UpdateMatrix {
    guard !columns.isEmpty, columns.allSatisfy({ (0..<dimension).contains($0) }) else {
      throw FederationError.option(
        name: "columns", got: "\(columns.first { !(0..<dimension).contains($0) }.map { "\($0 &+ 1)" } ?? "none")",
        allowed: "1 to d = \(dimension) is allowed, at least once")
    }
    let result = try Tensor.uninitialized([count, columns.count], op: "columns"), out = Places(result.floatPointer)
    try forEachRow { index, rows in
      let row = rows[index], copy = out.base + index * columns.count
      for (place, column) in columns.enumerated() { copy[place] = row[column] }
    }
    return try UpdateMatrix(result, clientIDs: clientIDs, sampleCounts: sampleCounts)
  }

  /// The columns of several parameters, copied side by side in the order given.
  public func layers(_ names: [String]) throws -> UpdateMatrix {
    let parts = try names.map { try layer($0) }, width = parts.reduce(0) { $0 + $1.dimension }
    guard width > 0 else {
      throw FederationError.option(name: "layers", got: "\(names)", allowed: "one name or more is needed")
    }
    let result = try Tensor.uninitialized([count, width], op: "layers")
    var sections: [UpdateSection] = [], start = 0
    for part in parts {
      try result.narrow(axis: 1, start: start, count: part.dimension).copy_(part.tensor.detach())
      sections += part.sections.map { $0.moved(to: start) }
      start += part.dimension
    }
    return try UpdateMatrix(result, clientIDs: clientIDs, sampleCounts: sampleCounts, sections: sections)
  }

  /// The values of one parameter in its own shape, `[n] + shape`: a view that looks into the rows, as
  /// ``Model/parameter(named:)`` looks into the model.
  public func parameter(_ name: String) throws -> Tensor {
    let part = try layer(name), section = part.sections[0]
    return Tensor(
      viewing: part.tensor.storage, shape: [count] + section.shape,
      strides: [count > 1 ? part.tensor.strides[0] : dimension]
        + section.shape.strides(inMemoryOrder: section.memoryOrder),
      offset: part.tensor.offset, elementType: .float32)
  }
}
