/// Data sets in the four IDX files that MNIST introduced.
public struct MNISTFamily: Sendable {
  let name: String
  let subfolders: [String]
  let classNames: [String]
  let advice: String

  /// Handwritten digits: 60,000 + 10,000 grey images of 28 x 28.
  public static let mnist = MNISTFamily(
    name: "mnist", subfolders: ["mnist", "MNIST/raw", "mnist/raw", "mnist/idx"],
    classNames: (0...9).map(String.init),
    advice: "put the four IDX files into data/mnist, or name their folder with dir or FEDLUA_DATA")

  /// Pictures of clothes: 60,000 + 10,000 grey images of 28 x 28.
  ///
  /// - Source: Xiao et al., <https://arxiv.org/abs/1708.07747>.
  public static let fashionMNIST = MNISTFamily(
    name: "fashion_mnist", subfolders: ["fashion-mnist", "fashion_mnist", "FashionMNIST/raw"],
    classNames: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ],
    advice: "install the package dataset-fashion-mnist, or name the folder of its files with dir or FEDLUA_DATA")

  /// Reads the training and the test set.
  ///
  /// - Parameters:
  ///   - folder: Where the files are; nil looks in the usual places.
  ///   - folders: The usual places.
  ///   - trainLimit: Most training samples; what is behind them is not unpacked. Nil takes all.
  ///   - testLimit: Most test samples.
  /// - Throws: ``DatasetError``.
  public func load(
    folder: String? = nil, folders: DataFolders = .standard, limits: ReaderLimits = .standard, trainLimit: Int? = nil,
    testLimit: Int? = nil
  ) throws -> (train: Dataset, test: Dataset) {
    let parts = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    let paths = try folders.locate(
      name, folder: folder, subfolders: subfolders, files: parts.map(Self.fileNames), advice: advice)
    return (
      try read(images: paths[0], labels: paths[1], limits, trainLimit),
      try read(images: paths[2], labels: paths[3], limits, testLimit)
    )
  }

  private static func fileNames(_ part: String) -> [String] {
    let dotted = part.replacingLast("-", with: ".")
    return ["\(part)-ubyte.gz", "\(part)-ubyte", "\(dotted)-ubyte.gz", "\(dotted)-ubyte"]
  }

  private func read(
    images imagePath: String, labels labelPath: String, _ limits: ReaderLimits, _ most: Int?
  ) throws -> Dataset {
    let images = try IDXArray(path: imagePath, limits: limits, most: most)
    guard images.kind == .uint8, images.sizes.count == 3, images.sizes[1] > 0, images.sizes[2] > 0 else {
      throw DatasetError.malformed(
        path: imagePath, problem: "it holds \(images.kind) of sizes \(images.sizes); images are uint8 [n, h, w]")
    }
    guard images.wholeCount > 0 else {
      throw DatasetError.malformed(path: imagePath, problem: "it holds no samples")
    }
    let labels = try IDXArray(path: labelPath, limits: limits, most: most)
    guard labels.sizes.count == 1, labels.wholeCount == images.wholeCount else {
      throw DatasetError.malformed(
        path: labelPath,
        problem: "it holds labels of sizes \([labels.wholeCount] + labels.sizes.dropFirst()) for "
          + "\(images.wholeCount) images")
    }
    let values = try labels.integers()
    if let bad = values.firstIndex(where: { !classNames.indices.contains($0) }) {
      throw DatasetError.malformed(
        path: labelPath,
        problem: "label \(values[bad]) of sample \(bad + 1) is no class; 0 to \(classNames.count - 1) is allowed")
    }
    return try Dataset(
      name: name, samples: SampleStorage(bytes: images.bytes, sampleShape: [1, images.sizes[1], images.sizes[2]]),
      labels: values, classNames: classNames, sources: [images.source, labels.source],
      source: .files(images.source.hash))
  }
}

extension String {
  fileprivate func replacingLast(_ character: Character, with other: Character) -> String {
    guard let index = lastIndex(of: character) else { return self }
    return self[..<index] + String(other) + self[self.index(after: index)...]
  }
}
