import Synchronization
import Tensors

/// Finds all pairs of near hashes without comparing each with each.
///
/// Of `distance + 1` parts of the bits, two hashes within the distance agree in at least one. So it is enough to
/// compare those that agree in a part. The bits of a part are spread over the picture: neighbouring bits would lie in
/// the black margin, where all scans agree.
struct NearHashes: Sendable {
  let hashes: [DifferenceHash]
  let distance: Int

  /// Joins the positions of all near hashes; blank ones stay alone.
  ///
  /// - Throws: ``Interrupted`` on request.
  func joined() throws -> DisjointSets {
    let (distinct, firsts) = distinctHashes()
    let parts = distance + 1
    let found = Mutex(DisjointSets(count: distinct.count))
    if distance > 0 {
      Parallel.forEach(parts) { part in
        let own = joined(distinct, agreeingIn: part, of: parts)
        found.withLock { $0.join(own) }
      }
      try Interrupt.check()
    }
    var all = DisjointSets(count: hashes.count)
    for (position, first) in firsts.enumerated() where first != position && !hashes[position].isBlank {
      all.join(position, first)
    }
    found.withLock { sets in
      for index in distinct.indices { all.join(distinct[index], distinct[sets.root(of: index)]) }
    }
    return all
  }

  /// Positions of one hash of each value, and for each position the first one of the same value.
  private func distinctHashes() -> (positions: [Int], firsts: [Int]) {
    var positions: [Int] = []
    var firsts = [Int](repeating: 0, count: hashes.count)
    var seen: [DifferenceHash: Int] = [:]
    for (position, hash) in hashes.enumerated() {
      if let first = seen[hash] {
        firsts[position] = first
      } else {
        seen[hash] = position
        firsts[position] = position
        positions.append(position)
      }
    }
    return (positions, firsts)
  }

  /// Compares those hashes with each other whose bits of one part are the same.
  private func joined(_ positions: [Int], agreeingIn part: Int, of parts: Int) -> DisjointSets {
    var sets = DisjointSets(count: positions.count)
    var mask = SIMD4<UInt64>(repeating: 0)
    for bit in stride(from: part, to: DifferenceHash.bitCount, by: parts) { mask[bit >> 6] |= 1 << UInt64(bit & 63) }
    let order = positions.indices.map { (key: Self.mixed(hashes[positions[$0]].words & mask), index: $0) }
      .sorted { $0.key != $1.key ? $0.key < $1.key : $0.index < $1.index }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && order[end].key == order[start].key { end += 1 }
      for first in start..<end {
        if Interrupt.isRequested { return sets }
        let hash = hashes[positions[order[first].index]]
        for second in first + 1..<max(end, first + 1)
        where hash.isNear(hashes[positions[order[second].index]], within: distance) {
          sets.join(order[first].index, order[second].index)
        }
      }
      start = end
    }
    return sets
  }

  /// One word of four; different words rarely mix to the same, and then only cost a comparison.
  private static func mixed(_ words: SIMD4<UInt64>) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<4 {
      sum = (sum ^ words[index]) &* 0x9E37_79B9_7F4A_7C15
      sum ^= sum >> 32
    }
    return sum
  }
}
