import Tensors
import Testing

@testable import Datasets

/// What each rule promises of its distributions.
@Suite struct SkewTests {
  private func balanced(_ perClass: Int, classes: Int) throws -> Dataset {
    try Dataset(
      name: "balanced",
      samples: SampleStorage(bytes: [UInt8](repeating: 0, count: perClass * classes), sampleShape: [1]),
      labels: (0..<perClass * classes).map { $0 % classes }, classNames: (0..<classes).map(String.init))
  }

  /// Mean over clients of the share that the client's most frequent class has in it.
  private func dominance(_ partition: Partition) -> Double {
    let shares = partition.clients.map { Double($0.classCounts.max()!) / Double($0.count) }
    return shares.reduce(0, +) / Double(shares.count)
  }

  @Test func smallConcentrationsSkewMoreThanLargeOnes() throws {
    let set = try balanced(1000, classes: 10)
    let values = try [0.05, 0.5, 5, 1e6].map {
      dominance(try .dirichlet(.init(set, clients: 20, minimumSamples: 1), concentration: $0))
    }
    #expect(values == values.sorted(by: >))
    #expect(values[0] > 0.6 && values[3] < 0.11)
  }

  /// A share of a symmetric Dirichlet draw over n clients has variance (1/n)(1 - 1/n) / (n c + 1).
  @Test func dirichletSharesHaveTheRightVariance() throws {
    let set = try balanced(2000, classes: 200)
    let partition = try Partition.dirichlet(.init(set, clients: 5, minimumSamples: 1), concentration: 0.5)
    let shares = partition.classCounts.flatMap { $0.map { Double($0) / 2000 } }
    let variance = shares.reduce(0) { $0 + ($1 - 0.2) * ($1 - 0.2) } / Double(shares.count)
    #expect(abs(variance / (0.16 / 3.5) - 1) < 0.15)
  }

  @Test func theConcentrationMustBePositive() throws {
    let request = Partition.Request(try balanced(50, classes: 2), clients: 2)
    for concentration in [0, -1, .nan, .infinity] {
      #expect(throws: DatasetError.self) { try Partition.dirichlet(request, concentration: concentration) }
    }
  }

  @Test(arguments: [0.1, 0.7, 0.9, 1])
  func labelSkewGivesEachClientItsClassInTheStatedShare(share: Double) throws {
    let set = try balanced(2000, classes: 10)
    let partition = try Partition.labelSkew(.init(set, clients: 10, minimumSamples: 1), share: share)
    for (client, counts) in partition.classCounts.enumerated() {
      // 2,000 draws: four standard errors.
      #expect(abs(Double(counts[client]) - 2000 * share) <= 4 * (2000 * share * (1 - share)).squareRoot())
    }
  }

  @Test func withMoreClientsThanClassesSeveralShareAClass() throws {
    let set = try balanced(1000, classes: 4)
    let partition = try Partition.labelSkew(.init(set, clients: 10, minimumSamples: 1), share: 1)
    for (client, counts) in partition.classCounts.enumerated() {
      #expect(counts[client % 4] == partition.clients[client].count)
    }
  }

  @Test func withFewerClientsThanClassesNoClassIsWithoutAnOwner() throws {
    let set = try balanced(100, classes: 10)
    let partition = try Partition.labelSkew(.init(set, clients: 3, minimumSamples: 1), share: 1)
    #expect(partition.classCounts[0].enumerated().allSatisfy { ($1 > 0) == ($0 % 3 == 0) })
    #expect(throws: DatasetError.self) { try Partition.labelSkew(.init(set, clients: 3), share: 1.01) }
    #expect(throws: DatasetError.self) { try Partition.labelSkew(.init(set, clients: 3), share: .nan) }
  }

  @Test func shardsGiveEachClientFewClasses() throws {
    let set = try balanced(600, classes: 10)
    let partition = try Partition.shards(.init(set, clients: 10), shardsPerClient: 2)
    #expect(partition.clients.allSatisfy { $0.count == 600 })
    #expect(partition.classCounts.allSatisfy { $0.filter { $0 > 0 }.count <= 2 })
    for wrong in [0, -1, 601] {
      #expect(throws: DatasetError.self) { try Partition.shards(.init(set, clients: 10), shardsPerClient: wrong) }
    }
  }

  @Test func quantitySkewChangesAmountsButNotDistributions() throws {
    let set = try balanced(10_000, classes: 4)
    let even = try Partition.quantitySkew(.init(set, clients: 8), deviation: 0)
    #expect(even.clients.allSatisfy { $0.count == 5000 })
    let skewed = try Partition.quantitySkew(.init(set, clients: 8), deviation: 1.5)
    let sizes = skewed.clients.map(\.count)
    #expect(sizes.max()! > 4 * sizes.min()!)
    for client in skewed.clients where client.count > 1000 {
      let count = Double(client.count)
      #expect(client.classCounts.allSatisfy { abs(Double($0) / count - 0.25) < 4 * (0.1875 / count).squareRoot() })
    }
    for wrong in [-0.1, .nan, 11] {
      #expect(throws: DatasetError.self) { try Partition.quantitySkew(.init(set, clients: 8), deviation: wrong) }
    }
  }
}
