import Federation
import Foundation
import LuaRuntime

extension ProgramFacts {
  /// What the program that opened a state knows of a run that begins now.
  init(_ state: LuaState, runDir: String) {
    let settings = state.hostSettings
    self.init(version: HostSettings.version)
    script = settings.script
    arguments = settings.scriptArguments
    host = [
      ("name", .string(ProcessInfo.processInfo.hostName)),
      ("system", .string(ProcessInfo.processInfo.operatingSystemVersionString)),
      ("processors", .int(ProcessInfo.processInfo.processorCount)), ("lua", .string(LuaState.version)),
      ("swift", .string(HostFacts.swiftVersion)), ("started", .string(Date().ISO8601Format())),
      ("folder", .string(FileManager.default.currentDirectoryPath)), ("run_dir", .string(runDir)),
      ("seed", .string("\(settings.seed)")), ("conv", .string(settings.conv)),
      ("smoke", .bool(settings.isSmokeRun)), ("scripts", .array(settings.scriptFolders.map(JSONValue.string))),
    ]
  }
}

extension HostSettings {
  /// The script that is run, with its text as it stands now.
  fileprivate var script: (name: String, text: String)? {
    guard let scriptPath,
      let text = scriptText ?? (try? String(contentsOfFile: scriptPath, encoding: .utf8))
    else { return nil }
    return (scriptPath, text)
  }
}
