/// Elements by their positions along an axis, and by masks.
extension Tensor {
  /// Takes elements along an axis by position: element `i` of a row of the result is element `positions[i]` of that row.
  ///
  /// - Parameter positions: int64 from 0, of this rank; sizes along other axes are this tensor's. One may stand twice:
  ///   gradients add up.
  /// - Returns: The shape of `positions`.
  /// - Throws: ``TensorError``.
  public func gather(along axis: Int, _ positions: Tensor) throws -> Tensor {
    let axis = try self.axis(axis, op: "gather")
    guard positions.elementType == .int64 else {
      throw TensorError.elementType(op: "gather", got: positions.elementType, expected: "int64 positions are needed")
    }
    guard positions.rank == rank, shape.indices.allSatisfy({ $0 == axis || shape[$0] == positions.shape[$0] }) else {
      throw TensorError.shapes(
        op: "gather", shape, positions.shape, hint: "sizes of the positions may differ along axis \(axis + 1) alone")
    }
    let rows = AxisRows(self, axes: [axis])
    let places = RowPlaces(rows.laidOut(positions), width: positions.shape[axis])
    try places.check(below: shape[axis])
    let result = try rows.uninitialized(width: places.width, elementType, op: "gather")
    try Profiler.measure("gather", bytes: 2 * result.byteCount) {
      switch elementType {
      case .float32: try places.take(rows.source.floatPointer, rows.width, result.floatPointer)
      case .float64: try places.take(rows.source.doublePointer, rows.width, result.doublePointer)
      case .int64: try places.take(rows.source.int64Pointer, rows.width, result.int64Pointer)
      case .uint8: try places.take(rows.source.bytePointer, rows.width, result.bytePointer)
      }
    }
    return Tape.record(
      "gather", [self], saving: [], result, plan: PickPlanOperation.note(self, along: axis, positions, result)
    ) { g, _ in
      let parts = rows.laidOut(g), gradient = try rows.uninitialized(op: "gather")
      gradient.write(repeating: 0)
      try Profiler.measure("gather", bytes: 2 * g.byteCount) {
        if g.elementType == .float32 {
          try places.add(parts.floatPointer, rows.width, gradient.floatPointer)
        } else {
          try places.add(parts.doublePointer, rows.width, gradient.doublePointer)
        }
      }
      return [gradient]
    }
  }
}

/// Positions along the rows of a tensor, row after row.
struct RowPlaces {
  private let positions: Tensor
  /// Positions of a row.
  let width: Int

  init(_ positions: Tensor, width: Int) {
    self.positions = positions
    self.width = width
  }

  func check(below limit: Int) throws {
    try Interrupt.forEachRun(of: positions.count) { run in
      for i in run {
        let place = Int(positions.int64Pointer[i])
        guard 0..<limit ~= place else {
          throw TensorError.range(op: "gather", what: "position", got: place, allowed: 0...Swift.max(limit - 1, 0))
        }
      }
    }
  }

  /// Writes the elements at the positions, of rows of `length` elements.
  func take<Element>(_ x: UnsafeMutablePointer<Element>, _ length: Int, _ y: UnsafeMutablePointer<Element>) throws {
    guard width > 0 else { return }
    try Interrupt.forEachRun(of: positions.count) { run in
      for i in run { y[i] = x[i / width * length + Int(positions.int64Pointer[i])] }
    }
  }

  /// Adds each element to the place that it was taken from.
  func add<Element: TensorElement>(
    _ gradient: UnsafeMutablePointer<Element>, _ length: Int, _ sums: UnsafeMutablePointer<Element>
  ) throws {
    guard width > 0 else { return }
    try Interrupt.forEachRun(of: positions.count) { run in
      for i in run { sums[i / width * length + Int(positions.int64Pointer[i])] += gradient[i] }
    }
  }
}

extension Tensor {
  /// Returns the positions from 0, int64, of the elements that are not 0, in row-major order.
  ///
  /// - Returns: `[m, r]` for rank `r` here.
  public func nonzero() throws -> Tensor {
    let places = try flatPositions("nonzero") { $0 != 0 }
    let result = try Tensor.uninitialized([places.count, rank], .int64, op: "nonzero")
    let steps = shape.rowMajorStrides
    try Interrupt.forEachRun(of: places.count) { run in
      for i in run {
        var rest = places[i]
        for axis in 0..<rank {
          result.int64Pointer[i * rank + axis] = Int64(rest / steps[axis])
          rest %= steps[axis]
        }
      }
    }
    return result
  }

  /// Takes what a mask marks by 1: rows along the first axis for a mask `[n]`, single elements for a mask of this shape.
  ///
  /// - Parameter mask: Zeros and ones, as comparisons give them.
  /// - Returns: `[m, …]` for rows, `[m]` for elements, in row-major order.
  /// - Throws: ``TensorError``.
  public func select(where mask: Tensor) throws -> Tensor {
    let places = Tensor(labels: try maskedPositions(mask, "select_where"))
    return mask.rank == 1 ? try gather(places) : try reshape([count]).gather(places)
  }

  /// Writes a number, or a tensor that stretches to the place, to what a mask marks by 1; see ``select(where:)``.
  ///
  /// - Throws: ``TensorError``.
  public func assign(where mask: Tensor, _ value: Tensor) throws {
    let places = try maskedPositions(mask, "assign_where")
    let unit = mask.rank == 1 ? shape.dropFirst().reduce(1, *) : 1
    let part = mask.rank == 1 ? [places.count] + shape.dropFirst() : [places.count]
    guard value.elementType == elementType else {
      throw TensorError.elementType(op: "assign_where", got: value.elementType, expected: "\(elementType) is needed")
    }
    guard Shape.broadcast(part, value.shape) == part else {
      throw TensorError.shapes(
        op: "assign_where", part, value.shape, hint: "the value must stretch to what the mask marks")
    }
    let whole = contiguousCopyIfNeeded().copied(strides: shape.rowMajorStrides)
    let values = try value.stretched(to: part, op: "assign_where").contiguousCopyIfNeeded()
    let size = unit * elementType.byteCount
    let source = values.storage.base + values.offset * elementType.byteCount
    for (i, place) in places.enumerated() {
      (whole.storage.base + place * size).copyMemory(from: source + i * size, byteCount: size)
    }
    try copy_(whole)
  }

  private func maskedPositions(_ mask: Tensor, _ op: String) throws -> [Int] {
    guard mask.shape == shape || (rank > 0 && mask.shape == [shape[0]]) else {
      throw TensorError.shapes(op: op, shape, mask.shape, hint: "a mask has this shape, or one element a row")
    }
    guard mask.elementType != .int64 else {
      throw TensorError.elementType(
        op: op, got: .int64, expected: "a mask holds zeros and ones, as comparisons give them; gather takes positions")
    }
    return try mask.flatPositions(op) { value in
      guard value == 0 || value == 1 else {
        throw TensorError.value(op: op, what: "element of the mask", got: "\(value)", allowed: "0 or 1 is allowed")
      }
      return value == 1
    }
  }

  /// Row-major places of the elements that a condition holds for.
  private func flatPositions(_ op: String, _ isMarked: (Double) throws -> Bool) throws -> [Int] {
    Trace.current?.noteReading(of: self)
    let row = contiguousCopyIfNeeded()
    var places: [Int] = []
    try Interrupt.forEachRun(of: count) { run in
      for i in run where try isMarked(row.element(offset: row.offset + i)) { places.append(i) }
    }
    return places
  }

  /// Returns rows of zeros with a 1 at each label.
  ///
  /// - Parameter classes: Sizes of the new last axis; labels must be below.
  /// - Returns: float32 `[…, k]` for int64 labels `[…]` here.
  /// - Throws: ``TensorError``, naming a label outside 0 to `classes - 1`.
  public func oneHot(classes: Int) throws -> Tensor {
    guard classes >= 0 else {
      throw TensorError.range(op: "one_hot", what: "classes", got: classes, allowed: 0...Int.max)
    }
    try expectLabels("one_hot", "label", below: classes)
    let result = try Tensor.full(shape + [classes], 0, .float32, op: "one_hot")
    let labels = uncheckedIntegers
    Profiler.measure("one_hot", bytes: result.byteCount) {
      for (row, label) in labels.enumerated() { result.floatPointer[row * classes + label] = 1 }
    }
    return Trace.constant("one_hot", result, OneHotPlanOperation.note(self, result))
  }
}
