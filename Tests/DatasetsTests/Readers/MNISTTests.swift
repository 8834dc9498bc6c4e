import TestSupport
import Testing

@testable import Datasets

@Suite struct MNISTTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes four small files: images of 2 x 3 whose first pixel is their number.
  private func write(
    _ prefix: String, ending: String = "-ubyte", trainLabels: [UInt8] = [3, 0, 9], trainImages: [Int] = [3, 2, 3],
    packed: Bool = false
  ) throws {
    func put(_ name: String, _ bytes: [UInt8]) throws {
      try folder.write("\(prefix)\(name)\(ending)", packed ? FileBytes.gzip(bytes) : bytes)
    }
    let pixels: [UInt8] = (0..<trainImages.reduce(1, *)).map { index in
      index % 6 == 0 ? UInt8(index / 6) : 100
    }
    try put("train-images-idx3", FileBytes.idx(8, trainImages, pixels))
    try put("train-labels-idx1", FileBytes.idx(8, [trainLabels.count], trainLabels))
    try put("t10k-images-idx3", FileBytes.idx(8, [1, 2, 3], [255, 0, 51, 102, 153, 204]))
    try put("t10k-labels-idx1", FileBytes.idx(8, [1], [7]))
  }

  @Test func imagesAndLabelsAreRead() throws {
    try write("")
    let (train, test) = try MNISTFamily.mnist.load(folder: folder.path)
    #expect(train.count == 3 && train.labels == [3, 0, 9] && train.sampleShape == [1, 2, 3])
    #expect(train.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(test.labels == [7])
    #expect(try test.wholeBatch().inputs.floats == [1, 0, 0.2, 0.4, 0.6, 0.8].map { Float($0) })
    #expect(
      train.sources.map(\.path)
        == ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"].map { folder.path + "/" + $0 })
    #expect(train.sources.allSatisfy { $0.hash.count == 64 } && train.sources[1].byteCount == 11)
  }

  @Test(arguments: [
    ("fashion-mnist/", "-ubyte.gz", true), ("FashionMNIST/raw/", "-ubyte", false),
  ])
  func usualFoldersAndNamesAreFound(prefix: String, ending: String, packed: Bool) throws {
    try write(prefix, ending: ending, packed: packed)
    let folders = DataFolders(bases: [folder.path + "/empty", folder.path])
    let (train, _) = try MNISTFamily.fashionMNIST.load(folders: folders)
    #expect(train.count == 3 && train.classNames[9] == "Ankle boot" && train.name == "fashion_mnist")
  }

  @Test func namesWithADotAreFound() throws {
    for (name, bytes) in [
      ("train-images.idx3-ubyte", FileBytes.idx(8, [1, 1, 1], [1])),
      ("train-labels.idx1-ubyte", FileBytes.idx(8, [1], [1])),
      ("t10k-images.idx3-ubyte", FileBytes.idx(8, [1, 1, 1], [1])),
      ("t10k-labels.idx1-ubyte", FileBytes.idx(8, [1], [1])),
    ] { try folder.write(name, bytes) }
    #expect(try MNISTFamily.mnist.load(folder: folder.path).train.count == 1)
  }

  @Test func theSearchSaysWhereItLookedAndWhatToDo() {
    let folders = DataFolders(bases: ["/a", "/b/"])
    #expect {
      try MNISTFamily.fashionMNIST.load(folders: folders)
    } throws: { error in
      "\(error)"
        == "fashion_mnist: not found, looked in /a/fashion-mnist, /a/fashion_mnist, /a/FashionMNIST/raw, "
        + "/b/fashion-mnist, /b/fashion_mnist, /b/FashionMNIST/raw; install the package dataset-fashion-mnist, "
        + "or name the folder of its files with dir or FEDLUA_DATA"
    }
    #expect {
      try MNISTFamily.mnist.load(folder: "/c")
    } throws: { error in
      "\(error)".hasPrefix("mnist: not found, looked in /c; put")
    }
  }

  @Test func labelsOutsideTheClassesAreRefused() throws {
    try write("", trainLabels: [3, 10, 9])
    #expect {
      try MNISTFamily.mnist.load(folder: folder.path)
    } throws: { error in
      "\(error)" == "\(folder.path)/train-labels-idx1-ubyte: label 10 of sample 2 is no class; 0 to 9 is allowed"
    }
  }

  @Test func countsAndShapesThatDoNotFitAreRefused() throws {
    try write("", trainLabels: [3, 1])
    #expect {
      try MNISTFamily.mnist.load(folder: folder.path)
    } throws: { error in
      "\(error)" == "\(folder.path)/train-labels-idx1-ubyte: it holds labels of sizes [2] for 3 images"
    }
    try write("", trainImages: [3, 6])
    #expect {
      try MNISTFamily.mnist.load(folder: folder.path)
    } throws: { error in
      "\(error)".hasSuffix("it holds uint8 of sizes [3, 6]; images are uint8 [n, h, w]")
    }
    try write("", trainImages: [3, 0, 6])
    #expect(throws: DatasetError.self) { try MNISTFamily.mnist.load(folder: folder.path) }
  }

  @Test func aSetWithoutSamplesIsCalledSo() throws {
    try write("", trainLabels: [], trainImages: [0, 2, 3])
    #expect(
      throws: DatasetError.malformed(path: folder.path + "/train-images-idx3-ubyte", problem: "it holds no samples")
    ) { try MNISTFamily.mnist.load(folder: folder.path) }
  }

  @Test func whatIsBehindALimitIsNotUnpacked() throws {
    try write("", ending: "-ubyte.gz", packed: true)
    let images = folder.path + "/train-images-idx3-ubyte.gz"
    var bytes = Array(try FileContent(path: images).bytes)
    // The last pixel of the third image, which the sum at the end then does not fit.
    bytes[bytes.count - 9] ^= 0xff
    try folder.write("train-images-idx3-ubyte.gz", bytes)
    let (train, test) = try MNISTFamily.mnist.load(folder: folder.path, trainLimit: 2, testLimit: 5)
    #expect(train.labels == [3, 0] && test.labels == [7])
    #expect(try train.wholeBatch().inputs.shape == [2, 1, 2, 3])
    #expect(throws: DatasetError.self) { try MNISTFamily.mnist.load(folder: folder.path) }
  }

  /// Facts that anyone can check against the published sets.
  @Test(
    .enabled(if: DataPacks.isPresent("mnist-idx.tar"), Comment(rawValue: DataPacks.absence(of: "mnist-idx.tar"))))
  func theRealMNISTIsRead() throws {
    let (train, test) = try MNISTFamily.mnist.load(folder: try DataPacks.unpacked("mnist-idx.tar") + "/idx")
    #expect(train.classCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(test.classCounts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    #expect(Array(train.labels.prefix(10)) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    let (mean, deviation) = try train.channelStatistics()
    #expect(abs(mean[0] - 0.1307) < 5e-5 && abs(deviation[0] - 0.3081) < 5e-5)
  }

  @Test(
    .enabled(
      if: FileContent.exists("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"),
      "the package dataset-fashion-mnist is not installed"))
  func theSystemsFashionMNISTIsRead() throws {
    let (train, test) = try MNISTFamily.fashionMNIST.load(folder: "/usr/share/datasets/fashion-mnist")
    #expect(train.classCounts == [Int](repeating: 6000, count: 10))
    #expect(test.classCounts == [Int](repeating: 1000, count: 10))
    let (mean, deviation) = try train.channelStatistics()
    #expect(abs(mean[0] - 0.2860) < 5e-5 && abs(deviation[0] - 0.3530) < 5e-5)
  }
}
