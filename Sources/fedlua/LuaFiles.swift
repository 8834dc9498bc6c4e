import ArgumentParser
import Foundation

/// Lua files by what a user names: files, and folders with all that lie in them.
enum LuaFiles {
  /// The files in their order by name. Folders whose name begins with a dot are left out.
  ///
  /// - Parameter suffix: What the name of a file in a folder ends with; a file that is named counts anyhow.
  static func found(_ paths: [String], suffix: String) throws -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw ValidationError("there is no file or folder '\(path)'")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      let prefix = path == "." ? "" : path.hasSuffix("/") ? path : path + "/"
      files += names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") && !$0.contains("/.") }.map { prefix + $0 }
    }
    return files.sorted()
  }
}
