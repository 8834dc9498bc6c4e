/// The standard library of scripts, embedded as readable source text.
public enum LuaLibrary {
  /// Returns the source of a library module such as `fed.aggregators.krum`, or nil if there is none.
  public static func source(of module: String) -> String? { embeddedScripts[module] }

  /// The names of all library modules, sorted.
  public static var modules: [String] { embeddedScripts.keys.sorted() }

  /// The modules that scripts find in `fed`: all but those that measure the host, the tools of its commands, and those in
  /// folders `parts`, of which several members are made. `require` alone gives these.
  public static var members: [String] {
    modules.filter { name in
      !["fed.bench", "fed.tools."].contains { name.hasPrefix($0) } && !name.contains(".parts.")
    }
  }

  /// Returns the text of a file that users compile or start themselves, such as `fedlua_mpi.c`; nil if there is none.
  public static func file(_ path: String) -> String? { embeddedFiles[path] }

  /// The paths of all such files below a folder, sorted.
  public static func files(in folder: String) -> [String] {
    embeddedFiles.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
  }
}
