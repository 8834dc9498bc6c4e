import Attacks
import Tensors
import Testing

@Suite struct LabelFlipTests {
  private let labels = (0..<100).map { $0 % 10 }
  private let stream = RandomStream(seed: 1, purpose: .attack, round: 1, client: 2)

  @Test func `mirrored labels are k - 1 minus the label`() throws {
    let flipped = try LabelFlip().replace(labels, classes: 10, round: 1, stream: stream)
    #expect(flipped == labels.map { 9 - $0 })
  }

  @Test func `a share of the samples is flipped, the same for the same stream`() throws {
    let attack = LabelFlip(share: 0.3)
    let flipped = try #require(try attack.replace(labels, classes: 10, round: 1, stream: stream))
    #expect(zip(labels, flipped).filter { $0 != $1 }.count == 30)
    #expect(try attack.replace(labels, classes: 10, round: 1, stream: stream) == flipped)
    let other = RandomStream(seed: 1, purpose: .attack, round: 2, client: 2)
    #expect(try attack.replace(labels, classes: 10, round: 2, stream: other) != flipped)
  }

  @Test func `random labels are always wrong and always exist`() throws {
    let flipped = try #require(try LabelFlip(target: .random).replace(labels, classes: 10, round: 1, stream: stream))
    #expect(zip(labels, flipped).allSatisfy { $0 != $1 && (0..<10).contains($1) })
    #expect(Set(flipped).count == 10)
  }

  @Test func `a swap touches one class`() throws {
    let flipped = try #require(
      try LabelFlip(target: .swap(source: 3, target: 7)).replace(labels, classes: 10, round: 1, stream: stream))
    #expect(flipped == labels.map { $0 == 3 ? 7 : $0 })
  }

  @Test func `a share of one class is renamed, or of all classes but the target`() throws {
    let swap = LabelFlip(share: 0.5, target: .swap(source: 3, target: 7))
    let flipped = try #require(try swap.replace(labels, classes: 10, round: 1, stream: stream))
    let changed = labels.indices.filter { flipped[$0] != labels[$0] }
    #expect(changed.count == 5 && changed.allSatisfy { labels[$0] == 3 && flipped[$0] == 7 })
    let all = try LabelFlip(share: 0.5, target: .swap(source: nil, target: 7))
      .replace(labels, classes: 10, round: 1, stream: stream)
    #expect(all?.filter { $0 == 7 }.count == 10 + 45)
    #expect(throws: AttackError.self) {
      try LabelFlip(target: .swap(source: nil, target: 10)).replace(labels, classes: 10, round: 1, stream: stream)
    }
  }

  @Test func `it rests where its schedule has no value and refuses shares beyond 1`() throws {
    let resting = LabelFlip(share: Schedule { _ in nil })
    #expect(try resting.replace(labels, classes: 10, round: 1, stream: stream) == nil)
    #expect(throws: AttackError.self) { try LabelFlip(share: 2).replace(labels, classes: 10, round: 1, stream: stream) }
  }
}
