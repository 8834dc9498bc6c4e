import Tensors
import Testing

@testable import Datasets

@Suite struct LeakEstimateTests {
  /// Classes are noise, so only copies can tell them: three copies of each of 60 vectors.
  private func copies(_ seed: UInt64, width: Int = 5) throws -> PooledSamples {
    var stream = RandomStream(seed: seed, purpose: "copies")
    let vectors = (0..<60).map { _ in (0..<width).map { _ in Float(stream.normal()) } }
    let labels = (0..<60).map { _ in stream.integer(below: 2) }
    let floats = (0..<180).flatMap { index -> [Float] in
      let offset = Float(index / 60) * 1e-3
      return vectors[index % 60].map { $0 + offset }
    }
    let set = try Dataset(
      name: "copies", samples: SampleStorage(floats: floats, sampleShape: [width]),
      labels: (0..<180).map { labels[$0 % 60] }, classNames: ["a", "b"])
    return PooledSamples([set], groups: (0..<180).map { $0 % 60 })
  }

  @Test func copiesFlatterARandomSplitAndNotOneByGroup() throws {
    let leak = try LeakEstimate(try copies(1), limit: 1000, seed: 1) { _ in }
    let (random, group) = (try #require(leak.random), try #require(leak.group))
    #expect(random.accuracy > 0.9 && group.accuracy < 0.72 && leak.given == nil && leak.count == 180)
    #expect(random.lower < random.accuracy && random.accuracy < random.upper && random.count == 180)
  }

  /// The obvious way: each with each, in float64.
  @Test(arguments: [1, 2])
  func neighboursAreTheNearestOnesOfTheOtherSides(threads: Int) throws {
    var stream = RandomStream(seed: 9, purpose: "neighbours")
    // More samples than a block has rows, more numbers than it has columns.
    let (count, width) = (1100, 2100)
    let floats = (0..<count * width).map { _ in Float(stream.normal()) }
    let set = try Dataset(
      name: "x", samples: SampleStorage(floats: floats, sampleShape: [width]),
      labels: [Int](repeating: 0, count: count), classNames: ["a"])
    let sides = [(0..<count).map { Int32($0 % 3) }, [Int32](repeating: 4, count: count)]
    let found = try Parallel.withThreads(threads) {
      try NearestNeighbors(samples: PooledSamples([set], groups: Array(0..<count))).search(sides) { _ in }
    }
    #expect(found[1].allSatisfy { $0 == nil })
    for index in stride(from: 0, to: count, by: 97) {
      let distances = (0..<count).filter { $0 % 3 != index % 3 }.map { other -> (distance: Double, index: Int) in
        let sum = (0..<width).reduce(0.0) {
          let difference = Double(floats[index * width + $1]) - Double(floats[other * width + $1])
          return $0 + difference * difference
        }
        return (sum, other)
      }
      #expect(found[0][index] == distances.min { $0.distance < $1.distance }?.index)
    }
  }

  @Test func theSeedDecidesAndTheLimitTakesWholeGroups() throws {
    let pool = try copies(2)
    let first = try LeakEstimate(pool, limit: 90, seed: 1) { _ in }
    #expect(try LeakEstimate(pool, limit: 90, seed: 1) { _ in } == first)
    #expect(try LeakEstimate(pool, limit: 90, seed: 2) { _ in } != first)
    #expect(first.count == 90 && first.count % 3 == 0)
  }

  @Test func givenSetsAreComparedWithTheFirst() throws {
    // The second set repeats the first, the labels of the third are others.
    func set(_ values: [Float], _ labels: [Int]) throws -> Dataset {
      try Dataset(
        name: "x", samples: SampleStorage(floats: values, sampleShape: [1]), labels: labels, classNames: ["a", "b"])
    }
    let pool = PooledSamples(
      [try set([0, 10], [0, 1]), try set([0.1, 10.1], [0, 1]), try set([0.2, 10.2], [1, 0])], groups: Array(0..<6))
    let given = try #require(try LeakEstimate(pool, limit: 100, seed: 1) { _ in }.given)
    #expect(given.accuracy == 0.5 && given.count == 4 && given.balancedAccuracy == 0.5)
  }
}
