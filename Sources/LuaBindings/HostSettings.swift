import Foundation
public import LuaRuntime

/// What the user chose for a run, as every binding finds it.
public struct HostSettings: Sendable {
  /// Threads of the machine to use.
  public var threads: Int
  /// The seed of scripts that choose none.
  public var seed: UInt64 = 0
  /// Tiny sizes by the same code path: for tests of examples.
  public var isSmokeRun = false
  /// Folders of scripts, searched by `require` before the library.
  public var scriptFolders: [String] = []

  /// Takes the threads from `FEDLUA_THREADS`, or all processors of the machine.
  public init() {
    let named = ProcessInfo.processInfo.environment["FEDLUA_THREADS"].flatMap { Int($0) }
    threads = max(1, named ?? ProcessInfo.processInfo.activeProcessorCount)
  }
}

extension LuaState {
  /// The settings of the program that opened this state.
  public var hostSettings: HostSettings { userInfo as? HostSettings ?? HostSettings() }
}
