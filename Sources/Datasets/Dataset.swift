import Tensors

/// Labelled samples: a view by index into shared storage, with what is known of their origin.
///
/// Subsets, partitions and relabelled sets share the samples and cost 16 bytes a sample. A data set never changes.
public final class Dataset: Sendable {
  public let name: String
  public let samples: SampleStorage
  /// Row of the storage for each position of this set.
  let rows: [Int]
  /// Class of each sample, from 0.
  public let labels: [Int]
  public let classNames: [String]
  /// Files that the samples came from; empty for generated ones.
  public let sources: [SourceFile]
  /// Where the sample of each row of the storage came from; empty where that is not known.
  let origins: [SampleOrigin]
  /// Files that were left out because they could not be read.
  public let skipped: [SkippedFile]
  let scaling: Scaling
  /// Which pixels of the rows of the storage are brain and lesion; nil where that is not known.
  public let masks: SampleMasks?
  /// Which samples belong together; nil where nothing is known.
  public let groups: SampleGroups?
  /// What stayed whole when this set was split off another; nil for a whole set.
  public let split: SplitUnit?
  /// What makes its samples the same as those of another set.
  let identity: SampleIdentity

  /// Makes a data set of all samples of a storage.
  ///
  /// - Parameters:
  ///   - source: What tells the samples from others, see ``SampleIdentity``.
  ///   - op: Name for messages; nil takes that of the set.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` unless there is one label a sample,
  ///   ``DatasetError/label(op:got:position:classes:)`` for a label outside the classes.
  convenience init(
    name: String, samples: SampleStorage, labels: [Int], classNames: [String], sources: [SourceFile] = [],
    origins: [SampleOrigin] = [], skipped: [SkippedFile] = [], masks: SampleMasks? = nil,
    source: SampleIdentity.Source, op: String? = nil
  ) throws {
    let op = op ?? name
    guard labels.count == samples.count else {
      throw DatasetError.value(
        op: op, what: "number of labels", got: "\(labels.count)",
        allowed: "one for each of the \(samples.count) samples is needed")
    }
    try Self.check(labels, classes: classNames.count, op: op)
    self.init(
      name: name, samples: samples, rows: Array(0..<labels.count), labels: labels, classNames: classNames,
      sources: sources, origins: origins, skipped: skipped, scaling: .identity(channels: samples.channels),
      groups: SampleGroups(origins: origins), identity: SampleIdentity(source), masks: masks)
  }

  /// Makes a data set of all samples of a storage, whose samples are none of another set's.
  ///
  /// - Throws: As for a set of files.
  public convenience init(
    name: String, samples: SampleStorage, labels: [Int], classNames: [String], sources: [SourceFile] = [],
    origins: [SampleOrigin] = [], skipped: [SkippedFile] = [], masks: SampleMasks? = nil, op: String? = nil
  ) throws {
    try self.init(
      name: name, samples: samples, labels: labels, classNames: classNames, sources: sources, origins: origins,
      skipped: skipped, masks: masks, source: .memory, op: op)
  }

  init(
    name: String, samples: SampleStorage, rows: [Int], labels: [Int], classNames: [String], sources: [SourceFile],
    origins: [SampleOrigin], skipped: [SkippedFile], scaling: Scaling, groups: SampleGroups?,
    identity: SampleIdentity, split: SplitUnit? = nil, masks: SampleMasks? = nil
  ) {
    self.name = name
    self.samples = samples
    self.rows = rows
    self.labels = labels
    self.classNames = classNames
    self.sources = sources
    self.origins = origins
    self.skipped = skipped
    self.scaling = scaling
    self.masks = masks
    self.groups = groups
    self.identity = identity
    self.split = split
  }

  /// Number of samples.
  public var count: Int { labels.count }
  /// Number of classes, those without a sample included.
  public var classCount: Int { classNames.count }
  /// Shape of one sample: `[c, h, w]` for images, `[d]` for vectors.
  public var sampleShape: [Int] { samples.sampleShape }

  /// Where the sample at a position came from; nil where that is not known.
  public func origin(of position: Int) -> SampleOrigin? {
    origins.isEmpty ? nil : origins[rows[position]]
  }

  /// Number of samples of each class.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[label] += 1 }
    return counts
  }

  static func check(_ labels: [Int], classes: Int, op: String) throws {
    if let position = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw DatasetError.label(op: op, got: labels[position], position: position, classes: classes)
    }
  }
}

extension Dataset: CustomStringConvertible {
  public var description: String {
    "\(name): \(count) samples of shape \(sampleShape), \(classCount) classes"
  }
}
