import Tensors
import Testing

@testable import Datasets

/// Labelled samples in groups of random sizes.
enum GroupedSets {
  static func make(_ seed: UInt64, groups: Int, largest: Int, classes: Int) throws -> Dataset {
    var stream = RandomStream(seed: seed, purpose: "groups")
    var (labels, origins) = ([Int](), [SampleOrigin]())
    for group in 0..<groups {
      let label = stream.integer(below: classes)
      for _ in 0...stream.integer(below: largest) {
        // Some groups are of two classes.
        labels.append(stream.integer(below: 12) == 0 ? stream.integer(below: classes) : label)
        origins.append(SampleOrigin(name: "x", hash: "", group: "group \(group)"))
      }
    }
    // Members of a group do not lie side by side.
    let order = stream.shuffled(labels.count)
    return try Dataset(
      name: "grouped", samples: SampleStorage(bytes: [UInt8](repeating: 0, count: labels.count), sampleShape: [1]),
      labels: order.map { labels[$0] }, classNames: (0..<classes).map(String.init), origins: order.map { origins[$0] })
  }
}

@Suite struct SplitTests {
  @Test(arguments: 1...12)
  func noGroupIsOnTwoSidesAndClassesKeepTheirShares(seed: Int) throws {
    let set = try GroupedSets.make(UInt64(seed), groups: 150, largest: 9, classes: 3)
    var stream = RandomStream(seed: UInt64(seed), purpose: "split")
    let (train, test) = try set.split(testShare: 0.2, stream: &stream)
    #expect(train.count + test.count == set.count && train.split == .group && test.split == .group)
    #expect(SampleGroups.spread([train.groupNumbers!, test.groupNumbers!]) == 0)
    for label in 0..<3 {
      let share = Double(test.classCounts[label]) / Double(set.classCounts[label])
      #expect(abs(share - 0.2) < 0.08, "class \(label): \(share)")
    }
  }

  @Test func sizesAreKeptAsNearlyAsGroupsAllow() throws {
    let set = try GroupedSets.make(3, groups: 200, largest: 5, classes: 4)
    var stream = RandomStream(seed: 1, purpose: "split")
    let parts = try set.split(sizes: [200, 100], stream: &stream)
    #expect(abs(parts[0].count - 200) <= 8 && abs(parts[1].count - 100) <= 8)
    #expect(SampleGroups.spread(parts.map { $0.groupNumbers! }) == 0)
    var again = RandomStream(seed: 1, purpose: "split")
    #expect(try set.split(sizes: [200, 100], stream: &again).map(\.labels) == parts.map(\.labels))
  }

  @Test func bySampleTheSizesAreExact() throws {
    let set = try GroupedSets.make(3, groups: 50, largest: 5, classes: 2)
    var stream = RandomStream(seed: 1, purpose: "split")
    let parts = try set.split(sizes: [40, 30], by: .sample, stream: &stream)
    #expect(parts.map(\.count) == [40, 30] && parts[0].split == .sample)
    #expect(SampleGroups.spread(parts.map { $0.groupNumbers! }) > 0)
  }

  @Test func aShareWithoutGroupsIsExactInEachClass() throws {
    let set = try PartitionTests.labels(1000, classes: 5)
    var stream = RandomStream(seed: 1, purpose: "split")
    let (train, test) = try set.split(testShare: 0.3, stream: &stream)
    for label in 0..<5 { #expect(abs(Double(test.classCounts[label]) - 0.3 * Double(set.classCounts[label])) <= 1) }
    #expect(train.count + test.count == 1000 && test.split == .sample)
  }

  @Test func impossibleSplitsAreRefused() throws {
    var stream = RandomStream(seed: 1, purpose: "split")
    let plain = try PartitionTests.labels(20, classes: 2)
    for share in [0, 1, -0.5, .nan] {
      #expect(throws: DatasetError.self) { try plain.split(testShare: share, stream: &stream) }
    }
    #expect(throws: DatasetError.self) { try plain.split(testShare: 0.2, by: .group, stream: &stream) }
    let one = try GroupedSets.make(1, groups: 1, largest: 9, classes: 1)
    #expect(throws: DatasetError.self) { try one.split(testShare: 0.2, stream: &stream) }
    #expect(throws: DatasetError.self) { try plain.split(sizes: [11, 10], stream: &stream) }
  }

  @Test func viewsKeepTheGroupsOfTheirSamples() throws {
    let set = try GroupedSets.make(1, groups: 20, largest: 4, classes: 2)
    let numbers = try #require(set.groupNumbers)
    let view = try set.subset([5, 2, 9])
    #expect(view.groupNumbers == [numbers[5], numbers[2], numbers[9]])
    #expect(try view.standardizedPerSample().groupNumbers == view.groupNumbers)
    #expect(try view.relabeled([0, 0, 0]).groupNumbers == view.groupNumbers && view.groupCount <= 3)
  }
}
