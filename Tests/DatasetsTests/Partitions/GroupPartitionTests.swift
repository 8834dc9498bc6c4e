import Tensors
import Testing

@testable import Datasets

@Suite struct GroupPartitionTests {
  @Test(arguments: Rule.all, [1, 2, 3] as [UInt64])
  func noGroupIsAtTwoClientsAndNobodyHasTooFew(rule: Rule, seed: UInt64) throws {
    let set = try GroupedSets.make(seed, groups: 160, largest: 8, classes: 4)
    let partition = try rule.split(.init(set, clients: 6, minimumSamples: 15, seed: seed))
    #expect(partition.positions.flatMap { $0 }.sorted() == Array(0..<set.count))
    #expect(SampleGroups.spread(partition.clients.map { $0.groupNumbers! }) == 0)
    #expect(partition.clients.allSatisfy { $0.count >= 15 })
    #expect(partition.groupCounts?.reduce(0, +) == set.groupCount)
    #expect(try rule.split(.init(set, clients: 6, minimumSamples: 15, seed: seed)).positions == partition.positions)
  }

  @Test(arguments: Rule.all)
  func bySampleGroupsAreNotLookedAt(rule: Rule) throws {
    let set = try GroupedSets.make(4, groups: 100, largest: 8, classes: 4)
    let partition = try rule.split(.init(set, clients: 5, by: .sample))
    #expect(SampleGroups.spread(partition.clients.map { $0.groupNumbers! }) > 0 && partition.groupCounts == nil)
  }

  @Test func identicalClientsHaveEqualShares() throws {
    let set = try GroupedSets.make(5, groups: 400, largest: 6, classes: 3)
    let partition = try Partition.identical(.init(set, clients: 5))
    for counts in partition.classCounts {
      for label in 0..<3 { #expect(abs(counts[label] * 5 - set.classCounts[label]) < 60) }
    }
  }

  @Test func groupsThatAreTooLargeAreRefused() throws {
    let set = try GroupedSets.make(6, groups: 5, largest: 9, classes: 2)
    #expect(throws: DatasetError.self) { try Partition.identical(.init(set, clients: 6, minimumSamples: 1)) }
    let fewest = set.count / 5
    // Five groups of different sizes cannot give five clients the mean size each.
    #expect(throws: DatasetError.self) { try Partition.identical(.init(set, clients: 5, minimumSamples: fewest)) }
    #expect(throws: DatasetError.self) {
      try Partition.identical(.init(try PartitionTests.labels(50, classes: 2), clients: 2, by: .group))
    }
  }

  @Test func theHistogramCountsGroups() throws {
    let set = try Dataset(
      name: "x", samples: SampleStorage(bytes: [0, 0, 0, 0], sampleShape: [1]), labels: [0, 0, 0, 0],
      classNames: ["a"], origins: ["p", "p", "q", ""].map { SampleOrigin(name: "", hash: "", group: $0) })
    let partition = try Partition.quantitySkew(.init(set, clients: 1, minimumSamples: 1), deviation: 0)
    #expect(
      partition.description == """
        quantity_skew (deviation 0.0): 4 samples in 3 groups, 1 clients, 4 to 4 samples each
        client  samples  groups                        classes 0 to 0
             1        4       3  ████████████████████  █
        """)
  }
}
