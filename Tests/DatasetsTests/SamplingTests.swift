import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct SamplingTests {
  /// 40 samples of class 0, 20 of class 1 and none of class 2; each holds its position.
  private func set() throws -> Dataset {
    try Dataset(
      name: "set", samples: SampleStorage(floats: (0..<60).map { Float($0) }, sampleShape: [1]),
      labels: (0..<60).map { $0 % 3 == 0 ? 1 : 0 }, classNames: ["a", "b", "c"])
  }

  private func sample(_ mix: [Double]?, _ count: Int, replacing: Bool = false, seed: UInt64 = 1) throws -> Dataset {
    var stream = RandomStream(seed: seed, purpose: "sample")
    return try set().sampled(mix: mix, count: count, replacing: replacing, stream: &stream)
  }

  @Test func classesHaveTheSharesThatWereAskedFor() throws {
    #expect(try sample([1, 1, 0], 10).classCounts == [5, 5, 0])
    #expect(try sample([0.7, 0.3, 0], 10).classCounts == [7, 3, 0])
    #expect(try sample([2, 1, 0], 10).classCounts == [7, 3, 0])
    #expect(try sample(nil, 30).classCounts == [20, 10, 0])
    #expect(try sample([0, 5, 0], 20).classCounts == [0, 20, 0])
  }

  /// Largest remainders, by hand: shares of 7 are 2.33, 2.33 and 2.33, and the first class gets what is left.
  @Test func remaindersGoToTheLargestThenTheFirst() {
    #expect(Dataset.apportioned(7, [1.0 / 3, 1.0 / 3, 1.0 / 3]) == [3, 2, 2])
    #expect(Dataset.apportioned(10, [0.05, 0.26, 0.69]) == [0, 3, 7])
    #expect(Dataset.apportioned(1, [0.2, 0.3, 0.5]) == [0, 0, 1])
    #expect(Dataset.apportioned(3, [0, 1, 0]) == [0, 3, 0])
  }

  @Test func noSampleRepeatsUnlessItMay() throws {
    let whole = try sample([2, 1, 0], 60)
    #expect(try whole.ids().sorted() == Array(0..<60) && whole.ids() != Array(0..<60))
    #expect(throws: DatasetError.self) { try sample([1, 1, 0], 60) }
    let repeated = try sample([1, 1, 0], 60, replacing: true)
    #expect(try repeated.classCounts == [30, 30, 0] && Set(repeated.ids()).count < 60)
    #expect(try sample([1, 1, 0], 8).ids() == sample([1, 1, 0], 8).ids())
    #expect(try sample([1, 1, 0], 8).ids() != sample([1, 1, 0], 8, seed: 2).ids())
  }

  /// 2,000 draws of one of 20 samples: each comes 100 times, give or take five deviations of about 10.
  @Test func samplesOfAClassAreEquallyLikely() throws {
    let ids = try sample([0, 1, 0], 2000, replacing: true).ids()
    let counts = Dictionary(grouping: ids) { $0 }.mapValues(\.count)
    #expect(counts.count == 20 && counts.values.allSatisfy { (50...150).contains($0) })
  }

  @Test func mixesThatMakeNoSetAreRefused() throws {
    for mix in [[], [1], [1, 1], [0, 0, 0], [1, -1, 0], [.nan, 1, 0], [.infinity, 1, 0], [0, 0, 1]] as [[Double]] {
      #expect(throws: DatasetError.self, "\(mix)") { try sample(mix, 6, replacing: true) }
    }
    for count in [0, -1, Int.min, Int.max, 1 << 62] {
      #expect(throws: DatasetError.self, "\(count)") { try sample([1, 1, 0], count, replacing: true) }
    }
  }
}
