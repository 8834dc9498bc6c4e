import TestSupport
import Testing

@testable import Datasets

@Suite struct CIFAR10Tests {
  @Test func recordsBecomeImagesOfThreeChannels() throws {
    var record = FileBytes.cifarRecord(label: 6, red: 255, green: 51, blue: 0)
    record[1 + 1024 + 32] = 102  // green, second row, first column
    let set = try CIFAR10.read([
      FileBytes.content(record), FileBytes.content(FileBytes.cifarRecord(label: 2, red: 0, green: 0, blue: 51)),
    ])
    #expect(set.labels == [6, 2] && set.sampleShape == [3, 32, 32] && set.classNames[6] == "frog")
    let images = try set.wholeBatch().inputs
    #expect(images.shape == [2, 3, 32, 32] && images.isChannelsLast)
    #expect(images.element(at: [0, 0, 31, 31]) == 1)
    #expect(Float(images.element(at: [0, 1, 0, 0])) == 0.2 && Float(images.element(at: [0, 1, 1, 0])) == 0.4)
    #expect(images.element(at: [0, 2, 5, 5]) == 0 && Float(images.element(at: [1, 2, 5, 5])) == 0.2)
  }

  /// Writes batches of one record each, the label of which is the batch's number; 9 for the test batch.
  private func folder(batches: [Int], records: Int = 1) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, label) in batches.map({ ("data_batch_\($0)", UInt8($0)) }) + [("test_batch", 9)] {
      let record = FileBytes.cifarRecord(label: label, red: 1, green: 2, blue: 3)
      try folder.write("cifar-10-batches-bin/\(name).bin", (0..<records).flatMap { _ in record })
    }
    return folder
  }

  @Test func batchesAreJoinedInOrder() throws {
    let folder = try folder(batches: [1, 2, 3, 4, 5])
    let (train, test) = try CIFAR10.load(folders: DataFolders(bases: [folder.path]))
    #expect(train.labels == [1, 2, 3, 4, 5] && test.labels == [9] && train.sources.count == 5)
  }

  @Test(arguments: [[1, 2, 4, 5], [1, 2, 3, 4], [1, 5], [1, 3]])
  func aMissingBatchIsAnErrorThatNamesIt(batches: [Int]) throws {
    let folder = try folder(batches: batches)
    let missing = try #require((1...5).first { !batches.contains($0) })
    let path = folder.path + "/cifar-10-batches-bin/data_batch_\(missing).bin"
    #expect(
      throws: DatasetError.unreadable(path: path, reason: "this batch is missing; CIFAR-10 has five to train on")
    ) { try CIFAR10.load(folders: DataFolders(bases: [folder.path])) }
  }

  @Test func theFirstBatchAloneIsAReducedSetUnlessItIsWhole() throws {
    let reduced = try folder(batches: [1], records: 3)
    #expect(try CIFAR10.load(folders: DataFolders(bases: [reduced.path])).train.count == 3)
    let whole = try folder(batches: [1], records: 10_000)
    #expect(throws: DatasetError.self) { try CIFAR10.load(folders: DataFolders(bases: [whole.path])) }
  }

  @Test func whatIsBehindALimitIsNotDecoded() throws {
    let folder = try folder(batches: [1, 2, 3, 4, 5], records: 2)
    // The limit ends before this batch, so that it may be anything.
    try folder.write("cifar-10-batches-bin/data_batch_3.bin", [1, 2, 3])
    let folders = DataFolders(bases: [folder.path])
    let (train, test) = try CIFAR10.load(folders: folders, trainLimit: 3, testLimit: 1)
    #expect(train.labels == [1, 1, 2] && test.labels == [9])
    #expect(try train.wholeBatch().inputs.shape == [3, 3, 32, 32])
    #expect(throws: DatasetError.self) { try CIFAR10.load(folders: folders, trainLimit: 5) }
  }

  @Test(
    arguments: [
      ([], "its 0 bytes are no whole number of records of 3073 bytes"),
      ([UInt8](repeating: 0, count: 3072), "its 3072 bytes are no whole number of records of 3073 bytes"),
      ([10] + [UInt8](repeating: 0, count: 3072), "label 10 of record 1 is no class; 0 to 9 is allowed"),
      (
        [0x80, 0x02, 0x7d], "it is a Python pickle, which is never read; use cifar-10-binary.tar.gz"
      ),
    ] as [([UInt8], String)])
  func wrongFilesAreRefusedWithTheReason(bytes: [UInt8], complaint: String) {
    #expect(throws: DatasetError.malformed(path: "sample", problem: complaint)) {
      try CIFAR10.read([FileBytes.content(bytes)])
    }
  }

  @Test func thePythonVersionIsFoundAndRefusedByName() throws {
    let folder = try TemporaryFolder()
    for name in ["data_batch_1", "test_batch"] { try folder.write(name, [0x80, 0x02, 0x7d, 0x71]) }
    #expect {
      try CIFAR10.load(folder: folder.path)
    } throws: { error in
      "\(error)".contains("data_batch_1: it is a Python pickle, which is never read; use cifar-10-binary.tar.gz")
    }
  }

  @Test(
    .enabled(
      if: DataPacks.isPresent("cifar10-2000-1000.tar.gz"),
      Comment(rawValue: DataPacks.absence(of: "cifar10-2000-1000.tar.gz"))))
  func theRealBatchesAreRead() throws {
    let (train, test) = try CIFAR10.load(
      folders: DataFolders(bases: [try DataPacks.unpacked("cifar10-2000-1000.tar.gz")]))
    #expect(train.count == 2000 && test.count == 1000)
    // The published first labels: frog, truck, truck, deer, automobile; cat, ship, ship, airplane, frog.
    #expect(Array(train.labels.prefix(5)) == [6, 9, 9, 4, 1])
    #expect(Array(test.labels.prefix(5)) == [3, 8, 8, 0, 6])
    // The first pixel of the first image is (59, 62, 63).
    let first = try train.batch([0]).inputs
    #expect((0..<3).map { (first.element(at: [0, $0, 0, 0]) * 255).rounded() } == [59, 62, 63])
  }
}
