import Glibc

/// The files below a folder, in natural order, without what operating systems leave behind.
struct FolderListing {
  /// One entry of a folder.
  private struct Entry {
    let name: String
    let isFolder: Bool
  }

  /// The folder itself, links resolved: nothing outside of it is read.
  let root: String
  private let limits: ReaderLimits
  private static let deepest = 8

  /// - Throws: ``DatasetError/unreadable(path:reason:)`` unless it is a folder.
  init(_ path: String, limits: ReaderLimits = .standard) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw DatasetError.unreadable(path: path, reason: "the path is empty or holds a zero byte")
    }
    guard let resolved = Self.resolved(path) else {
      throw DatasetError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard Self.kind(resolved) == S_IFDIR else {
      throw DatasetError.unreadable(path: path, reason: "it is not a folder")
    }
    root = resolved
    self.limits = limits
  }

  /// Names of the folders right below the root, in natural order.
  func folders() throws -> [String] { try entries("").filter(\.isFolder).map(\.name) }

  /// Whether a path leads to a folder.
  static func isFolder(_ path: String) -> Bool {
    guard let resolved = resolved(path) else { return false }
    return kind(resolved) == S_IFDIR
  }

  /// Files below a folder of the root, at any depth, as paths relative to the root.
  ///
  /// - Throws: ``DatasetError`` for a link that leads out of the root, folders nested too deep, too many files.
  func files(below folder: String) throws -> [String] {
    var found: [String] = []
    try collect(folder, depth: 0, &found)
    return found
  }

  private func collect(_ folder: String, depth: Int, _ found: inout [String]) throws {
    guard depth <= Self.deepest else {
      throw DatasetError.unreadable(
        path: join(folder), reason: "folders are nested deeper than \(Self.deepest), perhaps by a link to themselves")
    }
    for entry in try entries(folder) {
      let path = folder.isEmpty ? entry.name : folder + "/" + entry.name
      if entry.isFolder {
        try collect(path, depth: depth + 1, &found)
      } else {
        found.append(path)
      }
      guard found.count <= limits.fileCount else {
        throw DatasetError.overLimit(
          path: root, what: "the number of files", got: UInt64(found.count), limit: UInt64(limits.fileCount))
      }
    }
  }

  /// Returns the full path of a file that a list names.
  ///
  /// - Returns: nil where there is no such file.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` for a path that leads out of the root.
  func file(_ relative: String) throws -> String? {
    let path = join(relative)
    guard !relative.hasPrefix("/"), !relative.split(separator: "/").contains(".."), !relative.utf8.contains(0) else {
      throw DatasetError.unreadable(path: path, reason: "it leads out of the data folder")
    }
    guard try checkedKind(path) == S_IFREG, let target = Self.resolved(path) else { return nil }
    guard target.hasPrefix(root == "/" ? root : root + "/") else {
      throw DatasetError.unreadable(path: path, reason: "it leads out of the data folder, to \(target)")
    }
    return path
  }

  /// Full path of a relative one.
  func join(_ relative: String) -> String { relative.isEmpty ? root : root + "/" + relative }

  private func entries(_ folder: String) throws -> [Entry] {
    let path = join(folder)
    guard let stream = opendir(path) else {
      throw DatasetError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    var found: [Entry] = []
    while let record = readdir(stream) {
      let name = withUnsafeBytes(of: &record.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !Self.isLitter(name) else { continue }
      guard let kind = try checkedKind(path + "/" + name) else { continue }
      found.append(Entry(name: name, isFolder: kind == S_IFDIR))
      guard found.count <= limits.fileCount else {
        throw DatasetError.overLimit(
          path: path, what: "the number of files", got: UInt64(found.count), limit: UInt64(limits.fileCount))
      }
    }
    return found.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// What a path leads to; nil for devices, pipes and links to nothing.
  ///
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` for a link that leads out of the root.
  private func checkedKind(_ path: String) throws -> mode_t? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFLNK else {
      let kind = status.st_mode & S_IFMT
      return kind == S_IFDIR || kind == S_IFREG ? kind : nil
    }
    guard let target = Self.resolved(path) else { return nil }
    guard target.hasPrefix(root == "/" ? root : root + "/") else {
      throw DatasetError.unreadable(
        path: path, reason: "it is a link that leads out of the data folder, to \(target); copy the file there")
    }
    let kind = Self.kind(target)
    return kind == S_IFDIR || kind == S_IFREG ? kind : nil
  }

  private static func kind(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  private static func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  /// Hidden files, and what Windows and archives made on a Mac leave in folders.
  static func isLitter(_ name: String) -> Bool {
    if name.hasPrefix(".") || name == "__MACOSX" { return true }
    return ["thumbs.db", "desktop.ini", "ehthumbs.db"].contains(name.lowercased())
  }
}
