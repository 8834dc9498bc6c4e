/// A block of memory that tensors look into: 64-byte aligned, recycled, with a count of the writes to it.
public final class Storage: @unchecked Sendable {
  /// First byte of the block.
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// Grows with each in-place write, so that a gradient can tell that a value it saved is still the same.
  public internal(set) var version = 0

  private let sizeClass: Int

  /// Takes a block of at least `byteCount` bytes with undefined contents.
  ///
  /// For scratch memory inside an operation and for what is in memory already: it may pass the limit of
  /// ``MemoryBudget``, and ends the process if the system has no memory at all.
  public convenience init(byteCount: Int) {
    guard let base = StoragePool.shared.take(StoragePool.sizeClass(of: byteCount)) else {
      preconditionFailure("out of memory: \(byteCount) bytes")
    }
    self.init(base, byteCount)
  }

  /// Takes a block within the limit of ``MemoryBudget``.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  convenience init(byteCount: Int, op: String) throws {
    try MemoryBudget.expect(byteCount, op)
    guard let base = StoragePool.shared.take(StoragePool.sizeClass(of: byteCount)) else {
      let used = MemoryBudget.used
      throw TensorError.overBudget(op: op, needed: byteCount, used: used, limit: used)
    }
    self.init(base, byteCount)
  }

  private init(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    self.base = base
    self.byteCount = byteCount
    sizeClass = StoragePool.sizeClass(of: byteCount)
  }

  deinit { StoragePool.shared.give(base, sizeClass) }
}
