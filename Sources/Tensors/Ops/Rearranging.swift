/// Elements in other places: turned around, moved along, bordered, and shuffled between channels and pixels.
extension Tensor {
  /// Turns the order of the elements around along axes.
  ///
  /// - Throws: ``TensorError/axis(op:got:rank:)``.
  public func flip(axes: [Int]) throws -> Tensor {
    let turned = try resolved(axes, op: "flip")
    if count == 0 { return self }
    var steps = strides, start = offset
    for axis in turned {
      start += (shape[axis] - 1) * strides[axis]
      steps[axis] = -strides[axis]
    }
    let y = reinterpreted(shape, strides: steps, offset: start).copied(strides: shape.rowMajorStrides)
    return Tape.record(
      "flip", [self], saving: [], y, plan: RearrangePlanOperation.noteFlip(self, axes: turned, y)
    ) { g, _ in [try g.flip(axes: turned)] }
  }

  /// Moves the elements along an axis; those that leave it at one end come in at the other.
  ///
  /// - Parameter shift: Places towards the end; negative ones go to the start.
  /// - Throws: ``TensorError/axis(op:got:rank:)``.
  public func roll(_ shift: Int, axis: Int) throws -> Tensor {
    let axis = try self.axis(axis, op: "roll"), size = shape[axis]
    if count == 0 { return self }
    let moved = (shift % size + size) % size
    let y = try Tensor.uninitialized(shape, elementType, op: "roll")
    let x = detach()
    try y.narrow(axis: axis, start: moved, count: size - moved)
      .overwrite(with: x.narrow(axis: axis, start: 0, count: size - moved))
    try y.narrow(axis: axis, start: 0, count: moved)
      .overwrite(with: x.narrow(axis: axis, start: size - moved, count: moved))
    return Tape.record(
      "roll", [self], saving: [], y, plan: RearrangePlanOperation.noteRoll(self, by: moved, axis: axis, y)
    ) { g, _ in [try g.roll(-moved, axis: axis)] }
  }

  /// Adds places of one value before and after the elements along an axis.
  ///
  /// - Throws: ``TensorError``.
  public func pad(axis: Int, before: Int, after: Int, value: Double = 0) throws -> Tensor {
    let axis = try self.axis(axis, op: "pad"), size = shape[axis]
    for (what, places) in [("before", before), ("after", after)] where !(0...1 << 40 ~= places) {
      throw TensorError.range(op: "pad", what: what, got: places, allowed: 0...1 << 40)
    }
    var padded = shape
    padded[axis] = before + size + after
    let y = try Tensor.full(padded, value, elementType, op: "pad")
    try y.narrow(axis: axis, start: before, count: size).overwrite(with: self)
    return Tape.record(
      "pad", [self], saving: [], y,
      plan: RearrangePlanOperation.notePad(self, axis: axis, before: before, value: value, y)
    ) { g, _ in
      [try g.narrow(axis: axis, start: before, count: size).contiguous()]
    }
  }

  /// Spreads runs of `scale * scale` channels over blocks of pixels.
  ///
  /// - Returns: `[b, c, h * scale, w * scale]` for `[b, c * scale * scale, h, w]` here.
  /// - Throws: ``TensorError``.
  /// - Source: Shi et al., CVPR 2016, <https://arxiv.org/abs/1609.05158>, section 3.2.
  public func pixelShuffle(_ scale: Int) throws -> Tensor {
    let op = "pixel_shuffle"
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    guard 1...1024 ~= scale else { throw TensorError.range(op: op, what: "scale", got: scale, allowed: 1...1024) }
    let (b, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    guard c % (scale * scale) == 0 else {
      throw TensorError.shape(op: op, got: shape, expected: "channels must be a multiple of \(scale * scale)")
    }
    let parts = try reshape([b, c / (scale * scale), scale, scale, h, w]).permute([0, 1, 4, 2, 5, 3])
    return try parts.reshape([b, c / (scale * scale), h * scale, w * scale])
  }

  /// Gathers blocks of `scale * scale` pixels into channels: the inverse of ``pixelShuffle(_:)``.
  ///
  /// - Returns: `[b, c * scale * scale, h / scale, w / scale]` for `[b, c, h, w]` here.
  /// - Throws: ``TensorError``.
  public func pixelUnshuffle(_ scale: Int) throws -> Tensor {
    let op = "pixel_unshuffle"
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    guard 1...1024 ~= scale else { throw TensorError.range(op: op, what: "scale", got: scale, allowed: 1...1024) }
    let (b, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    guard h % scale == 0, w % scale == 0 else {
      throw TensorError.shape(op: op, got: shape, expected: "height and width must be multiples of \(scale)")
    }
    let blocks = try reshape([b, c, h / scale, scale, w / scale, scale]).permute([0, 1, 3, 5, 2, 4])
    return try blocks.reshape([b, c * scale * scale, h / scale, w / scale])
  }

  /// Makes a matrix with ones on its diagonal and zeros elsewhere.
  ///
  /// - Throws: ``TensorError``.
  public static func eye(_ rows: Int, _ columns: Int? = nil, _ type: ElementType = .float32) throws -> Tensor {
    let columns = columns ?? rows
    let result = try full([rows, columns], 0, type, op: "eye")
    for i in 0..<Swift.min(rows, columns) { result.write(1, at: i * columns + i) }
    return result
  }

  /// Makes a vector of evenly spaced numbers, the first and the last given exactly.
  ///
  /// - Throws: ``TensorError``.
  public static func linspace(
    _ first: Double, _ last: Double, count: Int, _ type: ElementType = .float32
  ) throws -> Tensor {
    guard type.isFloat else {
      throw TensorError.elementType(op: "linspace", got: type, expected: "float32 or float64 is needed")
    }
    guard first.isFinite, last.isFinite else {
      throw TensorError.value(
        op: "linspace", what: "range", got: "\(first) to \(last)", allowed: "finite ends are needed")
    }
    let result = try uninitialized([count], type, op: "linspace")
    try Interrupt.forEachRun(of: count) { run in
      for i in run {
        let share = count > 1 ? Double(i) / Double(count - 1) : 0
        result.write(first * (1 - share) + last * share, at: i)
      }
    }
    return result
  }
}
