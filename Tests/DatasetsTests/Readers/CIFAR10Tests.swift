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

  @Test func batchesThatAreThereAreJoinedInOrder() throws {
    let folder = try TemporaryFolder()
    for (name, label) in [("data_batch_1", UInt8(1)), ("data_batch_3", 3), ("test_batch", 9)] {
      try folder.write(
        "cifar-10-batches-bin/\(name).bin", FileBytes.cifarRecord(label: label, red: 1, green: 2, blue: 3))
    }
    let (train, test) = try CIFAR10.load(folders: DataFolders(bases: [folder.path]))
    #expect(train.labels == [1, 3] && test.labels == [9] && train.sources.count == 2)
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
