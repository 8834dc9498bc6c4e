/// CIFAR-10 in its binary version: color images of 32 x 32 in ten classes.
///
/// A file is a row of records of 3,073 bytes: a label, then 1,024 red, green and blue values.
///
/// - Source: Krizhevsky, 2009, <https://www.cs.toronto.edu/~kriz/cifar.html>.
public enum CIFAR10 {
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let pixels = 32 * 32
  private static let recordBytes = 1 + 3 * pixels

  /// Samples of each training batch of the original; a first batch of fewer may stand for a reduced set alone.
  private static let batchSamples = 10_000

  /// Reads the five training batches, or the only one of a reduced set, and the test batch.
  ///
  /// - Parameters:
  ///   - folder: Where the files are; nil looks in the usual places.
  ///   - folders: The usual places.
  ///   - trainLimit: Most training samples; what is behind them is not decoded. Nil takes all.
  ///   - testLimit: Most test samples.
  /// - Throws: ``DatasetError``, also for a training batch that is not there.
  public static func load(
    folder: String? = nil, folders: DataFolders = .standard, limits: ReaderLimits = .standard, trainLimit: Int? = nil,
    testLimit: Int? = nil
  ) throws -> (train: Dataset, test: Dataset) {
    let first = try folders.locate(
      "cifar10", folder: folder, subfolders: ["cifar-10-batches-bin", "cifar10", "cifar-10"],
      files: [["data_batch_1.bin", "data_batch_1"], ["test_batch.bin", "test_batch"]],
      advice: "unpack the binary version, cifar-10-binary.tar.gz, into data, or name its folder with dir or FEDLUA_DATA"
    )
    var train = [try FileContent(path: first[0], limits: limits)]
    let others = (2...5).map { first[0].replacingBatchNumber($0) }
    let isReduced = train[0].bytes.count < batchSamples * recordBytes && !others.contains { FileContent.exists($0) }
    for path in isReduced ? [] : others {
      guard FileContent.exists(path) else {
        throw DatasetError.unreadable(path: path, reason: "this batch is missing; CIFAR-10 has five to train on")
      }
      let count = train.reduce(0) { $0 + $1.bytes.count / recordBytes }
      if count < trainLimit ?? Int.max { train.append(try FileContent(path: path, limits: limits)) }
    }
    let test = [try FileContent(path: first[1], limits: limits)]
    return (try read(train, limit: trainLimit), try read(test, limit: testLimit))
  }

  /// Joins files into one data set.
  static func read(_ files: [FileContent], limit: Int? = nil) throws -> Dataset {
    var labels: [Int] = []
    for file in files { labels += try checkedLabels(file) }
    labels = Array(labels.prefix(limit ?? Int.max))
    let images = [UInt8](unsafeUninitializedCapacity: labels.count * 3 * pixels) { images, filled in
      var target = 0
      for file in files {
        file.bytes.withUnsafeBufferPointer { bytes in
          for record in stride(from: 0, to: bytes.count, by: recordBytes) where target < labels.count * 3 * pixels {
            interleave(bytes.baseAddress! + record + 1, images.baseAddress! + target)
            target += 3 * pixels
          }
        }
      }
      filled = target
    }
    let sources = files.map(\.source)
    return try Dataset(
      name: "cifar10", samples: SampleStorage(bytes: images, sampleShape: [3, 32, 32]), labels: labels,
      classNames: classNames, sources: sources, source: .files(sources.first?.hash ?? ""))
  }

  private static func checkedLabels(_ file: FileContent) throws -> [Int] {
    // Protocol 2 and up start with 0x80 and their number; a label is 9 at most.
    if file.bytes.first == 0x80 {
      throw DatasetError.malformed(
        path: file.path, problem: "it is a Python pickle, which is never read; use cifar-10-binary.tar.gz")
    }
    if let refusal = file.refusal(except: [], guesses: false), !isRecord(file) {
      throw DatasetError.malformed(path: file.path, problem: refusal)
    }
    guard !file.bytes.isEmpty, file.bytes.count.isMultiple(of: recordBytes) else {
      throw DatasetError.malformed(
        path: file.path,
        problem: "its \(file.bytes.count) bytes are no whole number of records of \(recordBytes) bytes")
    }
    return try (0..<file.bytes.count / recordBytes).map { record in
      let label = Int(file.bytes[record * recordBytes])
      guard label < classNames.count else {
        throw DatasetError.malformed(
          path: file.path, problem: "label \(label) of record \(record + 1) is no class; 0 to 9 is allowed")
      }
      return label
    }
  }

  /// Whether a file can be what it should: pixels may look like any other format's first bytes.
  private static func isRecord(_ file: FileContent) -> Bool {
    file.bytes.count.isMultiple(of: recordBytes) && file.bytes.first.map { Int($0) < classNames.count } ?? false
  }

  /// Turns three planes into pixels of three channels.
  private static func interleave(_ planes: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>) {
    for pixel in 0..<pixels {
      for channel in 0..<3 { output[3 * pixel + channel] = planes[channel * pixels + pixel] }
    }
  }
}

extension String {
  fileprivate func replacingBatchNumber(_ number: Int) -> String {
    let slash = lastIndex(of: "/").map { index(after: $0) } ?? startIndex
    let name = hasSuffix(".bin") ? "data_batch_\(number).bin" : "data_batch_\(number)"
    return self[..<slash] + name
  }
}
