import Glibc
import Tensors

/// The files below a folder, in natural order, without what operating systems leave behind.
///
/// Nothing is passed over in silence: a name that is not UTF-8, a link to nothing, out of the folder or in a circle, a
/// folder that may not be read, a device or a pipe is an error, or, where bad files are skipped, named as such.
struct FolderListing {
  /// What was found, and what is there but cannot be used.
  struct Found {
    /// Paths relative to the root, or names of folders.
    var names: [String] = []
    var problems: [SkippedFile] = []
  }

  /// One entry of a folder.
  private struct Entry {
    let name: String
    let isFolder: Bool
    /// Where it really lies.
    let target: String
  }

  /// Something that is there and cannot be used.
  private struct Problem: Error {
    let path: String
    let reason: String
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
  func folders(_ policy: BadFilePolicy = .stop) throws -> Found {
    var found = Found()
    found.names = try entries("", policy, &found.problems).filter(\.isFolder).map(\.name)
    return found
  }

  /// Whether a path leads to a folder.
  static func isFolder(_ path: String) -> Bool {
    guard let resolved = resolved(path) else { return false }
    return kind(resolved) == S_IFDIR
  }

  /// Files below a folder of the root, at any depth, as paths relative to the root.
  ///
  /// - Throws: ``DatasetError`` for too many files; with ``BadFilePolicy/stop`` also for whatever cannot be used.
  func files(below folder: String, _ policy: BadFilePolicy = .stop) throws -> Found {
    var found = Found()
    guard let real = Self.resolved(join(folder)) else {
      try report(Problem(path: folder, reason: String(cString: strerror(errno))), policy, &found.problems)
      return found
    }
    try collect(folder, above: folder.isEmpty ? [root] : [root, real], policy, &found)
    return found
  }

  /// - Parameter above: Where the folder and those around it really lie.
  private func collect(_ folder: String, above: [String], _ policy: BadFilePolicy, _ found: inout Found) throws {
    guard above.count <= Self.deepest + 2 else {
      let problem = Problem(path: folder, reason: "folders are nested deeper than \(Self.deepest)")
      return try report(problem, policy, &found.problems)
    }
    for entry in try entries(folder, policy, &found.problems) {
      let path = folder.isEmpty ? entry.name : folder + "/" + entry.name
      if !entry.isFolder {
        found.names.append(path)
      } else if above.contains(entry.target) {
        let problem = Problem(path: path, reason: "it is a link to a folder that it lies in")
        try report(problem, policy, &found.problems)
      } else {
        try collect(path, above: above + [entry.target], policy, &found)
      }
      guard found.names.count <= limits.fileCount else {
        throw DatasetError.overLimit(
          path: root, what: "the number of files", got: UInt64(found.names.count), limit: UInt64(limits.fileCount))
      }
    }
  }

  private func report(_ problem: Problem, _ policy: BadFilePolicy, _ problems: inout [SkippedFile]) throws {
    let error = DatasetError.unreadable(path: join(problem.path), reason: problem.reason)
    if policy == .stop { throw error }
    problems.append(SkippedFile(path: problem.path, reason: "\(error)"))
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
    guard let target = Self.resolved(path), Self.kind(target) == S_IFREG else { return nil }
    guard target.hasPrefix(root == "/" ? root : root + "/") else {
      throw DatasetError.unreadable(path: path, reason: "it leads out of the data folder, to \(target)")
    }
    return path
  }

  /// Full path of a relative one.
  func join(_ relative: String) -> String { relative.isEmpty ? root : root + "/" + relative }

  private func entries(
    _ folder: String, _ policy: BadFilePolicy, _ problems: inout [SkippedFile]
  ) throws -> [Entry] {
    let path = join(folder)
    guard let stream = opendir(path) else {
      let reason = String(cString: strerror(errno))
      // Without the folder itself there is nothing.
      guard !folder.isEmpty else { throw DatasetError.unreadable(path: path, reason: reason) }
      try report(Problem(path: folder, reason: reason), policy, &problems)
      return []
    }
    defer { closedir(stream) }
    var found: [Entry] = []
    while let record = readdir(stream) {
      let bytes = withUnsafeBytes(of: &record.pointee.d_name) { raw in Array(raw.prefix { $0 != 0 }) }
      do {
        if let entry = try entry(bytes, in: folder) { found.append(entry) }
      } catch let problem as Problem {
        try report(problem, policy, &problems)
      }
      guard found.count <= limits.fileCount else {
        throw DatasetError.overLimit(
          path: path, what: "the number of files", got: UInt64(found.count), limit: UInt64(limits.fileCount))
      }
    }
    problems.sort { NaturalOrder.precedes($0.path, $1.path) }
    return found.sorted { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// Looks at one entry of a folder; nil for litter.
  private func entry(_ bytes: [UInt8], in folder: String) throws -> Entry? {
    let start = folder.isEmpty ? "" : folder + "/"
    guard let name = String(validating: bytes, as: UTF8.self) else {
      if bytes.first == UInt8(ascii: ".") { return nil }
      throw Problem(path: start + Self.shown(bytes), reason: "its name is not UTF-8; rename it")
    }
    guard !Self.isLitter(name) else { return nil }
    let (kind, target) = try target(of: start + name)
    return Entry(name: name, isFolder: kind == S_IFDIR, target: target)
  }

  /// A name that is not UTF-8, its strange bytes as `\xE4`.
  private static func shown(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return (0x20..<0x7f).contains(byte) ? String(Character(Unicode.Scalar(byte))) : "\\x" + digits
    }.joined()
  }

  /// What a relative path leads to, a file or a folder, and where that really lies.
  private func target(of relative: String) throws -> (kind: mode_t, path: String) {
    let path = join(relative)
    var status = stat()
    guard lstat(path, &status) == 0 else { throw problem(relative, String(cString: strerror(errno))) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    guard let target = Self.resolved(path) else {
      let reason = String(cString: strerror(errno))
      throw problem(relative, isLink ? "it is a link that leads nowhere: \(reason)" : reason)
    }
    guard target.hasPrefix(root == "/" ? root : root + "/") || target == root else {
      throw problem(
        relative, "it is a link that leads out of the data folder, to \(target); copy the file there")
    }
    guard stat(target, &status) == 0 else { throw problem(relative, String(cString: strerror(errno))) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFDIR || kind == S_IFREG else {
      throw problem(relative, "it is \(FileKind.name(status.st_mode)), neither a file nor a folder")
    }
    return (kind, target)
  }

  private func problem(_ path: String, _ reason: String) -> Problem { Problem(path: path, reason: reason) }

  private static func kind(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  private static func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    // A real name that is not UTF-8 could not be told from others.
    guard let name = String(validatingCString: buffer) else {
      errno = EILSEQ
      return nil
    }
    return name
  }

  /// Hidden files, and what Windows and archives made on a Mac leave in folders.
  static func isLitter(_ name: String) -> Bool {
    if name.hasPrefix(".") || name == "__MACOSX" { return true }
    return ["thumbs.db", "desktop.ini", "ehthumbs.db"].contains(name.lowercased())
  }
}
