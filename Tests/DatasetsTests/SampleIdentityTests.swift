import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct SampleIdentityTests {
  private func blobs(seed: UInt64 = 1) throws -> Dataset {
    var blobs = GaussianBlobs()
    (blobs.trainCount, blobs.seed) = (30, seed)
    return try blobs.make().train
  }

  @Test func viewsOfOneSetShareTheirSamples() throws {
    let set = try blobs()
    let first = try set.subset([0, 1, 2, 2])
    let second = try set.subset([2, 3]).relabeled([0, 0]).normalized(mean: [1], deviation: [2])
    #expect(first.overlap(with: second) == 2 && second.overlap(with: first) == 1)
    #expect(try second.ids() == [2, 3] && second.ids([1]) == [3])
    #expect(set.overlap(with: set) == 30)
    #expect(throws: DatasetError.self) { try second.ids([2]) }
  }

  @Test func splitsAndClientsShareNone() throws {
    var stream = RandomStream(seed: 4, purpose: "split")
    let parts = try blobs().split(sizes: [10, 15, 5], stream: &stream)
    #expect(parts[0].overlap(with: parts[1]) == 0 && parts[1].overlap(with: parts[2]) == 0)
    #expect(try Set(parts.flatMap { try $0.ids() }) == Set(0..<30))
    let clients = try Partition.identical(.init(parts[1], clients: 3, minimumSamples: 1)).clients
    #expect(clients[0].overlap(with: clients[1]) == 0 && clients[2].overlap(with: parts[1]) == clients[2].count)
  }

  @Test func standardizedSetsKeepTheirSamples() throws {
    let set = try blobs()
    let copy = try set.subset([5, 6, 7]).standardizedPerSample().subset([2, 0])
    #expect(try copy.ids() == [7, 5])
    #expect(try copy.overlap(with: set.subset([7])) == 1)
    #expect(try copy.standardizedPerSample().ids() == [7, 5])
  }

  /// Equal numbers are no equal samples: only files can be read twice.
  @Test func setsThatWereMadeTwiceShareNone() throws {
    #expect(try blobs().overlap(with: blobs()) == 0)
    let inputs = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let make = { try Dataset(name: "t", inputs: inputs, labels: Tensor(labels: [0, 1]), classNames: ["a", "b"]) }
    #expect(try make().overlap(with: make()) == 0)
  }

  @Test func setsThatWereReadTwiceShareAll() throws {
    let folder = try TemporaryFolder()
    for part in ["train", "t10k"] {
      try folder.write("\(part)-images-idx3-ubyte", FileBytes.idx(8, [3, 1, 1], [1, 2, part == "train" ? 3 : 4]))
      try folder.write("\(part)-labels-idx1-ubyte", FileBytes.idx(8, [3], [0, 1, 2]))
    }
    let (train, test) = try MNISTFamily.mnist.load(folder: folder.path)
    let again = try MNISTFamily.mnist.load(folder: folder.path, trainLimit: 2)
    #expect(again.train.overlap(with: train) == 2 && train.overlap(with: again.train) == 2)
    #expect(train.overlap(with: test) == 0 && again.test.overlap(with: test) == 3)
  }

  @Test func picturesAreToldApartByFileAndContent() throws {
    let folder = try TemporaryFolder()
    for (name, shade) in [("a/1.png", 1), ("a/2.png", 2), ("b/3.png", 1), ("b/4.png", 4)] as [(String, UInt8)] {
      try folder.write(name, PictureFiles.png(width: 1, height: 1, [shade]))
    }
    var options = ImageFolder()
    options.cache = .none
    let whole = try options.load(folder.path)
    options.limit = 2
    let half = try options.load(folder.path)
    #expect(half.overlap(with: whole) == 2 && whole.overlap(with: half) == 2)
    // The third picture is a copy of the first under another name.
    #expect(try half.subset([0]).overlap(with: half.subset([1])) == 0)
  }
}
