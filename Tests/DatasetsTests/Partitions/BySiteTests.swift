import Testing

@testable import Datasets

@Suite("Partitions by site") struct BySiteTests {
  private func set(_ sites: [String]) throws -> Dataset {
    try Dataset(
      name: "sites", samples: SampleStorage(bytes: [UInt8](repeating: 0, count: sites.count), sampleShape: [1]),
      labels: sites.indices.map { $0 % 2 }, classNames: ["a", "b"],
      origins: sites.enumerated().map { SampleOrigin(name: "\($0.offset)", hash: "", site: $0.element) })
  }

  @Test("Each client holds one site, in the order in which sites appear")
  func clients() throws {
    let partition = try Partition.bySite(set(["b", "a", "b", "c", "a", "b"]))
    #expect(partition.positions == [[0, 2, 5], [1, 4], [3]])
    #expect(partition.rule == "by_site (b, a, c)" && partition.clients.map(\.count) == [3, 2, 1])
    #expect(try Partition.bySite(partition.dataset.subset([3, 1])).positions == [[0], [1]])
  }

  @Test("Sites may be chosen and put in order; the others are left out")
  func chosen() throws {
    let partition = try Partition.bySite(set(["b", "a", "b", "c"]), sites: ["c", "b"])
    #expect(partition.positions == [[3], [0, 2]])
  }

  @Test("Unknown and repeated sites, and samples without one, are refused")
  func refused() throws {
    let known = try set(["a", "b"])
    for sites in [["a", "x"], ["a", "a"], []] {
      #expect(throws: DatasetError.self) { try Partition.bySite(known, sites: sites) }
    }
    #expect(throws: DatasetError.self) { try Partition.bySite(set(["a", ""])) }
    #expect(throws: DatasetError.self) { try Partition.bySite(GaussianBlobs().make().train) }
  }
}
