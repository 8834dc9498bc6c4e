/// A tensor as rows: what lies along some axes becomes one row for each place along the others.
///
/// Memory is row-major in the order of the other axes, then these, so that loops over a row walk neighbours.
struct AxisRows {
  /// The values, in that memory order: the tensor itself or a copy, unseen by the tape.
  let source: Tensor
  /// The axes of a row, each once, in rising order.
  let axes: [Int]
  /// Number of rows: places along the other axes.
  let count: Int
  /// Elements of a row.
  let width: Int
  /// Sizes with the axes of the rows as 1.
  let kept: Shape
  /// Sizes without the axes of the rows.
  let dropped: Shape

  private let order: [Int]

  init(_ tensor: Tensor, axes: [Int]) {
    let rest = tensor.shape.indices.filter { !axes.contains($0) }
    self.axes = axes
    order = rest + axes
    source = tensor.laidOut(tensor.shape.strides(inMemoryOrder: order)).detach()
    count = rest.reduce(1) { $0 * tensor.shape[$1] }
    width = axes.reduce(1) { $0 * tensor.shape[$1] }
    kept = tensor.shape.indices.map { axes.contains($0) ? 1 : tensor.shape[$0] }
    dropped = rest.map { tensor.shape[$0] }
  }

  /// Makes a tensor of rows with another width along their one axis, in the same memory order.
  func uninitialized(width: Int, _ type: ElementType, op: String) throws -> Tensor {
    var shape = source.shape
    shape[axes[0]] = width
    return try made(shape, type, op)
  }

  /// Makes a tensor of rows like these.
  func uninitialized(op: String) throws -> Tensor { try made(source.shape, source.elementType, op) }

  private func made(_ shape: Shape, _ type: ElementType, _ op: String) throws -> Tensor {
    try Tensor.expectFits(op, shape, type)
    return try Tensor.uninitialized(shape, type, strides: shape.strides(inMemoryOrder: order), op: op)
  }

  /// A tensor in the memory order of these rows: itself, or a copy.
  func laidOut(_ tensor: Tensor) -> Tensor { tensor.laidOut(tensor.shape.strides(inMemoryOrder: order)) }

  /// Calls `body` for each row, and looks for a request to stop between runs of them.
  func forEachRow(_ body: (_ row: Int) throws -> Void) throws {
    try Interrupt.forEachRun(of: count, size: Swift.max(1, Interrupt.runLength / Swift.max(width, 1))) { run in
      for row in run { try body(row) }
    }
  }
}

extension Tensor {
  /// The rows along one axis, negative from the end.
  func rows(along axis: Int, op: String) throws -> AxisRows { AxisRows(self, axes: [try self.axis(axis, op: op)]) }
}

/// What a tensor's elements can be.
protocol TensorElement: Comparable, BitwiseCopyable, Numeric {
  static func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Self>
  /// Whether it is not even equal to itself.
  var isNotANumber: Bool { get }
}

extension Float: TensorElement {
  static func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Float> { tensor.floatPointer }
  var isNotANumber: Bool { self != self }
}

extension Double: TensorElement {
  static func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Double> { tensor.doublePointer }
  var isNotANumber: Bool { self != self }
}

extension Int64: TensorElement {
  static func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<Int64> { tensor.int64Pointer }
  var isNotANumber: Bool { false }
}

extension UInt8: TensorElement {
  static func pointer(_ tensor: Tensor) -> UnsafeMutablePointer<UInt8> { tensor.bytePointer }
  var isNotANumber: Bool { false }
}
