import Tensors

/// A folder of pictures as it lies on the disk, read to be audited: classes as folders, perhaps below folders for
/// training and test.
public struct AuditedFolder: Sendable {
  /// Side of the samples whose pixels are compared; nil keeps the pictures' own size, the same for all.
  public var size: Int? = 64
  public var cache = SampleCache.standard
  public var limits = ReaderLimits.standard

  /// Names of a split's folders: first what is learned from.
  private static let splits = [["train", "training"], ["val", "valid", "validation"], ["test", "testing"]]
  /// Folders that hold nothing but one folder, as archives often do, are passed through to this depth.
  private static let deepest = 4

  public init() {}

  /// Reads the sets of a folder. Files that cannot be read are left out and named in each set.
  ///
  /// - Returns: One set, or several where the folder has one for training and one for test or validation.
  /// - Throws: ``DatasetError``, ``Interrupted`` on request.
  public func load(_ path: String) throws -> [DataAudit.Part] {
    var listing = try FolderListing(path, limits: limits)
    for _ in 0..<Self.deepest {
      let folders = try listing.folders(.skip).names
      guard folders.count == 1, let only = folders.first else { break }
      let inner = try FolderListing(listing.join(only), limits: limits)
      guard try !inner.folders(.skip).names.isEmpty else { break }
      listing = inner
    }
    let folders = try listing.folders(.skip).names
    let named = Self.splits.compactMap { names in folders.first { names.contains($0.lowercased()) } }
    guard named.count > 1 else { return [try part("set", listing.root, classes: nil)] }
    let classes = try named.map { Set(try FolderListing(listing.join($0), limits: limits).folders(.skip).names) }
    // A class that one folder lacks keeps its label.
    let all = classes.reduce(into: Set()) { $0.formUnion($1) }.sorted(by: NaturalOrder.precedes)
    return try named.map { try part($0, listing.join($0), classes: all) }
  }

  private func part(_ name: String, _ path: String, classes: [String]?) throws -> DataAudit.Part {
    var folder = ImageFolder()
    folder.name = name
    folder.preparation = ImagePreparation(size: size.map { ($0, $0) }, channels: 1)
    folder.policy = .skip
    folder.limits = limits
    folder.cache = cache
    folder.allowsMissingClasses = classes != nil
    folder.classes = classes
    return DataAudit.Part(name: name, dataset: try folder.load(path))
  }
}
