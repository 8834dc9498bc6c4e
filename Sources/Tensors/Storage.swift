import Glibc

/// A block of memory that tensors look into: 64-byte aligned, recycled, with a count of the writes to it.
public final class Storage: @unchecked Sendable {
  /// First byte of the block.
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int

  /// Grows with each in-place write, so that a gradient can tell that a value it saved is still the same.
  public internal(set) var version = 0

  /// Whether it lies in a file, whose pages the system may write out.
  public let isInFile: Bool

  /// What keeps the addresses of a dry run's value; nil for real memory.
  private let keeper: AnyObject?

  /// Whether it stands for a value that a dry run does not compute.
  var isSymbolic: Bool { keeper != nil }

  /// Takes a block of at least `byteCount` bytes with undefined contents.
  ///
  /// For scratch memory inside an operation and for what is in memory already: it may pass the limit of
  /// ``MemoryBudget``, and ends the process if the system has no memory at all.
  public convenience init(byteCount: Int) {
    if let symbolic = Trace.dry?.memory.take(byteCount) {
      self.init(symbolic.base, byteCount, keeper: symbolic.keeper)
      return
    }
    guard let base = StoragePool.shared.take(StoragePool.sizeClass(of: byteCount)) else {
      preconditionFailure("out of memory: \(byteCount) bytes")
    }
    self.init(base, byteCount)
  }

  /// Takes a block within the limit of ``MemoryBudget``.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  convenience init(byteCount: Int, op: String) throws {
    if Trace.dry != nil {
      self.init(byteCount: byteCount)
      return
    }
    try MemoryBudget.expect(byteCount, op)
    guard let base = StoragePool.shared.take(StoragePool.sizeClass(of: byteCount)) else {
      let used = MemoryBudget.used
      throw TensorError.overBudget(op: op, needed: byteCount, used: used, limit: used)
    }
    self.init(base, byteCount)
  }

  /// Takes zeros in a file of their own; see ``FileMemory``.
  convenience init(byteCount: Int, inFileIn directory: String, op: String) throws {
    self.init(try FileMemory.map(byteCount, in: directory, op: op), byteCount, isInFile: true)
  }

  private init(
    _ base: UnsafeMutableRawPointer, _ byteCount: Int, isInFile: Bool = false, keeper: AnyObject? = nil
  ) {
    self.keeper = keeper
    self.base = base
    self.byteCount = byteCount
    self.isInFile = isInFile
  }

  /// Tells that bytes are not needed for now. Those in a file leave this process's memory and come back when read.
  public func letGo(_ bytes: Range<Int>) {
    if isInFile { FileMemory.letGo(base + bytes.lowerBound, bytes.count) }
  }

  deinit {
    if isSymbolic { return }
    if isInFile { munmap(base, byteCount) } else { StoragePool.shared.give(base, StoragePool.sizeClass(of: byteCount)) }
  }
}
