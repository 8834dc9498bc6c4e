import ArgumentParser
import Federation
import Foundation
import LuaBindings
import LuaRuntime

/// The script of a recorded run, to be run once more as it was.
struct RecordedScript {
  let run: RecordedRun
  private let name, text: String
  private let arguments: [String]
  private var host: JSONValue? { run.manifest["host"] }

  init(_ folder: String) throws {
    // The script runs in a folder of its own, and this one must be found from there.
    do { run = try RecordedRun(URL(fileURLWithPath: folder).path) } catch { throw ValidationError("\(error)") }
    guard let script = run.manifest["script"], let name = script["name"]?.string, let text = script["text"]?.string
    else { throw ValidationError("\(folder): no script made this run; a session at the prompt cannot be repeated") }
    self.name = name
    self.text = text
    arguments = (run.manifest["arguments"]?.array ?? []).compactMap(\.string)
  }

  /// The folder as the script named it.
  var runDir: String { host?["run_dir"]?.string ?? run.path }

  /// The settings that the run had, as far as results depend on them.
  private var settings: HostSettings {
    var settings = HostSettings()
    settings.seed = host?["seed"]?.string.flatMap { UInt64($0) } ?? 0
    settings.conv = host?["conv"]?.string ?? settings.conv
    settings.isSmokeRun = host?["smoke"] == .bool(true)
    settings.scriptFolders = (host?["scripts"]?.array ?? []).compactMap(\.string)
    settings.scriptPath = name
    settings.scriptText = text
    settings.scriptArguments = arguments
    return settings
  }

  /// Runs the recorded text, in the folder where it was run, with its arguments and seed.
  ///
  /// - Parameter folders: Where its runs leave their records.
  func execute(_ folders: RunFolders, threads: Int?, _ progress: ProgressOptions) throws {
    var settings = progress.applied(to: settings)
    settings.runFolders = folders
    if let threads { settings.threads = threads }
    // A folder that is gone by now was needed by nothing that the script does not miss itself.
    if let folder = host?["folder"]?.string { _ = FileManager.default.changeCurrentDirectoryPath(folder) }
    do {
      try HostModules.withSettings(settings) {
        let state = try HostModules.open(settings)
        HostModules.catchInterrupts(state)
        try state.run(text: text, asFile: name, arguments: arguments)
      }
    } catch let error as LuaError {
      fflush(nil)
      let traceback = error.traceback.map { "\n" + $0 } ?? ""
      FileHandle.standardError.write(Data("fedlua: \(error.message)\(traceback)\n".utf8))
      throw ExitCode(error.kind == .interrupted ? 130 : 1)
    }
  }
}
