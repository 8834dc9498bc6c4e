/// How two tensors lie to each other in memory, so that a kernel can walk both.
enum Alignment: Equatable {
  /// Both have all elements in the same order.
  case same
  /// The second repeats for each of `rows` runs of `columns` elements.
  case rows(Int, columns: Int)
  /// The second has one element for each of `rows` runs of `columns` elements.
  case columns(Int, columns: Int)
  /// The second has a run of `columns` elements for each of several groups of `rows` runs: a number for each channel of
  /// each image, where the first holds the channels of a pixel side by side.
  case groups(Int, rows: Int, columns: Int)

  /// Finds how `b`, stretched to the shape of `a`, lies to `a`; nil where no kernel fits.
  init?(_ a: Tensor, _ b: Tensor) {
    guard a.isDense else { return nil }
    let repeats = b.stretchedStrides(to: a.shape)
    // Runs of axes, outermost first, in which `b` walks along or stands still.
    var runs: [(size: Int, walks: Bool)] = []
    var expected = 1
    for axis in a.memoryOrder.reversed() where a.shape[axis] != 1 {
      let walks = repeats[axis] != 0
      if walks {
        guard repeats[axis] == expected else { return nil }
        expected *= a.shape[axis]
      }
      if let last = runs.last, last.walks == walks {
        runs[runs.count - 1].size *= a.shape[axis]
      } else {
        runs.append((a.shape[axis], walks))
      }
    }
    switch runs.count {
    case 0: self = .same
    case 1: self = runs[0].walks ? .same : .columns(1, columns: runs[0].size)
    case 2:
      self = runs[0].walks ? .rows(runs[1].size, columns: runs[0].size) : .columns(runs[1].size, columns: runs[0].size)
    case 3 where runs[0].walks: self = .groups(runs[2].size, rows: runs[1].size, columns: runs[0].size)
    default: return nil
    }
  }
}

extension Tensor {
  /// Strides of this tensor stretched to a shape it fits, 0 along stretched axes.
  func stretchedStrides(to shape: Shape) -> [Int] {
    let missing = shape.count - rank
    return shape.indices.map { axis in
      let own = axis - missing
      return own < 0 || (self.shape[own] == 1 && shape[axis] != 1) ? 0 : strides[own]
    }
  }

  /// Stretches to a shape that this one fits, without copying.
  func stretched(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    return Tensor(
      storage: storage, shape: shape, strides: stretchedStrides(to: shape), offset: offset, elementType: elementType)
  }

  /// Stretches to a shape that this one fits, if the memory fits that the view and a result would take, written out.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  func stretched(to shape: Shape, op: String) throws -> Tensor {
    if shape == self.shape { return self }
    if Trace.dry == nil { try MemoryBudget.expect(2 * shape.elementCount * elementType.byteCount, op) }
    return stretched(to: shape)
  }

  /// Adds up over the axes along which a tensor of shape `shape` was stretched to this shape.
  func summed(to shape: Shape) throws -> Tensor {
    if shape == self.shape { return self }
    let missing = rank - shape.count
    let axes = self.shape.indices.filter { $0 < missing || (shape[$0 - missing] == 1 && self.shape[$0] != 1) }
    return try sum(axes: axes, keepAxes: true).viewed(shape)
  }

  /// The shape two operands stretch to.
  static func broadcast(_ op: String, _ a: Tensor, _ b: Tensor) throws -> Shape {
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      throw TensorError.shapes(
        op: op, a.shape, b.shape, hint: "sizes must be equal or 1, counted from the last axis")
    }
    try expectFits(op, shape, a.elementType)
    return shape
  }
}
