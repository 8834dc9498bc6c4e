import Tensors

/// Data sets in NumPy archives: pictures or vectors in one array, classes in another.
public struct ArrayArchive: Sendable {
  /// Which axis of a picture counts its channels.
  public enum ChannelAxis: String, Sendable, CaseIterable {
    /// The last one where it has 1, 3 or 4 entries, else the first.
    case automatic
    case first
    case last
  }

  /// What the set is called.
  public var name = "npz"
  public var channelAxis = ChannelAxis.automatic
  /// Names of the classes; nil counts them.
  public var classNames: [String]?
  public var limits = ReaderLimits.standard

  /// Names that pairs of arrays usually have: MedMNIST's, Keras's, scikit-learn's, and plain ones.
  private static let usual: [(part: String, samples: String, labels: String)] = [
    ("train", "train_images", "train_labels"), ("train", "x_train", "y_train"), ("train", "X_train", "y_train"),
    ("test", "test_images", "test_labels"), ("test", "x_test", "y_test"), ("test", "X_test", "y_test"),
    ("validation", "val_images", "val_labels"), ("validation", "x_val", "y_val"),
    ("train", "images", "labels"), ("train", "data", "target"), ("train", "X", "y"), ("train", "x", "y"),
  ]

  public init() {}

  /// Reads the parts that an archive has under usual names.
  ///
  /// - Returns: The training set, and a test and a validation set where there are such.
  /// - Throws: ``DatasetError``.
  public func load(_ path: String) throws -> (train: Dataset, test: Dataset?, validation: Dataset?) {
    let archive = try NPZArchive(path: path, limits: limits)
    func part(_ part: String) throws -> Dataset? {
      let found = Self.usual.first {
        $0.part == part && archive.names.contains($0.samples) && archive.names.contains($0.labels)
      }
      return try found.map { try dataset(archive, path, samples: $0.samples, labels: $0.labels) }
    }
    guard let train = try part("train") else {
      throw DatasetError.malformed(
        path: path,
        problem: "none of its arrays have a usual name such as train_images and train_labels; it has "
          + archive.names.joined(separator: ", ") + "; name two of them with the options 'inputs' and 'labels'")
    }
    return (train, try part("test"), try part("validation"))
  }

  /// Reads one part by the names of its arrays.
  public func load(_ path: String, samples: String, labels: String) throws -> Dataset {
    try dataset(try NPZArchive(path: path, limits: limits), path, samples: samples, labels: labels)
  }

  private func dataset(_ archive: NPZArchive, _ path: String, samples: String, labels: String) throws -> Dataset {
    let classes = try archive.array(labels)
    // MedMNIST keeps classes as a column.
    guard classes.shape.count == 1 || (classes.shape.count == 2 && classes.shape[1] == 1) else {
      throw DatasetError.malformed(
        path: classes.path, problem: "it has shape \(classes.shape); one class for each sample is needed")
    }
    let values = try classes.integers()
    let array = try archive.array(samples)
    guard array.shape.first != 0 else { throw DatasetError.malformed(path: array.path, problem: "it holds no samples") }
    guard array.shape.count > 1, array.shape[0] == values.count, array.count > 0 else {
      throw DatasetError.malformed(
        path: array.path, problem: "it has shape \(array.shape) for \(values.count) classes of '\(labels)'")
    }
    let count = values.reduce(0) { max($0, $1) }
    guard values.allSatisfy({ $0 >= 0 }), count < limits.fileCount else {
      throw DatasetError.malformed(path: classes.path, problem: "classes count from 0; it holds others")
    }
    return try Dataset(
      name: name, samples: try storage(array), labels: values, classNames: classNames ?? (0...count).map(String.init),
      sources: [archive.source], source: .files("\(archive.source.hash) \(samples)"))
  }

  private func storage(_ array: NPYArray) throws -> SampleStorage {
    let shape = array.shape
    switch shape.count {
    case 2: return try store(array, sampleShape: [shape[1]], planes: 1)
    case 3: return try store(array, sampleShape: [1, shape[1], shape[2]], planes: 1)
    case 4 where isChannelLast(shape): return try store(array, sampleShape: [shape[3], shape[1], shape[2]], planes: 1)
    case 4: return try store(array, sampleShape: [shape[1], shape[2], shape[3]], planes: shape[1])
    default:
      throw DatasetError.malformed(
        path: array.path, problem: "it has shape \(shape); [n, d], [n, h, w], [n, h, w, c] and [n, c, h, w] are read")
    }
  }

  private func isChannelLast(_ shape: [Int]) -> Bool {
    switch channelAxis {
    case .first: false
    case .last: true
    case .automatic: [1, 3, 4].contains(shape[3]) || ![1, 3, 4].contains(shape[1])
    }
  }

  private func store(_ array: NPYArray, sampleShape: [Int], planes: Int) throws -> SampleStorage {
    if array.isBytes {
      return SampleStorage(
        bytes: interleaved(array.orderedBytes(), sampleShape, planes: planes), sampleShape: sampleShape)
    }
    let floats = array.floats()
    if let bad = SampleStorage.firstNonFinite(floats, sampleSize: sampleShape.reduce(1, *)) {
      throw DatasetError.malformed(
        path: array.path, problem: "a number of sample \(bad.sample + 1) is \(bad.value); finite numbers are needed")
    }
    return SampleStorage(floats: interleaved(floats, sampleShape, planes: planes), sampleShape: sampleShape)
  }

  /// Turns planes of each sample into pixels of several channels.
  private func interleaved<Element>(_ values: [Element], _ sampleShape: [Int], planes: Int) -> [Element] {
    guard planes > 1 else { return values }
    let size = sampleShape.reduce(1, *)
    let pixels = size / planes
    return values.indices.map { index in
      let (sample, rest) = index.quotientAndRemainder(dividingBy: size)
      return values[sample * size + rest % planes * pixels + rest / planes]
    }
  }
}
