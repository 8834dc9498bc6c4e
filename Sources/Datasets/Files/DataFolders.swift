import Glibc

/// Where data sets are looked for: `$FEDLUA_DATA`, then `data/`, then the system's folder.
public struct DataFolders: Sendable {
  /// Folders in order of preference.
  public let bases: [String]

  public init(bases: [String]) { self.bases = bases }

  /// The folders of this process. `FEDLUA_DATA` may name several, with colons between them.
  public static var standard: DataFolders {
    let named = getenv("FEDLUA_DATA").map { String(cString: $0) } ?? ""
    return DataFolders(bases: named.split(separator: ":").map(String.init) + ["data", "/usr/share/datasets"])
  }

  /// Returns the first folder that holds all the files of a data set.
  ///
  /// - Parameters:
  ///   - dataset: Name for the message.
  ///   - folder: The caller's own folder; then no other is looked in.
  ///   - subfolders: Usual names of the data set's folder, for each base in order.
  ///   - files: For each file the names it goes by.
  ///   - advice: How to get the data, for the message.
  /// - Returns: One path a file.
  /// - Throws: ``DatasetError/missing(dataset:searched:advice:)``.
  func locate(
    _ dataset: String, folder: String?, subfolders: [String], files: [[String]], advice: String
  ) throws -> [String] {
    let candidates = folder.map { [$0] } ?? bases.flatMap { base in subfolders.map { Self.join(base, $0) } }
    for candidate in candidates {
      let found = files.compactMap { names in
        names.map { Self.join(candidate, $0) }.first { FileContent.exists($0) }
      }
      if found.count == files.count { return found }
    }
    throw DatasetError.missing(dataset: dataset, searched: candidates, advice: advice)
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
