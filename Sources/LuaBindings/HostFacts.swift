import Foundation
import Kernels
import LuaRuntime

/// What `fedlua doctor` tells of the machine and the installation.
public enum HostFacts {
  /// Names and values, in the order to show them.
  public static func all(_ settings: HostSettings) -> [(name: String, value: String)] {
    [
      ("Lua", LuaState.version),
      ("Swift", swiftVersion),
      ("system", ProcessInfo.processInfo.operatingSystemVersionString),
      ("threads", "\(settings.threads) of \(ProcessInfo.processInfo.processorCount) processors"),
      ("instructions", "\(Kernels.isa.rawValue), best here is \(InstructionSet.best.rawValue)"),
      ("memory", "\(ProcessInfo.processInfo.physicalMemory >> 20) MiB"),
    ]
  }

  private static var swiftVersion: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
