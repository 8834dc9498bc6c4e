import Glibc

/// Memory for the values of a dry run: addresses without pages behind them, until somebody writes there.
///
/// Kernels do not run during a dry run, so nobody does; an operation that computes all the same finds zeros.
final class SymbolicMemory {
  /// A stretch of addresses; it goes when the last storage in it goes.
  private final class Chunk {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// nil where the system gives no addresses.
    init?(byteCount: Int) {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      guard let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
        return nil
      }
      self.base = base
      self.byteCount = byteCount
    }

    deinit { munmap(base, byteCount) }
  }

  private var chunk: Chunk?
  private var used = 0
  private static let chunkSize = 1 << 30, alignment = 64

  /// Takes addresses, and what keeps them; nil where the system gives none.
  func take(_ byteCount: Int) -> (base: UnsafeMutableRawPointer, keeper: AnyObject)? {
    let needed = (Swift.max(byteCount, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
    if chunk.map({ used + needed > $0.byteCount }) ?? true {
      chunk = Chunk(byteCount: Swift.max(needed, Self.chunkSize))
      used = 0
    }
    guard let chunk else { return nil }
    defer { used += needed }
    return (chunk.base + used, chunk)
  }
}
