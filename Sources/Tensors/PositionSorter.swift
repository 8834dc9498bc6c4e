/// Sorts the positions of a row by unsigned keys, equal keys in the order of their positions.
///
/// Short rows are sorted by insertion, others byte by byte of the keys, in memory that is taken once. A row of any
/// length can be interrupted.
final class PositionSorter<Key: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
  /// Rows up to this length are sorted by insertion.
  private static var insertionLimit: Int { 48 }

  private struct Entry {
    let key: Key
    let position: UInt32
  }

  private let width: Int
  private let storage: Storage

  /// - Throws: ``TensorError/range(op:what:got:allowed:)`` for rows longer than 2^32,
  ///   ``TensorError/overBudget(op:needed:used:limit:)``.
  init(width: Int) throws {
    guard width < 1 << 32 else {
      throw TensorError.range(op: "sort", what: "size", got: width, allowed: 0...(1 << 32 - 1))
    }
    self.width = width
    storage = try Storage(byteCount: 2 * Swift.max(width, 1) * MemoryLayout<Entry>.stride, op: "sort")
  }

  /// Writes the positions in the order of their keys.
  ///
  /// - Throws: ``Interrupted``.
  func sort(into positions: UnsafeMutablePointer<Int64>, key: (_ position: Int) -> Key) throws {
    let entries = storage.base.bindMemory(to: Entry.self, capacity: 2 * width)
    try Interrupt.forEachRun(of: width) { run in
      for i in run { entries[i] = Entry(key: key(i), position: UInt32(truncatingIfNeeded: i)) }
    }
    let sorted = width <= Self.insertionLimit ? inserted(entries) : try distributed(entries, entries + width)
    try Interrupt.forEachRun(of: width) { run in
      for i in run { positions[i] = Int64(sorted[i].position) }
    }
  }

  private func inserted(_ entries: UnsafeMutablePointer<Entry>) -> UnsafeMutablePointer<Entry> {
    for i in 1..<Swift.max(width, 1) {
      let entry = entries[i]
      var place = i
      while place > 0 && entries[place - 1].key > entry.key {
        entries[place] = entries[place - 1]
        place -= 1
      }
      entries[place] = entry
    }
    return entries
  }

  /// One pass for each byte of the keys, the lowest first, from one half of the memory to the other.
  private func distributed(
    _ first: UnsafeMutablePointer<Entry>, _ second: UnsafeMutablePointer<Entry>
  ) throws -> UnsafeMutablePointer<Entry> {
    var (from, to) = (first, second)
    try withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { buffer in
      let places = buffer.baseAddress!
      for shift in stride(from: 0, to: Key.bitWidth, by: 8) {
        places.initialize(repeating: 0, count: 256)
        try Interrupt.forEachRun(of: width) { run in
          for i in run { places[Self.byte(from[i].key, shift)] += 1 }
        }
        // A byte that all keys share moves nothing.
        if places[Self.byte(from[0].key, shift)] == width { continue }
        var start = 0
        for value in 0..<256 {
          let count = places[value]
          places[value] = start
          start += count
        }
        try Interrupt.forEachRun(of: width) { run in
          for i in run {
            let value = Self.byte(from[i].key, shift)
            to[places[value]] = from[i]
            places[value] += 1
          }
        }
        swap(&from, &to)
      }
    }
    return from
  }

  @inline(__always)
  private static func byte(_ key: Key, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: key &>> Key(truncatingIfNeeded: shift) & 0xFF)
  }
}
