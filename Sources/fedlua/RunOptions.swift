import ArgumentParser
import LuaBindings

/// Options of the commands that run scripts.
struct RunOptions: ParsableArguments {
  @Option(help: "Threads to use. (default: FEDLUA_THREADS, or all processors)")
  var threads: Int?

  @Option(help: "How convolutions are computed: auto, or direct for the definition's sums alone.")
  var conv = "auto"

  @Option(help: "The seed for scripts that choose none.")
  var seed: UInt64 = 0

  @Flag(help: "Run in tiny sizes, to see that a script works.")
  var smoke = false

  @Option(name: .customLong("scripts"), help: "A folder of Lua modules to search first; may be given several times.")
  var folders: [String] = []

  @Option(help: "Memory for tensors, such as 500M or 4G. (default: FEDLUA_MEMORY, or nine tenths of what is free)")
  var memory: String?

  var settings: HostSettings {
    var settings = HostSettings()
    if let threads { settings.threads = threads }
    settings.conv = conv
    settings.seed = seed
    settings.isSmokeRun = smoke
    settings.scriptFolders = folders
    settings.memoryLimit = memory.flatMap(HostSettings.memoryLimit(named:))
    return settings
  }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is at least 1, got \(threads)") }
    if let memory, HostSettings.memoryLimit(named: memory) == nil {
      throw ValidationError("--memory is a size such as 500M or 4G, got \(memory)")
    }
    if let complaint = Environment.complaints.first { throw ValidationError(complaint) }
    guard HostSettings.convolutionModes.contains(conv) else {
      throw ValidationError("--conv is \(HostSettings.convolutionModes.joined(separator: " or ")), got '\(conv)'")
    }
  }
}
