extension Tensor {
  /// Puts tensors one after the other along an axis. All other sizes are equal.
  public static func concatenate(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw TensorError.value(op: "concatenate", what: "tensors", got: "0", allowed: "at least one tensor is needed")
    }
    let axis = try first.axis(axis, op: "concatenate")
    for tensor in tensors {
      guard tensor.rank == first.rank,
        first.shape.indices.allSatisfy({ $0 == axis || tensor.shape[$0] == first.shape[$0] })
      else {
        throw TensorError.shapes(
          op: "concatenate", first.shape, tensor.shape, hint: "sizes may differ along axis \(axis + 1) alone")
      }
      guard tensor.elementType == first.elementType else {
        throw TensorError.elementType(
          op: "concatenate", got: tensor.elementType, expected: "all must be \(first.elementType)")
      }
    }
    let sizes = tensors.map { $0.shape[axis] }
    var shape = first.shape
    shape[axis] = sizes.reduce(0, +)
    let isLikeImages = tensors.allSatisfy(\.isChannelsLast)
    let result = try uninitialized(
      shape, first.elementType, strides: isLikeImages ? shape.channelsLastStrides : nil, op: "concatenate")
    let starts = sizes.indices.map { sizes[..<$0].reduce(0, +) }
    try Profiler.measure("concatenate", bytes: 2 * result.byteCount) {
      for (tensor, start) in zip(tensors, starts) {
        try result.narrow(axis: axis, start: start, count: tensor.shape[axis]).overwrite(with: tensor)
      }
    }
    return Tape.record(
      "concatenate", tensors, saving: [], result, plan: ConcatenatePlanOperation.note(tensors, axis: axis, result)
    ) { g, needs in
      try sizes.indices.map { needs[$0] ? try g.narrow(axis: axis, start: starts[$0], count: sizes[$0]) : nil }
    }
  }

  /// Puts tensors of one shape side by side along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    if let first = tensors.first {
      for tensor in tensors where tensor.shape != first.shape {
        throw TensorError.shapes(op: "stack", first.shape, tensor.shape, hint: "all shapes must be equal")
      }
    }
    return try concatenate(tensors.map { try $0.unsqueeze(axis) }, axis: axis)
  }

  /// Takes rows along the first axis by number, from 0.
  ///
  /// - Parameter indices: int64, shape `[m]`; a row may be taken more than once.
  /// - Returns: Shape `[m, …]`.
  public func gather(_ indices: Tensor) throws -> Tensor {
    guard rank > 0 else { throw TensorError.shape(op: "gather", got: shape, expected: "at least one axis is needed") }
    let rows = try Self.checkedIndices(indices, below: shape[0], op: "gather")
    let width = shape[1...].reduce(1, *)
    let source = contiguousCopyIfNeeded()
    let result = try Tensor.uninitialized(indices.shape + shape[1...], elementType, op: "gather")
    let byteCount = width * elementType.byteCount
    let from = source.storage.base + source.offset * elementType.byteCount
    Profiler.measure("gather", bytes: 2 * result.byteCount) {
      for (i, row) in rows.enumerated() {
        (result.storage.base + i * byteCount).copyMemory(from: from + row * byteCount, byteCount: byteCount)
      }
    }
    let whole = shape
    return Tape.record(
      "gather", [self], saving: [], result,
      plan: GatherPlanOperation.note(self, indices, result)
    ) { g, _ in
      let gradient = try Tensor.zeros(whole, g.elementType)
      let parts = g.viewed([rows.count] + whole[1...])
      for (i, row) in rows.enumerated() { try gradient.row(row).add_(parts.row(i)) }
      return [gradient]
    }
  }

  /// Takes one element along an axis for each position of `indices`, whose other sizes are this tensor's.
  func gatherAlong(axis: Int, _ indices: Tensor) throws -> Tensor {
    let others = shape.indices.filter { $0 != axis }
    let rows = laidOut(shape.strides(inMemoryOrder: others + [axis])), width = shape[axis]
    let result = try Tensor.uninitialized(indices.shape, elementType, op: "gather")
    let picks = try Self.checkedIndices(indices, below: width, op: "gather")
    Profiler.measure("gather", bytes: 2 * result.byteCount) {
      for (i, pick) in picks.enumerated() {
        if elementType == .float32 {
          result.floatPointer[i] = rows.floatPointer[i * width + pick]
        } else {
          result.doublePointer[i] = rows.doublePointer[i * width + pick]
        }
      }
    }
    let whole = shape
    return Tape.record(
      "gather", [self], saving: [], result, plan: PickPlanOperation.note(self, along: axis, indices, result)
    ) { g, _ in
      let gradient = try Tensor.uninitialized(
        whole, g.elementType, strides: whole.strides(inMemoryOrder: others + [axis]), op: "gather")
      gradient.write(repeating: 0)
      let parts = g.contiguousCopyIfNeeded()
      for (i, pick) in picks.enumerated() {
        if g.elementType == .float32 {
          gradient.floatPointer[i * width + pick] = parts.floatPointer[i]
        } else {
          gradient.doublePointer[i * width + pick] = parts.doublePointer[i]
        }
      }
      return [gradient]
    }
  }

  /// Reads int64 positions and checks each against `limit`.
  static func checkedIndices(_ indices: Tensor, below limit: Int, op: String) throws -> [Int] {
    guard indices.elementType == .int64 else {
      throw TensorError.elementType(op: op, got: indices.elementType, expected: "int64 indices are needed")
    }
    return try indices.uncheckedIntegers.map { index in
      guard (0..<limit).contains(index) else {
        throw TensorError.range(op: op, what: "index", got: index, allowed: 0...Swift.max(limit - 1, 0))
      }
      return index
    }
  }
}
