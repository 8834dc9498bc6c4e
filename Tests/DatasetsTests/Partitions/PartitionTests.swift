import Tensors
import Testing

@testable import Datasets

/// One rule with numbers that make it work hard.
struct Rule: Sendable, CustomTestStringConvertible {
  let name: String
  let split: @Sendable (Partition.Request) throws -> Partition
  var testDescription: String { name }

  static let all: [Rule] = [
    Rule(name: "identical") { try .identical($0) },
    Rule(name: "dirichlet 0.1") { try .dirichlet($0, concentration: 0.1) },
    Rule(name: "dirichlet 1e-5") { try .dirichlet($0, concentration: 1e-5) },
    Rule(name: "dirichlet 1e6") { try .dirichlet($0, concentration: 1e6) },
    Rule(name: "label_skew 0") { try .labelSkew($0, share: 0) },
    Rule(name: "label_skew 1") { try .labelSkew($0, share: 1) },
    Rule(name: "shards 2") { try .shards($0, shardsPerClient: 2) },
    Rule(name: "quantity_skew 3") { try .quantitySkew($0, deviation: 3) },
  ]
}

@Suite struct PartitionTests {
  static func labels(_ count: Int, classes: Int) throws -> Dataset {
    try Dataset(
      name: "labels", samples: SampleStorage(bytes: [UInt8](repeating: 0, count: count), sampleShape: [1]),
      labels: (0..<count).map { $0 * $0 % classes }, classNames: (0..<classes).map(String.init))
  }

  @Test(arguments: Rule.all, [(1000, 7, 10), (997, 5, 13), (40, 10, 4), (30, 3, 1)])
  func everySampleHasOneOwnerAndNobodyTooFew(rule: Rule, sizes: (samples: Int, classes: Int, clients: Int)) throws {
    let set = try Self.labels(sizes.samples, classes: sizes.classes)
    let partition = try rule.split(.init(set, clients: sizes.clients, minimumSamples: 9))
    #expect(partition.positions.count == sizes.clients)
    #expect(partition.positions.flatMap { $0 }.sorted() == Array(0..<sizes.samples))
    #expect(partition.positions.allSatisfy { $0.count >= 9 && $0 == $0.sorted() })
    for (positions, client) in zip(partition.positions, partition.clients) {
      #expect(client.labels == positions.map { set.labels[$0] })
    }
  }

  @Test(arguments: Rule.all)
  func theSeedDecides(rule: Rule) throws {
    let set = try Self.labels(500, classes: 5)
    func positions(_ seed: UInt64) throws -> [[Int]] {
      try rule.split(.init(set, clients: 6, minimumSamples: 1, seed: seed)).positions
    }
    #expect(try positions(1) == positions(1))
    #expect(try positions(1) != positions(2))
  }

  @Test(arguments: Rule.all)
  func impossibleRequestsAreRefused(rule: Rule) throws {
    let set = try Self.labels(100, classes: 5)
    for request in [
      Partition.Request(set, clients: 0), .init(set, clients: -1), .init(set, clients: 2, minimumSamples: 0),
      .init(set, clients: 11), .init(set, clients: 10, minimumSamples: 11), .init(set, clients: .max),
      .init(set, clients: 1, minimumSamples: .max),
    ] { #expect(throws: DatasetError.self) { try rule.split(request) } }
  }

  @Test func tooFewSamplesAreCounted() throws {
    #expect {
      try Partition.identical(.init(try Self.labels(99, classes: 5), clients: 10))
    } throws: { error in
      "\(error)" == "identical: 99 samples are too few for 10 clients with at least 10 each; "
        + "use fewer clients or a smaller minimum_samples"
    }
  }

  @Test func identicalSharesDifferByOneAtMost() throws {
    let sizes = try Partition.identical(.init(try Self.labels(103, classes: 5), clients: 10)).clients.map(\.count)
    #expect(sizes.sorted() == [10, 10, 10, 10, 10, 10, 10, 11, 11, 11])
  }

  @Test func theHistogramShowsSizesAndClasses() throws {
    let set = try Dataset(
      name: "x", samples: SampleStorage(bytes: [UInt8](repeating: 0, count: 12), sampleShape: [1]),
      labels: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2], classNames: ["a", "b", "c"])
    var stream = RandomStream(seed: 1, purpose: "x")
    let partition = try Partition(
      .init(set, clients: 2, minimumSamples: 1), rule: "by hand", units: try SampleUnits(set, by: nil, op: "x"),
      dealt: [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11]], stream: &stream)
    #expect(
      partition.description == """
        by hand: 12 samples, 2 clients, 4 to 8 samples each
        client  samples                        classes 0 to 2
             1        8  ████████████████████  █··
             2        4  ██████████            ·██
        """)
  }
}
