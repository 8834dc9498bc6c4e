import Tensors

/// A folder of pictures with one folder for each class.
///
/// Class = name of the folder, in natural order; files may lie at any depth below it. Which files are pictures is told
/// by their first bytes; only files whose ending says that they hold text or tables are passed over.
public struct ImageFolder: Sendable {
  /// What the set is called.
  public var name = "images"
  public var preparation = ImagePreparation()
  public var policy = BadFilePolicy.stop
  /// Other names of folders, each with the class it stands for.
  public var aliases: [String: String] = [:]
  /// Classes in the order of their labels; folders of no class here are left out. Nil takes all folders.
  public var classes: [String]?
  /// Whether a class may be without a folder.
  public var allowsMissingClasses = false
  /// Most pictures, spread evenly over the files: folders come class by class. Nil takes all.
  public var limit: Int?
  public var limits = ReaderLimits.standard
  public var cache = SampleCache.standard

  public init() {}

  /// Reads all pictures.
  ///
  /// - Parameter path: The folder of the classes' folders. Links inside it must not lead out of it.
  /// - Throws: ``DatasetError``, ``Interrupted`` on request.
  public func load(_ path: String) throws -> Dataset {
    try preparation.check(op: name)
    let listing = try FolderListing(path, limits: limits)
    let found = try listing.folders(policy)
    let folders = try classFolders(found.names, listing.root)
    var missing = found.problems
    let classNames = classes ?? Set(folders.map(\.className)).sorted(by: NaturalOrder.precedes)
    var entries: [ImageEntry] = []
    for folder in folders {
      guard let label = classNames.firstIndex(of: folder.className) else { continue }
      let files = try listing.files(below: folder.name, policy)
      missing += files.problems
      for file in files.names where !Self.isText(file) {
        entries.append(ImageEntry(path: listing.join(file), name: file, label: label))
      }
    }
    entries = entries.spread(limit)
    guard !entries.isEmpty else {
      throw DatasetError.malformed(
        path: path, problem: "it has no pictures in folders; one folder for each class is needed")
    }
    let loading = ImageLoading(op: name, preparation: preparation, policy: policy, limits: limits)
    let images = try cache.load(entries, loading, folder: path)
    return try images.dataset(
      name, labels: entries.map(\.label), classNames: classNames, folder: path, missing: missing)
  }

  private struct ClassFolder {
    let name: String
    let className: String
  }

  private func classFolders(_ names: [String], _ root: String) throws -> [ClassFolder] {
    let folders = names.map { ClassFolder(name: $0, className: aliases[$0] ?? $0) }
    for wanted in classes ?? [] where !allowsMissingClasses && !folders.contains(where: { $0.className == wanted }) {
      throw DatasetError.malformed(
        path: root,
        problem:
          "it has no folder of the class '\(wanted)'; its folders are \(folders.map(\.name).joined(separator: ", "))")
    }
    return folders
  }

  /// Files that lie beside pictures and never are one.
  static func isText(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".txt", ".csv", ".tsv", ".json", ".xml", ".md", ".yaml", ".yml", ".html", ".log", ".db", ".ini", ".py"]
      .contains { name.hasSuffix($0) }
  }
}

extension Array {
  /// So many elements, evenly spaced; all of them where there are no more, or where no limit is given.
  func spread(_ limit: Int?) -> [Element] {
    guard let limit, limit < count else { return self }
    return (0..<Swift.max(0, limit)).map { self[$0 * count / limit] }
  }
}
