import Testing

@testable import Tensors

@Suite struct RandomStreamTests {
  /// The three answers that the authors of the generator publish with their reference code (`kat_vectors`).
  @Test(arguments: [
    (Philox.Block(0, 0, 0, 0), UInt64(0), Philox.Block(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    (
      Philox.Block(repeating: .max), UInt64.max,
      Philox.Block(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      Philox.Block(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), UInt64(0x299f_31d0_a409_3822),
      Philox.Block(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func generatorGivesThePublishedAnswers(counter: Philox.Block, key: UInt64, expected: Philox.Block) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  private func words(_ stream: RandomStream, _ count: Int = 64) -> [UInt32] {
    var copy = stream
    return (0..<count).map { _ in copy.nextUInt32() }
  }

  @Test func equalKeysGiveEqualNumbers() {
    let first = RandomStream(seed: 7, purpose: .batches, round: 3, client: 12)
    let second = RandomStream(seed: 7, purpose: "batches", round: 3, client: 12)
    #expect(words(first) == words(second))
  }

  @Test func everyPartOfTheKeyChangesAllNumbers() {
    let base = RandomStream(seed: 7, purpose: .batches, round: 3, client: 12)
    let others = [
      RandomStream(seed: 8, purpose: .batches, round: 3, client: 12),
      RandomStream(seed: 7, purpose: .cohort, round: 3, client: 12),
      RandomStream(seed: 7, purpose: .batches, round: 4, client: 12),
      RandomStream(seed: 7, purpose: .batches, round: 3, client: 13),
      RandomStream(seed: 7, purpose: .batches, round: 12, client: 3),
      base.derive("batches"), base.derive("batches", 1), base.derive("cohort"),
      base.derive("batches").derive("batches"),
    ]
    var seen = Set(words(base))
    for other in others {
      let drawn = words(other)
      #expect(seen.isDisjoint(with: drawn))
      seen.formUnion(drawn)
    }
  }

  @Test func derivedStreamsDoNotDependOnWhatTheParentHasDrawn() {
    var parent = RandomStream(seed: 1, purpose: .attack)
    let before = words(parent.derive("noise", 4))
    _ = (0..<1001).map { _ in parent.nextUInt64() }
    #expect(words(parent.derive("noise", 4)) == before)
  }

  @Test(arguments: 0..<9)
  func positionContinuesTheSameSequence(skipped: Int) {
    var first = RandomStream(seed: 5, purpose: .script)
    for _ in 0..<skipped { _ = first.nextUInt32() }
    var second = RandomStream(seed: 5, purpose: .script)
    second.position = first.position
    #expect(words(first) == words(second))
  }

  /// Numbers written down once: a change of any of them breaks every stored experiment.
  @Test func numbersNeverChange() {
    var stream = RandomStream(seed: 42, purpose: .script, round: 1, client: 2)
    #expect((0..<4).map { _ in stream.nextUInt32() } == Self.firstWords)
    #expect(stream.uniform() == Self.firstUniform)
    #expect(stream.normal() == Self.firstNormal)
    #expect(stream.shuffled(8) == Self.firstOrder)
    #expect(stream.gamma(0.5) == Self.firstGamma)
  }

  private static let firstWords: [UInt32] = [0x9ce2_3460, 0xb858_2d53, 0xaa2d_7ab7, 0x9e99_fd02]
  private static let firstUniform = 0.2358004531789556
  private static let firstNormal = 0.5807405338918264
  private static let firstOrder = [0, 6, 4, 1, 2, 5, 3, 7]
  private static let firstGamma = 0.15405446802694964

  @Test func shuffledIsAPermutation() {
    var stream = RandomStream(seed: 3, purpose: .batches)
    for count in [0, 1, 2, 17, 1000] {
      #expect(stream.shuffled(count).sorted() == Array(0..<count))
    }
  }

  @Test func everyOrderOfThreeIsEquallyLikely() {
    var stream = RandomStream(seed: 3, purpose: .batches)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<60_000 { counts[stream.shuffled(3), default: 0] += 1 }
    #expect(counts.count == 6)
    // 5 degrees of freedom: 25.7 is passed once in 10,000 times.
    let chiSquare = counts.values.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
    #expect(chiSquare < 25.7)
  }

  @Test func samplesAreDistinctAndEveryMemberIsAsLikely() {
    var stream = RandomStream(seed: 3, purpose: .cohort)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let sample = stream.sample(3, of: 10)
      #expect(Set(sample).count == 3)
      for member in sample { counts[member] += 1 }
    }
    for count in counts { #expect(abs(count - 3000) < 4 * 46) }
  }
}
