import Synchronization
import Tensors

/// What is wrong with a data set before anything is learned from it: copies and near-copies, also across its given
/// parts, copies with different labels, blank pictures, tiny classes, and how far a random split would lie.
public struct DataAudit: Sendable {
  /// One of the sets that are looked at together: the training folder, the test folder.
  public struct Part: Sendable {
    public let name: String
    public let dataset: Dataset

    public init(name: String, dataset: Dataset) {
      self.name = name
      self.dataset = dataset
    }
  }

  /// How near is near, and what is looked at.
  public struct Options: Sendable, Equatable {
    /// Most bits of 256 in which the hashes of near-duplicates differ; 0 to 32. On Br35H 6 finds what a person takes
    /// for one scan.
    public var distance = 6
    /// Classes with fewer samples are reported.
    public var tinyClass = 20
    /// Whether the leak is estimated, which compares all pixels of all samples.
    public var estimatesLeak = true
    /// Most samples of the leak estimate.
    public var leakSamples = 10_000
    public var seed: UInt64 = 1

    public init() {}
  }

  /// What the audit is doing, and which share of that is done.
  public typealias Progress = @Sendable (_ step: String, _ share: Double) -> Void

  /// A sample of one of the parts.
  public struct Member: Sendable, Equatable {
    /// Number of the part, from 0.
    public let part: Int
    /// Position in the part, from 0.
    public let position: Int
    public let label: Int
    /// Its file; empty where there is none.
    public let name: String
  }

  /// Samples that belong together.
  public struct Group: Sendable, Equatable {
    public let members: [Member]
    /// Whether all members are byte-equal copies.
    public let isExact: Bool

    /// Different classes of the members, rising.
    public var labels: [Int] { Set(members.map(\.label)).sorted() }
    /// Numbers of the parts that the members are in, rising.
    public var partNumbers: [Int] { Set(members.map(\.part)).sorted() }
  }

  /// The sets, each with the groups that were found.
  public let parts: [Part]
  public let options: Options
  /// Groups of more than one sample, the largest first.
  public let duplicates: [Group]
  /// Groups of duplicates whose members have different classes.
  public var conflicts: [Group] { duplicates.filter { $0.labels.count > 1 } }
  /// Groups that reach over several parts.
  public var crossing: [Group] { duplicates.filter { $0.partNumbers.count > 1 } }
  /// Samples that are byte-equal to one before them.
  public let exactCopies: Int
  /// Pictures of one shade. Their hashes say nothing, so they are grouped only with byte-equal ones of their class.
  public let blank: [Member]
  /// Classes of too few samples, over all parts.
  public let tinyClasses: [(name: String, count: Int)]
  public let summary: AuditSummary
  /// Groups that the files themselves named, such as patients; nil where there were none.
  public let namedGroups: Int?

  public var leak: LeakEstimate? { summary.leak }
  public var sampleCount: Int { summary.samples }
  public var classNames: [String] { parts[0].dataset.classNames }

  /// Looks at some sets together.
  ///
  /// The groups do not depend on the order of the samples, nor on the number of threads.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for sets that do not fit together and impossible options,
  ///   ``Interrupted`` on request.
  public init(_ parts: [Part], _ options: Options = Options(), onProgress: Progress = { _, _ in }) throws {
    try Self.check(parts, options)
    let finding = try GroupFinding(parts, distance: options.distance, onProgress: onProgress)
    self.options = options
    duplicates = finding.duplicates
    exactCopies = finding.exactCopies
    blank = finding.blank
    namedGroups = finding.namedGroups
    let counts = parts[0].dataset.classNames.indices.map { label in
      parts.reduce(0) { $0 + $1.dataset.classCounts[label] }
    }
    tinyClasses = zip(parts[0].dataset.classNames, counts).filter { $1 < options.tinyClass }.map { ($0, $1) }
    let leak = options.estimatesLeak ? try finding.leak(options, onProgress) : nil
    let summary = AuditSummary(
      id: finding.id, samples: finding.members.count, groups: finding.groupCount,
      groupsWithSeveral: finding.duplicates.count, largestGroup: finding.largestGroup,
      conflicts: finding.duplicates.count { $0.labels.count > 1 }, crossing: finding.crossingSamples,
      distance: options.distance, leak: leak)
    self.summary = summary
    self.parts = finding.grouped(summary)
  }

  private static func check(_ parts: [Part], _ options: Options) throws {
    func require(_ isRight: Bool, _ what: String, _ got: String, _ allowed: String) throws {
      guard isRight else { throw DatasetError.value(op: "audit", what: what, got: got, allowed: allowed) }
    }
    try require(!parts.isEmpty, "sets", "0", "1 or more is allowed")
    try require((0...32).contains(options.distance), "distance", "\(options.distance)", "0 to 32 is allowed")
    try require(options.tinyClass >= 0, "tiny_class", "\(options.tinyClass)", "0 or more is allowed")
    try require(options.leakSamples >= 2, "leak_samples", "\(options.leakSamples)", "2 or more is allowed")
    let first = parts[0].dataset
    for part in parts.dropFirst() {
      try require(
        part.dataset.classNames == first.classNames, "classes of '\(part.name)'", "\(part.dataset.classNames)",
        "those of '\(parts[0].name)', \(first.classNames), are needed")
      try require(
        part.dataset.sampleShape == first.sampleShape, "shape of '\(part.name)'", "\(part.dataset.sampleShape)",
        "that of '\(parts[0].name)', \(first.sampleShape), is needed")
    }
  }

  /// The first set without the samples that share a group with one of another set: what is left to learn from without
  /// having seen the test.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` where nothing is left.
  public func cleanFirst() throws -> Dataset {
    let leaking = Set(crossing.flatMap { $0.members.filter { $0.part == 0 }.map(\.position) })
    let kept = (0..<parts[0].dataset.count).filter { !leaking.contains($0) }
    guard !kept.isEmpty || leaking.isEmpty else {
      throw DatasetError.value(
        op: "clean", what: "samples left", got: "0", allowed: "every sample has a near-duplicate in another set")
    }
    return try parts[0].dataset.subset(kept)
  }

  /// Number of groups that have samples at more than one client of a partition of the first set.
  ///
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a partition of another set.
  public func groupsAcrossClients(_ partition: Partition) throws -> Int {
    guard let numbers = parts[0].dataset.groupNumbers, partition.dataset.rows == parts[0].dataset.rows else {
      throw DatasetError.value(
        op: "audit", what: "clients", got: "\(partition.dataset.count) samples of another set",
        allowed: "a partition of the audited set is needed")
    }
    return SampleGroups.spread(partition.positions.map { $0.map { numbers[$0] } })
  }
}
