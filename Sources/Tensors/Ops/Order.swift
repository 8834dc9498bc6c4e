/// Elements by size. NaN counts as the largest; equal elements keep their order.
extension Tensor {
  /// Returns the elements along an axis from the smallest to the largest, or the other way round, and their positions.
  ///
  /// - Returns: `values`, which take the gradient back to where they came from, and `positions` from 0 along the axis,
  ///   int64; both of this shape.
  /// - Throws: ``TensorError``.
  public func sort(axis: Int = -1, isDescending: Bool = false) throws -> (values: Tensor, positions: Tensor) {
    let positions = try argsort(axis: axis, isDescending: isDescending)
    return (try gather(along: axis, positions), positions)
  }

  /// Returns the positions from 0, int64, of the elements along an axis by size.
  ///
  /// - Throws: ``TensorError``.
  public func argsort(axis: Int = -1, isDescending: Bool = false) throws -> Tensor {
    let rows = try rows(along: axis, op: "argsort")
    let result = try rows.uninitialized(width: rows.width, .int64, op: "argsort")
    try Profiler.measure("sort", bytes: 3 * byteCount) {
      let positions = result.int64Pointer
      switch elementType {
      case .float32:
        let x = rows.source.floatPointer
        try Self.sortRows(rows, positions, UInt32.self) { Self.key(x[$0], isDescending) }
      case .float64:
        let x = rows.source.doublePointer
        try Self.sortRows(rows, positions, UInt64.self) { Self.key(x[$0], isDescending) }
      case .int64:
        let x = rows.source.int64Pointer
        try Self.sortRows(rows, positions, UInt64.self) {
          let key = UInt64(bitPattern: x[$0]) ^ 1 << 63
          return isDescending ? ~key : key
        }
      case .uint8:
        let x = rows.source.bytePointer
        try Self.sortRows(rows, positions, UInt8.self) { isDescending ? ~x[$0] : x[$0] }
      }
    }
    return Trace.constant(
      "argsort", result, SortPlanOperation.note(self, along: rows.axes[0], isDescending: isDescending, result))
  }

  /// Returns the `count` largest elements along an axis, or the smallest, the most extreme first, and their positions.
  ///
  /// - Throws: ``TensorError``, also for more elements than there are.
  public func topK(
    _ count: Int, axis: Int = -1, isLargest: Bool = true
  ) throws -> (values: Tensor, positions: Tensor) {
    let axis = try self.axis(axis, op: "topk")
    guard 0...shape[axis] ~= count else {
      throw TensorError.range(op: "topk", what: "count", got: count, allowed: 0...shape[axis])
    }
    let positions = try argsort(axis: axis, isDescending: isLargest).narrow(axis: axis, start: 0, count: count)
    return (try gather(along: axis, positions), positions.contiguousCopyIfNeeded())
  }

  /// Returns the element along an axis that `rank - 1` others come before by size.
  ///
  /// - Parameter rank: From 1, the smallest.
  /// - Throws: ``TensorError``.
  public func kthValue(_ rank: Int, axis: Int = -1) throws -> Tensor {
    let axis = try self.axis(axis, op: "kth_value")
    guard shape[axis] > 0, 1...shape[axis] ~= rank else {
      throw TensorError.range(
        op: "kth_value", what: "rank", got: rank, allowed: Swift.min(1, shape[axis])...shape[axis])
    }
    let position = try argsort(axis: axis).narrow(axis: axis, start: rank - 1, count: 1)
    return try gather(along: axis, position).squeeze(axis)
  }

  /// Returns the middle of all elements by size, the mean of the middle two for an even number; NaN if there is one.
  ///
  /// - Throws: ``TensorError/shape(op:got:expected:)`` for an empty tensor.
  public func median() throws -> Tensor { try flattened("median").quantile(0.5, axis: 0, op: "median") }

  /// Returns the middle of the elements along an axis by size, the mean of the middle two for an even number.
  ///
  /// - Throws: ``TensorError``.
  public func median(axis: Int, keepAxis: Bool = false) throws -> Tensor {
    try quantile(0.5, axis: axis, keepAxis: keepAxis, op: "median")
  }

  /// Returns what a share of all elements lies below; see ``quantile(_:axis:keepAxis:)``.
  ///
  /// - Throws: ``TensorError``.
  public func quantile(_ share: Double) throws -> Tensor {
    try flattened("quantile").quantile(share, axis: 0, op: "quantile")
  }

  /// Returns what a share of the elements along an axis lies below, with linear interpolation between neighbours: of
  /// `n` sorted elements the place is `share * (n - 1)`.
  ///
  /// - Parameter share: From 0 to 1.
  /// - Returns: NaN for a row with a NaN. Gradients go to the two neighbours.
  /// - Throws: ``TensorError``.
  /// - Source: Hyndman and Fan, The American Statistician 1996, definition 7, <https://doi.org/10.2307/2684934>.
  public func quantile(_ share: Double, axis: Int, keepAxis: Bool = false) throws -> Tensor {
    try quantile(share, axis: axis, keepAxis: keepAxis, op: "quantile")
  }

  private func flattened(_ op: String) throws -> Tensor { try expectFilled(op).reshape([count]) }

  private func quantile(_ share: Double, axis: Int, keepAxis: Bool = false, op: String) throws -> Tensor {
    try expectFloat(op)
    guard 0...1 ~= share else {
      throw TensorError.value(op: op, what: "share", got: "\(share)", allowed: "0 to 1 is allowed")
    }
    let axis = try self.axis(axis, op: op)
    _ = try expectFilled(op)
    let order = try argsort(axis: axis), last = shape[axis] - 1
    let place = share * Double(last), lower = Swift.min(Int(place), last), upper = Swift.min(lower + 1, last)
    func element(_ position: Int) throws -> Tensor {
      try gather(along: axis, order.narrow(axis: axis, start: position, count: 1))
    }
    let below = try element(lower)
    let weight = place - Double(lower)
    var value = weight == 0 ? below : try below.interpolated(to: element(upper), weight)
    // NaN is last, and not always among the neighbours.
    let largest = try element(last).detach()
    value = try largest.eq(largest).choose(value, largest)
    return keepAxis ? value : try value.squeeze(axis)
  }

  /// Returns `(1 - weight) self + weight other`, rounded once, and exactly both where they are equal.
  private func interpolated(to other: Tensor, _ weight: Double) throws -> Tensor {
    let (a, b) = (contiguousCopyIfNeeded(), other.contiguousCopyIfNeeded())
    let y = try Tensor.uninitialized(shape, elementType, op: "quantile")
    for i in 0..<count {
      let (low, high) = (a.element(offset: a.offset + i), b.element(offset: b.offset + i))
      // A difference beyond the largest number is taken apart.
      let step = (high - low).isFinite ? low + (high - low) * weight : low * (1 - weight) + high * weight
      y.write(low == high ? low : step, at: i)
    }
    return Tape.record(
      "interpolate", [self, other], saving: [], y, plan: InterpolatePlanOperation.note(self, other, weight, y)
    ) { g, needs in
      [needs[0] ? try g.mul(1 - weight) : nil, needs[1] ? try g.mul(weight) : nil]
    }
  }

  // MARK: Keys

  /// Numbers whose order is that of the elements: both zeros are one, and every NaN comes last.
  private static func key(_ x: Float, _ isDescending: Bool) -> UInt32 {
    if x.isNaN { return isDescending ? 0 : .max }
    let bits = x == 0 ? 0 : x.bitPattern
    let key = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
    return isDescending ? ~key : key
  }

  private static func key(_ x: Double, _ isDescending: Bool) -> UInt64 {
    if x.isNaN { return isDescending ? 0 : .max }
    let bits = x == 0 ? 0 : x.bitPattern
    let key = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    return isDescending ? ~key : key
  }

  /// Writes the positions of the elements of each row by size.
  static func sortRows(
    _ x: UnsafePointer<Float>, _ rows: Int, _ width: Int, isDescending: Bool, _ positions: UnsafeMutablePointer<Int64>
  ) throws {
    let sorter = try PositionSorter<UInt32>(width: width)
    for row in 0..<rows {
      let start = row * width
      try sorter.sort(into: positions + start) { key(x[start + $0], isDescending) }
    }
  }

  private static func sortRows<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
    _ rows: AxisRows, _ positions: UnsafeMutablePointer<Int64>, _ type: Key.Type, key: (Int) -> Key
  ) throws {
    guard rows.width > 0 else { return }
    let sorter = try PositionSorter<Key>(width: rows.width)
    for row in 0..<rows.count {
      let start = row * rows.width
      try sorter.sort(into: positions + start) { key(start + $0) }
    }
  }
}
