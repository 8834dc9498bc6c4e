import Glibc

/// An n-dimensional array of numbers, or a view into one, that can record how it was computed.
///
/// Shapes are what PyTorch users know (images `[b, c, h, w]`), while memory may lie in another order: images are kept
/// channels-last and weights in the order their kernels read. `strides` tells; `contiguous()` gives row-major order.
/// Views (``narrow(axis:start:count:)``, ``transpose(_:_:)``, …) share memory with what they look into.
///
/// Several threads may read one tensor; a write needs that nobody else reads or writes it.
public final class Tensor: @unchecked Sendable {
  public let storage: Storage
  public let shape: Shape
  /// Distance in elements between neighbours along each axis; 0 where an axis repeats one value.
  public let strides: [Int]
  /// First element, in elements from the start of the storage.
  public let offset: Int
  public let elementType: ElementType
  /// Number of elements.
  public let count: Int
  /// Whether memory is row-major without gaps.
  public let isContiguous: Bool

  /// The operation that made this value, where a gradient is recorded.
  var node: TapeNode?
  /// Whether `backward` reports a gradient for this value.
  public internal(set) var isLeaf = false

  /// Most bytes one tensor may take: the memory of the machine.
  public static let byteLimit = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  init(storage: Storage, shape: Shape, strides: [Int], offset: Int, elementType: ElementType) {
    self.storage = storage
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.elementType = elementType
    count = shape.elementCount
    isContiguous = Self.isRowMajor(shape, strides)
  }

  /// Looks into existing storage. The caller answers for the bounds.
  public convenience init(
    viewing storage: Storage, shape: Shape, strides: [Int], offset: Int = 0, elementType: ElementType = .float32
  ) {
    self.init(storage: storage, shape: shape, strides: strides, offset: offset, elementType: elementType)
  }

  /// Makes a tensor with undefined contents, row-major unless other strides are given.
  ///
  /// - Throws: ``TensorError/tooLarge(op:shape:)``, ``TensorError/overBudget(op:needed:used:limit:)``, or ``TensorError/shape(op:got:expected:)`` for a negative size.
  public static func uninitialized(
    _ shape: Shape, _ elementType: ElementType = .float32, strides: [Int]? = nil, op: String = "tensor"
  ) throws -> Tensor {
    try expectFits(op, shape, elementType)
    if Trace.dry == nil { try FreeMemory.expect(shape.elementCount * elementType.byteCount, op, shape) }
    return Tensor(
      storage: try Storage(byteCount: shape.elementCount * elementType.byteCount, op: op), shape: shape,
      strides: strides ?? shape.rowMajorStrides, offset: 0, elementType: elementType)
  }

  /// Requires a shape of which no size is negative and no product of sizes too large, also of a view or an empty tensor.
  static func expectFits(_ op: String, _ shape: Shape, _ elementType: ElementType) throws {
    var byteCount = elementType.byteCount
    for size in shape {
      guard size >= 0 else { throw TensorError.shape(op: op, got: shape, expected: "sizes are 0 or more") }
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: Swift.max(size, 1))
      guard !overflow, product <= byteLimit else { throw TensorError.tooLarge(op: op, shape: shape) }
      byteCount = product
    }
  }

  public var rank: Int { shape.count }
  public var byteCount: Int { count * elementType.byteCount }

  /// Whether an operation on this value is recorded: it is a leaf, or was computed from one.
  public var needsGradient: Bool { isLeaf || node != nil }

  /// Whether an image tensor `[b, c, h, w]` lies in memory as `[b, h, w, c]` without gaps.
  public var isChannelsLast: Bool { rank == 4 && Self.agree(shape, strides, shape.channelsLastStrides) }

  /// Whether memory has no gaps and no repeats, in whatever order of the axes.
  var isDense: Bool {
    if isContiguous { return true }
    var next = 1
    for axis in memoryOrder.reversed() where shape[axis] != 1 {
      guard strides[axis] == next else { return false }
      next *= shape[axis]
    }
    return true
  }

  /// The axes by falling stride: the order in which memory is walked.
  var memoryOrder: [Int] {
    if isContiguous { return Array(shape.indices) }
    return shape.indices.sorted { strides[$0] != strides[$1] ? strides[$0] > strides[$1] : $0 < $1 }
  }

  private static func isRowMajor(_ shape: Shape, _ strides: [Int]) -> Bool {
    var next = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      guard strides[axis] == next else { return shape.contains(0) }
      next *= shape[axis]
    }
    return true
  }

  /// Whether two sets of strides reach the same elements; the stride of an axis of size 1 does not matter.
  static func agree(_ shape: Shape, _ a: [Int], _ b: [Int]) -> Bool {
    for axis in shape.indices where shape[axis] != 1 && a[axis] != b[axis] { return false }
    return true
  }

  /// Resolves an axis that may count from the end.
  func axis(_ axis: Int, op: String) throws -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard shape.indices.contains(resolved) else { throw TensorError.axis(op: op, got: axis, rank: rank) }
    return resolved
  }
}
