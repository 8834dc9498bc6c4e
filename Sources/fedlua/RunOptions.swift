import ArgumentParser
import LuaBindings

/// Options of the commands that run scripts.
struct RunOptions: ParsableArguments {
  @Option(help: "Threads to use. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  @Option(help: "The seed for scripts that choose none.")
  var seed: UInt64 = 0

  @Flag(help: "Run in tiny sizes, to see that a script works.")
  var smoke = false

  @Option(name: .customLong("scripts"), help: "A folder of Lua modules to search first; may be given several times.")
  var folders: [String] = []

  var settings: HostSettings {
    var settings = HostSettings()
    if let threads { settings.threads = threads }
    settings.seed = seed
    settings.isSmokeRun = smoke
    settings.scriptFolders = folders
    return settings
  }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1, got \(threads)") }
  }
}
