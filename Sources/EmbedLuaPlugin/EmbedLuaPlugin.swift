import Foundation
import PackagePlugin

/// Turns every script of `lua/` in the target's folder into one Swift dictionary from module name to source text, and
/// every file of `shipped/`, which users get to compile or start themselves, into another.
@main
struct EmbedLuaPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = target.directoryURL.appending(path: "lua"), shipped = target.directoryURL.appending(path: "shipped")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedScripts.swift")
    func files(_ folder: URL) -> [URL] {
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
        .filter { !$0.hasDirectoryPath } ?? []
    }
    let scripts = files(root).filter { $0.pathExtension == "lua" }
    return [
      .buildCommand(
        displayName: "Embedding \(scripts.count) Lua scripts",
        executable: try context.tool(named: "EmbedLua").url,
        arguments: [root.path, shipped.path, output.path],
        inputFiles: scripts + files(shipped), outputFiles: [output])
    ]
  }
}
