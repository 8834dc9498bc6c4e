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

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: "A setting of the script, name=value, which it reads by fed.settings { name = default }; may be repeated.")
  var assignments: [String] = []

  var settings: HostSettings {
    var settings = HostSettings()
    if let threads { settings.threads = threads }
    settings.conv = conv
    settings.seed = seed
    settings.isSmokeRun = smoke
    settings.scriptFolders = folders
    settings.memoryLimit = memory.flatMap(HostSettings.memoryLimit(named:))
    settings.assignments = (try? Self.assignments(assignments)) ?? []
    return settings
  }

  /// The names and values of `name=value`.
  static func assignments(_ texts: [String]) throws -> [HostSettings.Assignment] {
    try texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, parts[0].wholeMatch(of: /[A-Za-z_]\w*/) != nil else {
        throw ValidationError("--set needs name=value, such as lr=0.1, got '\(text)'")
      }
      return HostSettings.Assignment(name: parts[0], text: parts[1])
    }
  }

  func validate() throws {
    _ = try Self.assignments(assignments)
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
