import Foundation

// EmbedLua ROOT OUTPUT: writes ROOT/**/*.lua as one Swift dictionary, `fed/init.lua` under the name "fed".

func moduleName(of path: Substring) -> String {
  var name = path.dropLast(".lua".count)
  if name.hasSuffix("/init") { name = name.dropLast("/init".count) }
  return String(name.map { $0 == "/" ? "." : $0 })
}

/// A raw string literal long enough in `#` to hold any script unchanged.
func literal(_ text: String) -> String {
  var fence = "#"
  while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
  return "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)"
}

let root = CommandLine.arguments[1], output = CommandLine.arguments[2]
let paths = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
  .filter { $0.hasSuffix(".lua") }.sorted()
var swift = "let embeddedScripts: [String: String] = [\n"
for path in paths {
  let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
  swift += "\"\(moduleName(of: path[...]))\": \(literal(text)),\n"
}
swift += paths.isEmpty ? ":]\n" : "]\n"
try swift.write(toFile: output, atomically: true, encoding: .utf8)
