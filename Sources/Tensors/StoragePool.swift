import Glibc
import Synchronization

/// Keeps freed blocks by size, since fresh pages cost far more than the arithmetic done on them.
///
/// Sizes are rounded up to four steps per power of two, so at most a fifth of a block is unused.
final class StoragePool: Sendable {
  static let shared = StoragePool()

  /// Bytes kept for reuse at most; blocks beyond it go back to the system.
  static let retainedLimit = 1 << 30

  private static let smallest = 64
  private static let hugePage = 2 << 20

  private struct Free {
    /// Addresses by size class; the pool owns these blocks while they are here.
    var blocks: [[UInt]] = Array(repeating: [], count: 256)
    var byteCount = 0
  }

  private let free = Mutex(Free())

  /// The smallest class whose blocks hold `byteCount` bytes.
  static func sizeClass(of byteCount: Int) -> Int {
    let count = max(byteCount, smallest)
    let power = Int.bitWidth - 1 - count.leadingZeroBitCount
    let quarter = 1 << (power - 2)
    let step = (count - (1 << power) + quarter - 1) / quarter
    return power * 4 + step
  }

  /// Bytes of a block of this class.
  static func byteCount(ofClass sizeClass: Int) -> Int {
    let power = sizeClass / 4
    return (1 << power) + (sizeClass % 4) << (power - 2)
  }

  func take(_ sizeClass: Int) -> UnsafeMutableRawPointer {
    let count = Self.byteCount(ofClass: sizeClass)
    let recycled = free.withLock { free in
      let address = free.blocks[sizeClass].popLast()
      if address != nil { free.byteCount -= count }
      return address
    }
    Profiler.countBlock(count, isFresh: recycled == nil)
    if let recycled { return UnsafeMutableRawPointer(bitPattern: recycled)! }
    let isHuge = count >= Self.hugePage
    guard let block = aligned_alloc(isHuge ? Self.hugePage : 64, roundedUp(count, to: isHuge ? Self.hugePage : 64))
    else {
      // Sizes are checked against `Tensor.byteLimit` before: the machine itself is out of memory.
      preconditionFailure("out of memory: \(count) bytes")
    }
    if isHuge { madvise(block, count, MADV_HUGEPAGE) }
    return block
  }

  func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    let count = Self.byteCount(ofClass: sizeClass)
    let address = UInt(bitPattern: block)
    let isKept = free.withLock { free in
      guard free.byteCount + count <= Self.retainedLimit else { return false }
      free.blocks[sizeClass].append(address)
      free.byteCount += count
      return true
    }
    if !isKept { Glibc.free(block) }
  }

  private func roundedUp(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) / multiple * multiple }
}
