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
    let folders = try classFolders(listing)
    let classNames = classes ?? Set(folders.map(\.className)).sorted(by: NaturalOrder.precedes)
    var entries: [ImageEntry] = []
    for folder in folders {
      guard let label = classNames.firstIndex(of: folder.className) else { continue }
      for file in try listing.files(below: folder.name) where !Self.isText(file) {
        entries.append(ImageEntry(path: listing.join(file), name: file, label: label))
      }
    }
    guard !entries.isEmpty else {
      throw DatasetError.malformed(
        path: path, problem: "it has no pictures in folders; one folder for each class is needed")
    }
    let loading = ImageLoading(op: name, preparation: preparation, policy: policy, limits: limits)
    let images = try cache.load(entries, loading, folder: path)
    return try images.dataset(name, labels: entries.map(\.label), classNames: classNames, folder: path)
  }

  private struct ClassFolder {
    let name: String
    let className: String
  }

  private func classFolders(_ listing: FolderListing) throws -> [ClassFolder] {
    let folders = try listing.folders().map { ClassFolder(name: $0, className: aliases[$0] ?? $0) }
    for wanted in classes ?? [] where !allowsMissingClasses && !folders.contains(where: { $0.className == wanted }) {
      throw DatasetError.malformed(
        path: listing.root,
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
