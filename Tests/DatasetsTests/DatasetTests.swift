import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct DatasetTests {
  /// Six vectors of two numbers, `[i, 10 i]`, in three classes.
  private func vectors() throws -> Dataset {
    try Dataset(
      name: "vectors",
      samples: SampleStorage(floats: (0..<6).flatMap { [Float($0), Float(10 * $0)] }, sampleShape: [2]),
      labels: [0, 1, 2, 0, 1, 2], classNames: ["a", "b", "c"])
  }

  /// Two color images of 1 x 2, channels-last.
  private func images() throws -> Dataset {
    try Dataset(
      name: "images",
      samples: SampleStorage(bytes: [0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 255, 51], sampleShape: [3, 1, 2]),
      labels: [1, 0], classNames: ["x", "y"])
  }

  @Test func batchesKeepTheOrderAskedFor() throws {
    let batch = try vectors().batch([5, 0, 5])
    #expect(batch.inputs.shape == [3, 2] && batch.inputs.floats == [5, 50, 0, 0, 5, 50])
    #expect(batch.labels.elementType == .int64 && batch.labels.integers == [2, 0, 2])
  }

  @Test func imagesBecomePixelsFromZeroToOneInChannelsLastMemory() throws {
    let batch = try images().wholeBatch()
    #expect(batch.inputs.shape == [2, 3, 1, 2] && batch.inputs.isChannelsLast)
    let expected: [Float] = [0, 0.6, 0.2, 0.8, 0.4, 1, 1, 0, 0, 1, 0, 0.2]
    #expect(zip(batch.inputs.floats, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func viewsOfViewsReachTheRightSamples() throws {
    let odd = try vectors().subset([1, 3, 5])
    let last = try odd.subset([2, 0])
    #expect(last.labels == [2, 1])
    #expect(try last.wholeBatch().inputs.floats == [5, 50, 1, 10])
    #expect(last.classCounts == [0, 1, 1])
    #expect(try vectors().take(2).labels == [0, 1] && vectors().take(100).count == 6)
  }

  @Test func splitPartsAreDisjointAndFromTheSeed() throws {
    let set = try vectors()
    var stream = RandomStream(seed: 1, purpose: "split")
    let parts = try set.split(sizes: [2, 3, 1], stream: &stream)
    #expect(parts.map(\.count) == [2, 3, 1])
    #expect(parts.flatMap(\.rows).sorted() == Array(0..<6))
    var again = RandomStream(seed: 1, purpose: "split")
    #expect(try set.split(sizes: [2, 3, 1], stream: &again).map(\.rows) == parts.map(\.rows))
  }

  @Test func relabelingChangesOnlyTheLabels() throws {
    let flipped = try vectors().relabeled([2, 1, 0, 2, 1, 0])
    #expect(flipped.labels == [2, 1, 0, 2, 1, 0])
    #expect(try flipped.wholeBatch().inputs.floats == vectors().wholeBatch().inputs.floats)
  }

  @Test func normalizationGivesMeanZeroAndDeviationOne() throws {
    let set = try images()
    let (mean, deviation) = try set.channelStatistics()
    #expect(abs(mean[0] - (0 + 0.6 + 1 + 0) / 4) < 1e-7)
    let (after, spread) = try set.normalized(mean: mean, deviation: deviation).channelStatistics()
    #expect(after.allSatisfy { abs($0) < 1e-6 } && spread.allSatisfy { abs($0 - 1) < 1e-6 })
    // Normalizing twice composes.
    let twice = try set.normalized(mean: [0, 0, 0], deviation: [2, 2, 2]).normalized(
      mean: [0.5, 0, 0], deviation: [1, 1, 4])
    let expected: [Float] = [-0.5, -0.2, 0.1, 0.4, 0.05, 0.125]
    #expect(zip(try twice.batch([0]).inputs.floats, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func onePassVisitsEverySampleOnce() throws {
    let set = try vectors()
    let stream = RandomStream(seed: 3, purpose: .batches, round: 2, client: 1)
    let batches = Array(set.batchPositions(size: 4, stream: stream))
    #expect(batches.map(\.count) == [4, 2] && batches.flatMap { $0 }.sorted() == Array(0..<6))
    #expect(Array(set.batchPositions(size: 4, stream: stream)) == batches)
    let other = RandomStream(seed: 3, purpose: .batches, round: 3, client: 1)
    #expect(Array(set.batchPositions(size: 4, stream: other)) != batches)
  }

  @Test func batchesWithoutAStreamKeepTheSetsOrder() throws {
    let set = try vectors()
    #expect(Array(set.batchPositions(size: 4)) == [[0, 1, 2, 3], [4, 5]])
    #expect(Array(set.batchPositions(size: 4, dropsLast: true)) == [[0, 1, 2, 3]])
    #expect(Array(set.batchPositions(size: 100, dropsLast: true)) == [[0, 1, 2, 3, 4, 5]])
    #expect(set.batchPositions(size: 4).batchCount == 2 && set.batchPositions(size: 6).batchCount == 1)
    #expect(Array(try set.subset([]).batchPositions(size: 4)).isEmpty)
  }

  @Test func tensorsBecomeADataSetAndComeBack() throws {
    let images = try Tensor((0..<12).map(Float.init), shape: [2, 3, 1, 2]).channelsLast()
    let set = try Dataset(name: "own", inputs: images, labels: Tensor(labels: [1, 0]), classNames: ["a", "b"])
    #expect(set.sampleShape == [3, 1, 2])
    #expect(try set.batch([1, 0]).inputs.floats == [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5])
    let bytes = Tensor(bytes: [0, 255, 51, 102], shape: [2, 2])
    let pixels = try Dataset(name: "own", inputs: bytes, labels: Tensor([1, 0] as [Float]), classNames: ["a", "b"])
    #expect(try pixels.wholeBatch().inputs.floats == [0, 1, 0.2, 0.4])
    #expect(pixels.labels == [1, 0])
  }

  @Test func tensorsThatMakeNoDataSetAreRefused() throws {
    func make(_ inputs: Tensor, _ labels: Tensor) throws -> Dataset {
      try Dataset(name: "own", inputs: inputs, labels: labels, classNames: ["a", "b"])
    }
    let right = try Tensor.zeros([2, 3])
    for shape in [[2], [2, 3, 4], [2, 0], [2, 1, 1, 1, 1]] {
      #expect(throws: DatasetError.self) { try make(try .zeros(shape), Tensor(labels: [0, 1])) }
    }
    #expect(throws: DatasetError.label(op: "from_tensors", got: 2, position: 1, classes: 2)) {
      try make(right, Tensor(labels: [0, 2]))
    }
    #expect(throws: DatasetError.self) { try make(right, Tensor(labels: [0, 1, 0])) }
    #expect(throws: DatasetError.self) { try make(right, Tensor(labels: [0, 1], shape: [2, 1])) }
    #expect(throws: DatasetError.self) { try make(right, Tensor([0.5, 1] as [Float])) }
    #expect(throws: DatasetError.self) { try make(right, Tensor([.nan, 1] as [Float])) }
    #expect(throws: DatasetError.self) { try make(right.to(.int64), Tensor(labels: [0, 1])) }
  }

  @Test func mistakesAreNamed() throws {
    let set = try vectors()
    #expect(throws: DatasetError.value(op: "subset", what: "position", got: "7", allowed: "1 to 6 is allowed")) {
      try set.subset([0, 6])
    }
    #expect(throws: DatasetError.value(op: "batch", what: "position", got: "0", allowed: "1 to 6 is allowed")) {
      try set.batch([-1])
    }
    #expect(throws: DatasetError.value(op: "take", what: "count", got: "0", allowed: "1 or more is allowed")) {
      try set.take(0)
    }
    #expect(throws: DatasetError.label(op: "relabel", got: 3, position: 1, classes: 3)) {
      try set.relabeled([0, 3, 0, 0, 0, 0])
    }
    #expect(throws: DatasetError.self) { try set.relabeled([0]) }
    #expect(throws: DatasetError.self) { try set.normalized(mean: [0, 0], deviation: [1, 1]) }
    #expect(throws: DatasetError.self) { try set.normalized(mean: [0], deviation: [0]) }
    #expect(throws: DatasetError.self) { try set.normalized(mean: [.nan], deviation: [1]) }
    var stream = RandomStream(seed: 1, purpose: "split")
    for sizes in [[7], [3, 4], [-1], [Int.max, Int.max]] {
      #expect(throws: DatasetError.self) { try set.split(sizes: sizes, stream: &stream) }
    }
    #expect(throws: DatasetError.self) {
      try Dataset(name: "x", samples: set.samples, labels: [0], classNames: ["a"])
    }
    #expect(
      DatasetError.label(op: "relabel", got: 3, position: 1, classes: 3).description
        == "relabel: label 3 of sample 2 is outside the classes; 0 to 2 is allowed")
  }
}
