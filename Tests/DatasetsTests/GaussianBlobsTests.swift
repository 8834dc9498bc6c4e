import Testing

@testable import Datasets

@Suite struct GaussianBlobsTests {
  private func blobs(_ change: (inout GaussianBlobs) -> Void = { _ in }) -> GaussianBlobs {
    var blobs = GaussianBlobs()
    change(&blobs)
    return blobs
  }

  @Test func sizesAreThoseAskedFor() throws {
    let (train, test) = try blobs {
      $0.sampleShape = [1, 4, 5]
      $0.classes = 4
      $0.trainCount = 41
      $0.testCount = 8
    }.make()
    #expect(train.sampleShape == [1, 4, 5] && train.classCounts == [11, 10, 10, 10] && test.count == 8)
  }

  @Test func equalSeedsGiveEqualSetsAndOthersDoNot() throws {
    let first = try blobs().make().train.wholeBatch().inputs.floats
    #expect(try blobs().make().train.wholeBatch().inputs.floats == first)
    #expect(try blobs { $0.seed = 2 }.make().train.wholeBatch().inputs.floats != first)
    #expect(try blobs().make().test.batch([0]).inputs.floats != Array(first.prefix(2)))
  }

  /// Class means lie `separation` from the origin, and the clouds have deviation 1.
  @Test func cloudsLieWhereTheyShould() throws {
    let set = try blobs {
      $0.sampleShape = [3]
      $0.trainCount = 30_000
      $0.separation = 7
    }.make().train
    let values = try set.wholeBatch().inputs.floats.map(Double.init)
    for label in 0..<3 {
      let members = (0..<set.count).filter { set.labels[$0] == label }
      let mean = (0..<3).map { axis in members.reduce(0) { $0 + values[3 * $1 + axis] } / Double(members.count) }
      #expect(abs(mean.reduce(0) { $0 + $1 * $1 }.squareRoot() - 7) < 0.06)
      for axis in 0..<3 {
        let variance = members.reduce(0) {
          $0 + (values[3 * $1 + axis] - mean[axis]) * (values[3 * $1 + axis] - mean[axis])
        }
        #expect(abs(variance / Double(members.count) - 1) < 0.06)
      }
    }
  }

  @Test func trainAndTestShareTheirCenters() throws {
    let (train, test) = try blobs {
      $0.sampleShape = [50]
      $0.separation = 20
    }.make()
    let examples = try train.batch([0, 1, 2]).inputs.floats
    let values = try test.wholeBatch().inputs.floats
    func squaredDistance(_ sample: Int, _ label: Int) -> Float {
      (0..<50).reduce(0) { sum, axis in
        let difference = values[50 * sample + axis] - examples[50 * label + axis]
        return sum + difference * difference
      }
    }
    let right = (0..<test.count).filter { sample in
      let distances = (0..<3).map { squaredDistance(sample, $0) }
      return distances.firstIndex(of: distances.min()!) == test.labels[sample]
    }
    #expect(right.count == test.count)
  }

  @Test func impossibleSizesAreRefused() {
    let wrong: [(inout GaussianBlobs) -> Void] = [
      { $0.classes = 0 }, { $0.sampleShape = [] }, { $0.sampleShape = [2, 3] }, { $0.sampleShape = [0] },
      { $0.sampleShape = [4096, 4096, 4096] }, { $0.separation = -1 }, { $0.separation = .nan }, { $0.trainCount = 0 },
      { $0.testCount = Int.max },
    ]
    for change in wrong { #expect(throws: DatasetError.self) { try blobs(change).make() } }
    #expect(throws: DatasetError.value(op: "blobs", what: "classes", got: "0", allowed: "1 to 1000 is allowed")) {
      try blobs { $0.classes = 0 }.make()
    }
  }
}
