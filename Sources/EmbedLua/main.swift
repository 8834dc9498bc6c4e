import Foundation

// EmbedLua SCRIPTS FILES OUTPUT: writes SCRIPTS/**/*.lua as one Swift dictionary, `fed/init.lua` under the name "fed", and
// all of FILES as another, by path.

func moduleName(of path: Substring) -> String {
  var name = path.dropLast(".lua".count)
  if name.hasSuffix("/init") { name = name.dropLast("/init".count) }
  return String(name.map { $0 == "/" ? "." : $0 })
}

/// A raw string literal long enough in `#` to hold any text unchanged.
func literal(_ text: String) -> String {
  var fence = "#"
  while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
  return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
}

func dictionary(_ name: String, of root: String, named key: (String) -> String?) throws -> String {
  let paths = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).sorted()
  var swift = "let \(name): [String: String] = [\n", isEmpty = true
  for path in paths {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder), !isFolder.boolValue,
      let key = key(path)
    else { continue }
    isEmpty = false
    swift += "\"\(key)\": \(literal(try String(contentsOfFile: root + "/" + path, encoding: .utf8))),\n"
  }
  return swift + (isEmpty ? ":]\n" : "]\n")
}

let arguments = CommandLine.arguments
let scripts = try dictionary("embeddedScripts", of: arguments[1]) { path in
  path.hasSuffix(".lua") ? moduleName(of: path[...]) : nil
}
let files = try dictionary("embeddedFiles", of: arguments[2]) { $0 }
try (scripts + files).write(toFile: arguments[3], atomically: true, encoding: .utf8)
