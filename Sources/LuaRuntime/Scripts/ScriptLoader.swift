import CLua
import Foundation

/// Finds the modules that scripts `require`: in the folders of scripts first, then in the embedded library.
public struct ScriptLoader {
  /// Folders to search, in order.
  public var folders: [String] = []
  /// The embedded library: module name to source.
  public var library: (String) -> String? = { _ in nil }
  /// The names of the library's modules, sorted.
  public var modules: [String] = []

  /// The module that each chunk was loaded as.
  var names: [String: String] = [:]
  /// The state of each file when it was loaded.
  var stamps: [String: Stamp] = [:]
  var isWatching = false

  /// A module's text, and the name that messages give it.
  struct Script {
    let source: String
    let chunkName: String
  }

  /// Returns the script of a module, or the places where it was looked for. A file that is there must be readable.
  func find(_ module: String) throws(UnreadableScript) -> Result<Script, ScriptNotFound> {
    guard Self.isModuleName(module) else { return .failure(ScriptNotFound(places: ["'\(module)' is no module name"])) }
    let path = module.split(separator: ".").joined(separator: "/")
    var places: [String] = []
    for folder in folders {
      for candidate in ["\(folder)/\(path).lua", "\(folder)/\(path)/init.lua"] {
        do throws(UnreadableScript) {
          return .success(Script(source: try readScript(candidate), chunkName: "@" + candidate))
        } catch {
          guard error.isMissing else { throw error }
          places.append("no file '\(candidate)'")
        }
      }
    }
    if let source = library(module) {
      return .success(Script(source: source, chunkName: Self.chunkName(ofLibrary: path)))
    }
    return .failure(ScriptNotFound(places: places + ["no module '\(module)' in the library"]))
  }

  /// What Lua calls a script of the library; told by its first letter from a script of the same path.
  public static func chunkName(ofLibrary path: String) -> String { "=\(path).lua" }

  /// The modules `root.…` that lie in folders of scripts, sorted, such as `fed.aggregators.mine` for the file
  /// `fed/aggregators/mine.lua`: whoever adds a file to such a folder adds a member to the module. Files in folders
  /// `parts` are none: members are made of them.
  public static func modules(of root: String, in folders: [String]) -> [String] {
    var found: Set<String> = []
    for folder in folders {
      let files = FileManager.default.enumerator(atPath: "\(folder)/\(root)")?.compactMap { $0 as? String } ?? []
      for file in files where file.hasSuffix(".lua") && file != "init.lua" && !"/\(file)".contains("/parts/") {
        let name = "\(root)/\(file.dropLast(4))".split(separator: "/").joined(separator: ".")
        if isModuleName(name) { found.insert(name) }
      }
    }
    return found.sorted()
  }

  /// Names with dots between words, so that no module leaves its folder.
  private static func isModuleName(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { isalnum(Int32($0)) != 0 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }
  }
}

/// Says where a module was looked for.
struct ScriptNotFound: Error {
  let places: [String]
}

/// A script that cannot be read, with the reason.
struct UnreadableScript: Error, CustomStringConvertible {
  let path: String
  let reason: String
  let isMissing: Bool

  var description: String { "cannot read '\(path)': \(reason)" }
}

extension LuaError {
  /// What stands in the way of reading a script.
  init(_ error: UnreadableScript) { self.init(.runtime, error.description) }
}

/// Returns the text of a script in a file, without a first line for the shell.
public func scriptText(_ path: String) throws(LuaError) -> String {
  do throws(UnreadableScript) { return try readScript(path) } catch { throw LuaError(error) }
}

/// Returns the text of a file, without a first line for the shell.
func readScript(_ path: String) throws(UnreadableScript) -> String {
  guard let file = fopen(path, "rb") else { throw .failed(path) }
  defer { fclose(file) }
  var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&block, 1, block.count, file)
    bytes += block.prefix(count)
    if count < block.count { break }
  }
  if ferror(file) != 0 { throw .failed(path) }
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw UnreadableScript(path: path, reason: "not UTF-8 at line \(firstBadLine(bytes))", isMissing: false)
  }
  guard text.utf8.first == UInt8(ascii: "#"), let end = text.firstIndex(where: \.isNewline) else { return text }
  return String(text[end...])  // the line break stays, so that lines keep their numbers
}

extension UnreadableScript {
  /// What the system says of its last failure.
  fileprivate static func failed(_ path: String) -> UnreadableScript {
    let code = errno
    return UnreadableScript(
      path: path, reason: String(cString: strerror(code)), isMissing: code == ENOENT || code == ENOTDIR)
  }
}

/// The number of the first line whose bytes are no UTF-8. A line break is never part of a longer character.
private func firstBadLine(_ bytes: [UInt8]) -> Int {
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
}

extension LuaState {
  /// Makes `require` search `folders`, then `library`. C modules are not loaded: they could crash the host.
  ///
  /// - Parameters:
  ///   - modules: The names of the library's modules, for help.
  ///   - root: The module that all others of the library lie in. Errors raised there stand at the line of the script
  ///     that called.
  public func searchModules(
    in folders: [String], library: @escaping (String) -> String?, modules: [String] = [], root: String? = nil
  ) {
    if let root { clua_set_library(host, "=\(root)/") }
    loader = ScriptLoader(folders: folders, library: library, modules: modules)
    replaceSearchers(with: ScriptLoader.searcher)
  }

  /// Compiles a script file without running it.
  public func compile(file path: String) throws(LuaError) -> LuaFunction {
    let source: String
    do throws(UnreadableScript) { source = try readScript(path) } catch {
      throw LuaError(.runtime, error.description)
    }
    return try compile(source, name: "@" + path)
  }

  /// Lets `require` search the current folder, after all other folders and before the library.
  public func searchCurrentFolder() { if !loader.folders.contains(".") { loader.folders.append(".") } }

  /// Runs a script file, or the standard input for the path `-`. Its folder and the current one are searched by
  /// `require` before the library.
  ///
  /// The script finds its arguments in `...` and in `arg`, its own path in `arg[0]`.
  public func run(file path: String, arguments: [String] = []) throws(LuaError) {
    let source: String
    do throws(UnreadableScript) { source = try readScript(path == "-" ? "/dev/stdin" : path) } catch {
      throw LuaError(.runtime, error.description)
    }
    try run(text: source, asFile: path, arguments: arguments)
  }

  /// Runs a text as if it stood in a file; see ``run(file:arguments:)``.
  public func run(text source: String, asFile path: String, arguments: [String] = []) throws(LuaError) {
    if let slash = path.lastIndex(of: "/") {
      loader.folders.append(slash == path.startIndex ? "/" : String(path[..<slash]))
    }
    searchCurrentFolder()
    setArguments([path] + arguments)
    try run(source, name: path == "-" ? "=stdin" : "@" + path, arguments: arguments)
  }
}

extension ScriptLoader {
  static let searcher = Binding(
    owner: "", "require", .function,
    Documentation(
      "Finds a module for require.", parameters: [ParameterDocument("module", "string", "Its name, with dots.")])
  ) { (frame) throws(LuaFailure) in
    let module = try frame.string(1)
    let found: Result<Script, ScriptNotFound>
    do throws(UnreadableScript) { found = try frame.state.loader.find(module) } catch {
      throw .plain(error.description)
    }
    switch found {
    case .failure(let error): return frame.write(error.places.joined(separator: "\n\t"))
    case .success(let script):
      frame.state.loader.names[script.chunkName] = module
      frame.state.loader.noteStamp(of: script.chunkName)
      do throws(LuaError) {
        try frame.state.load(script.source, name: script.chunkName)
      } catch { throw .rethrow(error) }
      return 1 + frame.write(String(script.chunkName.dropFirst()))
    }
  }
}
