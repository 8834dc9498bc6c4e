import Tensors

/// Pictures whose classes stand in a table: one row a file.
public struct ImageTable: Sendable {
  /// What the set is called.
  public var name = "csv"
  /// Column of the files, relative to the folder.
  public var fileColumn = "file"
  /// Column of the classes: names or whole numbers.
  public var labelColumn = "label"
  /// Column of what must stay together in a split, such as the patient.
  public var groupColumn: String?
  /// Rows that count: those with this field in this column, such as `train` in `split`.
  public var selection: (column: String, field: String)?
  /// Classes in the order of their labels; nil sorts what the table has.
  public var classes: [String]?
  /// Most pictures, spread evenly over the rows; nil takes all.
  public var limit: Int?
  public var preparation = ImagePreparation()
  public var policy = BadFilePolicy.stop
  public var limits = ReaderLimits.standard
  public var cache = SampleCache.standard

  /// Endings that are tried for a file named without one.
  private static let endings = ["", ".png", ".jpg", ".jpeg", ".JPG"]

  public init() {}

  /// Reads the pictures of a table.
  ///
  /// - Parameters:
  ///   - path: The table.
  ///   - folder: Where the files are; nil is the table's own folder. No name may lead out of it.
  /// - Throws: ``DatasetError``, ``Interrupted`` on request.
  public func load(_ path: String, folder: String? = nil) throws -> Dataset {
    try preparation.check(op: name)
    let content = try FileContent(path: path, limits: limits)
    let table = try CSVTable(content, limits: limits)
    _ = (try table.column(fileColumn), try table.column(labelColumn))
    let rows = try selectedRows(table)
    let labels = try labelColumn(table, rows)
    let classNames = classes ?? Set(labels).sorted(by: NaturalOrder.precedes)
    let listing = try FolderListing(folder ?? Self.folder(of: path), limits: limits)
    let entries = try entries(table, rows, labels, classNames, listing).spread(limit)
    let loading = ImageLoading(op: name, preparation: preparation, policy: policy, limits: limits)
    let images = try cache.load(entries, loading, folder: listing.root)
    return try images.dataset(
      name, labels: entries.map(\.label), classNames: classNames, folder: listing.root, table: content.source)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func selectedRows(_ table: CSVTable) throws -> [Int] {
    guard !table.rows.isEmpty else {
      throw DatasetError.malformed(path: table.path, problem: "it has no rows below its line of names")
    }
    guard let selection else { return Array(table.rows.indices) }
    let fields = try table.column(selection.column)
    let rows = fields.indices.filter { fields[$0] == selection.field }
    guard !rows.isEmpty else {
      throw DatasetError.malformed(
        path: table.path, problem: "no row has '\(selection.field)' in column '\(selection.column)'")
    }
    return rows
  }

  private func labelColumn(_ table: CSVTable, _ rows: [Int]) throws -> [String] {
    let fields = try table.column(labelColumn)
    return try rows.map { row in
      guard !fields[row].isEmpty else {
        throw DatasetError.malformed(path: table.path, problem: "row \(row + 1) has no class")
      }
      return fields[row]
    }
  }

  private func entries(
    _ table: CSVTable, _ rows: [Int], _ labels: [String], _ classNames: [String], _ listing: FolderListing
  ) throws -> [ImageEntry] {
    let files = try table.column(fileColumn)
    let groups = try groupColumn.map { try table.column($0) }
    let positions = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return try zip(rows, labels).map { row, label in
      guard let position = positions[label] else {
        throw DatasetError.malformed(
          path: table.path,
          problem: "class '\(label)' of row \(row + 1) is none of \(classNames.joined(separator: ", "))")
      }
      guard !files[row].hasPrefix("/") else {
        throw DatasetError.malformed(
          path: table.path,
          problem: "'\(files[row])' of row \(row + 1) is an absolute path; files are named relative to \(listing.root)")
      }
      let found = try Self.endings.lazy.compactMap { try listing.file(files[row] + $0) }.first
      // A file that is not there fails when it is read, as the policy says.
      return ImageEntry(
        path: found ?? listing.join(files[row]), name: files[row], label: position, group: groups?[row] ?? "")
    }
  }
}
