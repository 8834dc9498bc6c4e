import Foundation
import PackagePlugin

/// Turns every script of `lua/` in the target's folder into one Swift dictionary from module name to source text.
@main
struct EmbedLuaPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let root = target.directoryURL.appending(path: "lua")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedScripts.swift")
    let scripts =
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "lua" } ?? []
    return [
      .buildCommand(
        displayName: "Embedding \(scripts.count) Lua scripts",
        executable: try context.tool(named: "EmbedLua").url,
        arguments: [root.path, output.path],
        inputFiles: scripts, outputFiles: [output])
    ]
  }
}
