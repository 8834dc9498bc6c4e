/// Other ways to look at the same memory. Nothing is copied unless a doc sentence says so.
extension Tensor {
  /// Keeps `count` positions along an axis, from `start` on.
  public func narrow(axis: Int, start: Int, count: Int) throws -> Tensor {
    let axis = try self.axis(axis, op: "narrow")
    let size = shape[axis]
    guard start >= 0, count >= 0, start <= size - count else {
      throw TensorError.value(
        op: "narrow", what: "range",
        got: "\(start &+ 1) to \(start.addingReportingOverflow(count).overflow ? Int.max : start + count)",
        allowed: "1 to \(size) is allowed along axis \(axis + 1)")
    }
    var kept = shape
    kept[axis] = count
    let view = Tensor(
      storage: storage, shape: kept, strides: strides, offset: offset + start * strides[axis], elementType: elementType)
    let whole = shape
    return Tape.record("narrow", [self], saving: [], view) { g, _ in
      let gradient = try Tensor.zeros(whole, g.elementType)
      try gradient.narrow(axis: axis, start: start, count: count).copy_(g)
      return [gradient]
    }
  }

  /// Takes one position along an axis, which goes.
  public func select(axis: Int, _ position: Int) throws -> Tensor {
    let axis = try self.axis(axis, op: "select")
    guard shape[axis] > 0, (0..<shape[axis]).contains(position) else {
      throw TensorError.range(
        op: "select", what: "position", got: position + 1, allowed: Swift.min(1, shape[axis])...shape[axis])
    }
    if needsGradient { return try narrow(axis: axis, start: position, count: 1).squeeze(axis) }
    var kept = shape, steps = strides
    kept.remove(at: axis)
    steps.remove(at: axis)
    return Tensor(
      storage: storage, shape: kept, strides: steps, offset: offset + position * strides[axis], elementType: elementType
    )
  }

  /// Takes one position along the first axis.
  public func row(_ position: Int) throws -> Tensor { try select(axis: 0, position) }

  /// Swaps two axes.
  public func transpose(_ first: Int, _ second: Int) throws -> Tensor {
    var order = Array(shape.indices)
    try order.swapAt(axis(first, op: "transpose"), axis(second, op: "transpose"))
    return try permute(order)
  }

  /// Swaps the axes of a matrix.
  public func t() throws -> Tensor {
    guard rank == 2 else { throw TensorError.shape(op: "t", got: shape, expected: "a matrix is needed") }
    return try transpose(0, 1)
  }

  /// Puts the axes in another order: axis `order[i]` becomes axis `i`.
  public func permute(_ order: [Int]) throws -> Tensor {
    let order = try order.map { try axis($0, op: "permute") }
    guard order.sorted() == Array(shape.indices) else {
      throw TensorError.value(
        op: "permute", what: "order", got: "\(order.map { $0 + 1 })",
        allowed: "each axis from 1 to \(rank) is named once")
    }
    let view = Tensor(
      storage: storage, shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, offset: offset,
      elementType: elementType)
    var back = order
    for (position, axis) in order.enumerated() { back[axis] = position }
    return Tape.record("permute", [self], saving: [], view) { g, _ in [try g.permute(back)] }
  }

  /// Gives another shape with as many elements, read in row-major order. One size may be -1: what is left.
  ///
  /// Copies where memory is not in that order.
  public func reshape(_ shape: Shape) throws -> Tensor {
    let wanted = try resolved(shape)
    try Self.expectFits("reshape", wanted, elementType)
    let row = contiguousCopyIfNeeded()
    let source = self.shape
    return Tape.record(
      "reshape", [self], saving: [], row.viewed(wanted),
      plan: row === self ? nil : PlanNote(CopyOperation(of: elementType), [(self, nil)], row)
    ) { g, _ in [try g.reshape(source)] }
  }

  /// Joins the axes from `start` on to one. Copies where memory is not row-major.
  public func flatten(from start: Int = 0) throws -> Tensor {
    if rank == 0 { return try reshape([1]) }
    let axis = try self.axis(start, op: "flatten")
    return try reshape(Array(shape[..<axis]) + [shape[axis...].reduce(1, *)])
  }

  /// Drops an axis of size 1.
  public func squeeze(_ axis: Int) throws -> Tensor {
    let axis = try self.axis(axis, op: "squeeze")
    guard shape[axis] == 1 else {
      throw TensorError.shape(op: "squeeze", got: shape, expected: "axis \(axis + 1) must have size 1")
    }
    var shape = self.shape, strides = self.strides
    shape.remove(at: axis)
    strides.remove(at: axis)
    return Tape.record("squeeze", [self], saving: [], viewing(shape, strides)) { g, _ in [try g.unsqueeze(axis)] }
  }

  /// Adds an axis of size 1 so that it becomes axis `axis`.
  public func unsqueeze(_ axis: Int) throws -> Tensor {
    let position = axis < 0 ? axis + rank + 1 : axis
    guard (0...rank).contains(position) else { throw TensorError.axis(op: "unsqueeze", got: axis, rank: rank + 1) }
    var shape = self.shape, strides = self.strides
    strides.insert(position < rank ? shape[position] * strides[position] : 1, at: position)
    shape.insert(1, at: position)
    return Tape.record("unsqueeze", [self], saving: [], viewing(shape, strides)) { g, _ in [try g.squeeze(position)] }
  }

  /// Stretches axes of size 1, and missing ones, to a shape.
  public func expand(_ shape: Shape) throws -> Tensor {
    guard Shape.broadcast(self.shape, shape) == shape else {
      throw TensorError.shapes(op: "expand", self.shape, shape, hint: "only axes of size 1 stretch")
    }
    try Self.expectFits("expand", shape, elementType)
    let source = self.shape
    let view = try stretched(to: shape, op: "expand").detach()
    return Tape.record("expand", [self], saving: [], view) { g, _ in [try g.summed(to: source)] }
  }

  /// Returns row-major memory: this tensor itself, or a copy.
  public func contiguous() -> Tensor {
    isContiguous ? self : recordedCopy(copied(strides: shape.rowMajorStrides), "contiguous")
  }

  /// Returns an image tensor `[b, c, h, w]` in channels-last memory: itself or a copy.
  public func channelsLast(op: String = "channels_last") throws -> Tensor {
    guard rank == 4 else { throw TensorError.shape(op: op, got: shape, expected: "[b, c, h, w] is needed") }
    return isChannelsLast ? self : recordedCopy(copied(strides: shape.channelsLastStrides), op)
  }

  /// Copies values into memory of their own, in the same memory order.
  public func clone() -> Tensor { recordedCopy(copied(strides: isDense ? strides : shape.rowMajorStrides), "clone") }

  /// Converts to another element type; fractions are cut off, and what an integer cannot hold becomes its nearest.
  public func to(_ type: ElementType) -> Tensor {
    if type == elementType { return self }
    // A type that plans do not know: what it gives is a constant, as it is one.
    if ![.float32, .int64].contains(elementType), Trace.isConstant(self) { return Trace.outside { to(type) } }
    let source = isDense ? self : contiguousCopyIfNeeded()
    let result = Tensor(
      storage: Storage(byteCount: count * type.byteCount), shape: shape, strides: source.strides, offset: 0,
      elementType: type)
    Profiler.measure("to", bytes: byteCount + result.byteCount) {
      for start in stride(from: 0, to: count, by: Interrupt.runLength) where start == 0 || !Interrupt.isRequested {
        for i in start..<Swift.min(start + Interrupt.runLength, count) {
          result.write(source.element(offset: source.offset + i), at: i)
        }
      }
    }
    guard type.isFloat, elementType.isFloat else {
      guard Set([type, elementType]) == [.float32, .int64] else { return result }
      return Trace.constant("to", result, ConvertPlanOperation.note(self, result))
    }
    guard needsGradient else { return result }
    let own = elementType
    return Tape.record("to", [self], saving: [], result) { g, _ in [g.to(own)] }
  }

  func write(_ value: Double, at index: Int) {
    switch elementType {
    case .float32: floatPointer[index] = Float(value)
    case .float64: doublePointer[index] = value
    case .int64: int64Pointer[index] = Int64(saturating: value)
    case .uint8: bytePointer[index] = UInt8(saturating: value)
    }
  }

  private func recordedCopy(_ copy: Tensor, _ op: String) -> Tensor {
    Tape.record(
      op, [self], saving: [], copy, plan: PlanNote(CopyOperation(of: elementType), [(self, nil)], copy)
    ) { g, _ in [g] }
  }

  private func viewing(_ shape: Shape, _ strides: [Int]) -> Tensor {
    Tensor(storage: storage, shape: shape, strides: strides, offset: offset, elementType: elementType)
  }

  /// Another shape of the same row-major memory, unseen by the tape; copies if it is not row-major.
  func viewed(_ shape: Shape) -> Tensor {
    let row = contiguousCopyIfNeeded()
    return row.viewing(shape, shape.rowMajorStrides)
  }

  private func resolved(_ wanted: Shape) throws -> Shape {
    let open = wanted.filter { $0 == -1 }.count
    let known = wanted.filter { $0 != -1 }
    let filled = known.reduce((product: 1, overflow: false)) { sum, size in
      let (product, overflow) = sum.product.multipliedReportingOverflow(by: size)
      return (product, sum.overflow || overflow)
    }
    let failure = TensorError.shapes(op: "reshape", shape, wanted, hint: "\(count) elements are to be arranged")
    guard open <= 1, known.allSatisfy({ $0 >= 0 }), !filled.overflow else { throw failure }
    if open == 0 {
      guard filled.product == count else { throw failure }
      return wanted
    }
    guard filled.product > 0, count % filled.product == 0 else { throw failure }
    return wanted.map { $0 == -1 ? count / filled.product : $0 }
  }
}
