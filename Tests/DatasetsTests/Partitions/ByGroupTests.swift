import Tensors
import Testing

@testable import Datasets

@Suite("Partitions by group") struct ByGroupTests {
  private func set(groups: [String]? = nil, sites: [String]? = nil, count: Int = 6) throws -> Dataset {
    try Dataset(
      name: "t", inputs: Tensor((0..<2 * count).map { Float($0) }, shape: [count, 2]),
      labels: Tensor(labels: (0..<count).map { $0 % 2 }), classNames: ["a", "b"], groups: groups, sites: sites)
  }

  @Test("Sets made of tensors know their groups and sites")
  func known() throws {
    let set = try set(groups: ["ann", "bob", "ann", "", "bob", ""], sites: ["x", "y", "x", "y", "x", "y"])
    #expect(set.groupNumbers == [0, 1, 0, 2, 1, 3] && set.origin(of: 4)?.site == "x")
    #expect(try Partition.byGroup(set).positions == [[0, 2], [1, 4], [3], [5]])
    #expect(try Partition.byGroup(set).rule == "by_group (ann, bob, 2, 3)")
    #expect(try Partition.byGroup(set, minimumSamples: 2).positions == [[0, 2], [1, 4]])
    #expect(try Partition.bySite(set).positions == [[0, 2, 4], [1, 3, 5]])
    let whole = try Partition.identical(.init(set, clients: 2, minimumSamples: 1))
    #expect(SampleGroups.spread(whole.clients.compactMap(\.groupNumbers)) == 0)
  }

  @Test("Ids given by hand take the place of what the set knows")
  func given() throws {
    let set = try set()
    let ids = ["p", "q", "q", "p", "r", "p"]
    #expect(try Partition.byGroup(set, ids: ids).positions == [[0, 3, 5], [1, 2], [4]])
    #expect(try Partition.bySite(set, sites: ["r", "p"], ids: ids).positions == [[4], [0, 3, 5]])
    #expect(try Partition.bySite(set, ids: ids, minimumSamples: 2).rule == "by_site (p, q)")
  }

  @Test("Ids that do not fit, and sets without groups, are refused")
  func refused() throws {
    let plain = try set()
    #expect(throws: DatasetError.self) { try Partition.byGroup(plain) }
    #expect(throws: DatasetError.self) { try Partition.byGroup(plain, ids: ["a"]) }
    #expect(throws: DatasetError.self) { try Partition.bySite(plain, ids: [String](repeating: "a", count: 7)) }
    let single = Array("abcdef").map(String.init)
    #expect(throws: DatasetError.self) { try Partition.byGroup(plain, ids: single, minimumSamples: 2) }
    #expect(throws: DatasetError.self) { try set(groups: ["a"]) }
    #expect(throws: DatasetError.self) { try set(sites: [String](repeating: "a", count: 7)) }
  }

  @Test(
    "Extreme concentrations deal out everything",
    arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-10, 1e300, 1.7e308])
  func extremes(concentration: Double) throws {
    let partition = try Partition.dirichlet(
      .init(try set(count: 200), clients: 4, minimumSamples: 1), concentration: concentration)
    #expect(partition.positions.flatMap { $0 }.sorted() == Array(0..<200))
    // Large ones come to equal shares.
    if concentration > 1 { #expect(partition.clients.allSatisfy { $0.count == 50 }) }
  }
}
