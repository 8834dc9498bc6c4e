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

  private struct State {
    /// Addresses of free blocks by size class; the pool owns them while they are here.
    var blocks: [[UInt]] = Array(repeating: [], count: 256)
    /// Bytes of free blocks.
    var free = 0
    /// Bytes of blocks in use.
    var used = 0
    var limit: Int
  }

  private let state: Mutex<State>
  /// 1 while more is in use than allowed. Written under the lock; read without it, where a late answer does no harm.
  nonisolated(unsafe) let overrun = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

  init(limit: Int? = nil) {
    let named = getenv("FEDLUA_MEMORY").flatMap { MemoryBudget.limit(named: String(cString: $0)) }
    state = Mutex(State(limit: limit ?? named ?? MemoryBudget.standard))
    overrun.initialize(to: 0)
  }

  var used: Int { state.withLock { $0.used } }

  var limit: Int {
    get { state.withLock { $0.limit } }
    set {
      state.withLock { state in
        state.limit = newValue
        note(state)
      }
    }
  }

  /// Counts memory that is not the pool's; false if it does not fit, unless it must.
  func reserve(_ byteCount: Int, must: Bool) -> Bool {
    state.withLock { state in
      guard must || state.limit - state.used >= byteCount else { return false }
      state.used += byteCount
      note(state)
      return true
    }
  }

  /// Whether `byteCount` more stay within the limit.
  func fits(_ byteCount: Int) -> Bool {
    state.withLock { $0.limit - $0.used >= Self.byteCount(ofClass: Self.sizeClass(of: byteCount)) }
  }

  /// Counts bytes that lie elsewhere, or no longer do where the number is negative, as in use.
  func charge(_ byteCount: Int) {
    state.withLock { state in
      state.used += byteCount
      note(state)
    }
  }

  private func note(_ state: State) { overrun.pointee = state.used > state.limit ? 1 : 0 }

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

  /// Takes a block of a size class; nil when the system has no memory left.
  func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    let count = Self.byteCount(ofClass: sizeClass)
    let (recycled, isCrowded) = state.withLock { state in
      let address = state.blocks[sizeClass].popLast()
      if address != nil { state.free -= count }
      state.used += count
      note(state)
      return (address, address == nil && state.free > 0 && state.used + state.free > state.limit)
    }
    Profiler.countBlock(count, isFresh: recycled == nil)
    if let recycled { return UnsafeMutableRawPointer(bitPattern: recycled) }
    if isCrowded { trim() }
    if let block = fresh(count) { return block }
    trim()
    if let block = fresh(count) { return block }
    state.withLock { state in
      state.used -= count
      note(state)
    }
    return nil
  }

  private func fresh(_ count: Int) -> UnsafeMutableRawPointer? {
    let isHuge = count >= Self.hugePage
    let block = aligned_alloc(isHuge ? Self.hugePage : 64, roundedUp(count, to: isHuge ? Self.hugePage : 64))
    if isHuge, let block { madvise(block, count, MADV_HUGEPAGE) }
    return block
  }

  func give(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) {
    let count = Self.byteCount(ofClass: sizeClass)
    let address = UInt(bitPattern: block)
    let isKept = state.withLock { state in
      state.used -= count
      note(state)
      guard state.free + count <= Self.retainedLimit, state.used + state.free + count <= state.limit else {
        return false
      }
      state.blocks[sizeClass].append(address)
      state.free += count
      return true
    }
    if !isKept { Glibc.free(block) }
  }

  /// Gives all free blocks back to the system.
  func trim() {
    let blocks = state.withLock { state in
      let blocks = state.blocks.flatMap { $0 }
      for index in state.blocks.indices { state.blocks[index].removeAll() }
      state.free = 0
      return blocks
    }
    for address in blocks { Glibc.free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  private func roundedUp(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) / multiple * multiple }
}
