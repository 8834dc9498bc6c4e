import Foundation

/// Packs of real data that some tests read where they are present: archives in `$FEDLUA_DATA`, or in `../shared/data`
/// beside the repository.
public enum DataPacks {
  /// Whether a pack can be read; a test without its pack is skipped.
  public static func isPresent(_ pack: String) -> Bool { location(of: pack) != nil }

  /// What a skipped test says.
  public static func absence(of pack: String) -> String {
    "the data pack \(pack) is neither in FEDLUA_DATA nor in \(besideRepository.path)"
  }

  /// Returns a folder with the content of a pack, unpacked once into a cache outside the repository.
  public static func unpacked(_ pack: String) throws -> String {
    guard let archive = location(of: pack) else { throw CocoaError(.fileNoSuchFile) }
    let size = try archive.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    let files = FileManager.default
    let cache = files.temporaryDirectory.appending(path: "fedlua-data-packs")
    let folder = cache.appending(path: "\(pack)-\(size)")
    if files.fileExists(atPath: folder.path) { return folder.path }
    let draft = cache.appending(path: "draft-\(UUID().uuidString)")
    try files.createDirectory(at: draft, withIntermediateDirectories: true)
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-xf", archive.path, "-C", draft.path, "--no-same-owner"]
    try tar.run()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    // Another test process may have been faster; its folder is as good.
    do { try files.moveItem(at: draft, to: folder) } catch { try? files.removeItem(at: draft) }
    return folder.path
  }

  private static var besideRepository: URL {
    URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized
  }

  private static func location(of pack: String) -> URL? {
    let named = ProcessInfo.processInfo.environment["FEDLUA_DATA"] ?? ""
    let folders = named.split(separator: ":").map { URL(filePath: String($0)) } + [besideRepository]
    return folders.map { $0.appending(path: pack) }.first { FileManager.default.isReadableFile(atPath: $0.path) }
  }
}
