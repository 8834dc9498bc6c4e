import Foundation
import Tensors

/// Decoded samples on disk, so that a set is decoded once.
///
/// An entry is keyed by the bytes of all source files and by all that is done to them. A second, cheap key of names,
/// sizes and times of change finds the entry without reading the sources again.
public struct SampleCache: Sendable {
  /// Folder of the entries; nil turns the cache off.
  public let folder: String?
  /// Bytes that all entries may take together before the oldest are removed.
  var byteLimit = 8 << 30
  /// Sets of fewer files are decoded each time: that is quicker than to think about it.
  var leastFiles = 64
  /// Sets of files of at most so many bytes are looked for by their content before they are decoded, and kept in memory
  /// meanwhile. Larger ones are decoded as they are read: no file is ever read or hashed twice.
  var mostKeptBytes = 512 << 20

  public init(folder: String?) { self.folder = folder }

  /// No cache at all.
  public static let none = SampleCache(folder: nil)

  /// In `$FEDLUA_CACHE`, else in the user's own folder for such things. An empty `FEDLUA_CACHE` turns it off.
  public static var standard: SampleCache {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["FEDLUA_CACHE"] { return SampleCache(folder: named.isEmpty ? nil : named) }
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return SampleCache(folder: base + "/fedlua") }
    if let home = environment["HOME"], home.hasPrefix("/") { return SampleCache(folder: home + "/.cache/fedlua") }
    return .none
  }

  /// Returns the samples of some files, from the cache where it has them.
  ///
  /// A cache that cannot be read or written never fails a load.
  func load(_ entries: [ImageEntry], _ loading: ImageLoading, folder source: String) throws -> LoadedImages {
    guard let folder, entries.count >= leastFiles else { return try loading.load(entries, folder: source) }
    let settings = "\(CachedSamples.version), \(loading.preparation), \(loading.policy.rawValue)"
    let states = entries.map { FileState($0.path) }
    let quickKey = FileState.key(settings, entries, states)
    let link = "\(folder)/\(quickKey).link"
    if let key = try? String(contentsOfFile: link, encoding: .utf8), key.count == 64,
      let images = CachedSamples.read("\(folder)/\(key).samples", entryCount: entries.count)
    {
      return images
    }
    let size = states.reduce(0) { $0 > mostKeptBytes ? $0 : $0 + min($1.byteCount, mostKeptBytes + 1) }
    let files = size <= mostKeptBytes ? HashedFiles(entries, limits: loading.limits) : nil
    try Interrupt.check()
    let known = files.flatMap { Self.contentKey(settings, entries, $0.hashes) }
    if let known, let found = CachedSamples.read("\(folder)/\(known).samples", entryCount: entries.count) {
      remember(known, link, states)
      return found
    }
    let images = try loading.load(entries, folder: source, files: files)
    if let key = known ?? Self.contentKey(settings, entries, images.hashes) {
      store(images, "\(folder)/\(key).samples")
      remember(key, link, states)
    }
    return images
  }

  /// Lets the cheap key lead to an entry.
  private func remember(_ key: String, _ link: String, _ states: [FileState]) {
    // A file that was changed a moment ago may change again within the clock's grain.
    guard states.allSatisfy(\.isSettled) else { return }
    try? AtomicFile.replaceAlone(link, bytes: Array(key.utf8))
  }

  /// Hash of the settings and of all files' bytes; nil where one could not be read.
  private static func contentKey(_ settings: String, _ entries: [ImageEntry], _ hashes: [String?]) -> String? {
    var text = settings + "\n"
    for (entry, hash) in zip(entries, hashes) {
      guard let hash else { return nil }
      text += "\(hash) \(entry.group) \(entry.name)\n"
    }
    return SHA256.hex(text)
  }

  private func store(_ images: LoadedImages, _ path: String) {
    guard let folder else { return }
    let files = FileManager.default
    try? files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try? CachedSamples.write(images, path)
    removeOldest(folder, except: path)
  }

  private func removeOldest(_ folder: String, except kept: String) {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
    let files = try? FileManager.default.contentsOfDirectory(
      at: URL(filePath: folder), includingPropertiesForKeys: Array(keys))
    var entries = (files ?? []).filter { ["samples", "link"].contains($0.pathExtension) }.compactMap { file in
      (try? file.resourceValues(forKeys: keys)).map {
        (file: file, size: $0.fileSize ?? 0, date: $0.contentModificationDate ?? .distantPast)
      }
    }
    var total = entries.reduce(0) { $0 + $1.size }
    entries.sort { $0.date < $1.date }
    for entry in entries where total > byteLimit && entry.file.path != kept {
      try? FileManager.default.removeItem(at: entry.file)
      total -= entry.size
    }
  }
}

/// What the system says of a file without reading it.
struct FileState {
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int
  private let inode: UInt

  init(_ path: String) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    size = isThere ? Int(status.st_size) : -1
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
    inode = UInt(status.st_ino)
  }

  /// Size of the file; 0 for one that is not there.
  var byteCount: Int { max(0, size) }

  /// Whether the last change is old enough to be told from a next one.
  var isSettled: Bool { size >= 0 && seconds < time(nil) - 2 }

  static func key(_ settings: String, _ entries: [ImageEntry], _ states: [FileState]) -> String {
    var text = settings + "\n"
    for (entry, state) in zip(entries, states) {
      text += "\(state.size) \(state.seconds) \(state.nanoseconds) \(state.inode) \(entry.group) \(entry.path)\n"
    }
    return SHA256.hex(text)
  }
}
