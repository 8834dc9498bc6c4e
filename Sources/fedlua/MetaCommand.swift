import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// `fedlua meta`
struct MetaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meta", abstract: "Writes what editors, checkers and readers know of fed.",
    discussion: """
      Everything comes from the declarations that `help` shows, so nothing can be out of date: stubs for the Lua language \
      server (LuaLS, EmmyLua), definitions for luacheck and selene, the reference pages, and one page for language models.
      """)

  @Option(help: "Sets a project's folder up for the editor: stubs, .luarc.json, definitions for luacheck and selene.")
  var install: String?

  @Flag(help: "Prints everything on one page: signatures, options and examples, for language models.")
  var llm = false

  @Option(help: "Writes the files that are committed into a clone of fedlua.")
  var write: String?

  @Option(help: "Compares the files that are committed in a clone of fedlua; fails where one is out of date.")
  var check: String?

  func validate() throws {
    if install == nil, write == nil, check == nil, !llm {
      throw ValidationError("--install DIR, --llm, --write DIR or --check DIR says what to do")
    }
  }

  func run() throws {
    let state = try HostModules.open()
    let meta: LuaTable = try state.evaluate("return require 'fed.tools.meta'")
    if let install { try save(meta, "project", in: install, replacing: { $0.hasPrefix(".fedlua/") }) }
    if let write { try save(meta, "committed", in: write) }
    if let check { try compare(files(meta, "committed"), in: check) }
    if llm { print(try meta.get("digest", as: LuaFunction.self)(returning: String.self), terminator: "") }
  }

  /// The files of a set: paths and texts.
  private func files(_ meta: LuaTable, _ set: String) throws -> [(path: String, text: String)] {
    let table = try meta.get(set, as: LuaFunction.self)(returning: LuaTable.self)
    return try table.entries().map { key, value in (key.description, value.as(String.self) ?? "") }
  }

  /// Writes the files of a set.
  ///
  /// - Parameter replaces: Whether a file that is there already may be written over.
  private func save(
    _ meta: LuaTable, _ set: String, in folder: String, replacing replaces: (String) -> Bool = { _ in true }
  ) throws {
    for (path, text) in try files(meta, set) {
      let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let present = try? String(contentsOf: file, encoding: .utf8)
      if present == text { continue }
      if present != nil, !replaces(path) {
        print("\(path) is kept as it is; fedlua would write:\n\(text)")
        continue
      }
      try text.write(to: file, atomically: true, encoding: .utf8)
      print(path)
    }
  }

  private func compare(_ files: [(path: String, text: String)], in folder: String) throws {
    let stale = files.filter { path, text in
      let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
      return (try? String(contentsOf: file, encoding: .utf8)) != text
    }
    for (path, _) in stale { print("\(path) is out of date; fedlua meta --write \(folder) renews it") }
    if !stale.isEmpty { throw ExitCode(1) }
  }
}
