import Tensors
import Testing

@testable import Datasets

@Suite struct NearHashesTests {
  /// Hashes in clusters: centers, and what a few flipped bits make of them.
  private func hashes(_ seed: UInt64, centers: Int, around: Int) -> [DifferenceHash] {
    var stream = RandomStream(seed: seed, purpose: "hashes")
    return (0..<centers).flatMap { _ -> [DifferenceHash] in
      var words = SIMD4<UInt64>(repeating: 0)
      for index in 0..<4 { words[index] = stream.nextUInt64() & stream.nextUInt64() }
      return (0..<around).map { _ in
        var own = words
        for _ in 0..<stream.integer(below: 6) {
          let bit = stream.integer(below: 256)
          own[bit / 64] ^= 1 << UInt64(bit % 64)
        }
        return DifferenceHash(words: own)
      }
    }
  }

  /// The obvious way: each with each.
  private func compared(_ hashes: [DifferenceHash], _ distance: Int) -> [Int] {
    var sets = DisjointSets(count: hashes.count)
    for first in hashes.indices {
      for second in 0..<first where hashes[first].isNear(hashes[second], within: distance) { sets.join(first, second) }
    }
    return sets.numbers().ofPosition
  }

  @Test(arguments: [0, 1, 2, 5, 6, 9, 16, 32], [1, 2] as [UInt64])
  func findsThePairsThatComparingAllFinds(distance: Int, seed: UInt64) throws {
    let hashes = hashes(seed, centers: 40, around: 5) + [DifferenceHash(words: .zero), DifferenceHash(words: .zero)]
    let expected = compared(hashes, distance)
    for threads in [1, 2] {
      var found = try Parallel.withThreads(threads) { try NearHashes(hashes: hashes, distance: distance).joined() }
      #expect(found.numbers().ofPosition == expected)
    }
    if distance == 6 { #expect(Set(expected).count < 100 && Set(expected).count > 20) }
  }

  @Test func nothingHasNoPairs() throws {
    var none = try NearHashes(hashes: [], distance: 6).joined()
    #expect(none.numbers().count == 0)
  }

  @Test func setsAreNumberedInTheOrderOfTheirFirstMembers() {
    var sets = DisjointSets(count: 6)
    sets.join(4, 1)
    sets.join(5, 3)
    sets.join(3, 4)
    #expect(sets.numbers().ofPosition == [0, 1, 2, 1, 1, 1] && sets.numbers().count == 3)
  }
}
