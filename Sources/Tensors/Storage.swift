import Glibc

/// A block of memory that tensors look into: 64-byte aligned, recycled, with a count of the writes to it.
public final class Storage: @unchecked Sendable {
  /// First byte of the block.
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// Grows with each in-place write, so that a gradient can tell that a value it saved is still the same.
  public internal(set) var version = 0

  private let sizeClass: Int

  /// Takes a block of at least `byteCount` bytes with undefined contents.
  public init(byteCount: Int) {
    self.byteCount = byteCount
    sizeClass = StoragePool.sizeClass(of: byteCount)
    base = StoragePool.shared.take(sizeClass)
  }

  deinit { StoragePool.shared.give(base, sizeClass) }
}
