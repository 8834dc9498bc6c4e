import Foundation
import Kernels
import Tensors

/// The variables of the environment that the program reads.
public enum Environment {
  private static func value(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  /// What is wrong with variables that are set: a slip must not run another experiment than the one meant.
  public static var complaints: [String] {
    let instructions = value("FEDLUA_ISA").flatMap(complaint(ofInstructions:))
    let threads = value("FEDLUA_THREADS").flatMap { text in
      (Int(text) ?? 0) >= 1 ? nil : "FEDLUA_THREADS = \"\(text)\" is not allowed; a whole number from 1 is needed"
    }
    let memory = value("FEDLUA_MEMORY").flatMap { text in
      MemoryBudget.limit(named: text) == nil
        ? "FEDLUA_MEMORY = \"\(text)\" is not allowed; a size such as 500M or 4G is needed" : nil
    }
    return [instructions, threads, memory].compactMap { $0 }
  }

  /// What is wrong with a value of `FEDLUA_ISA`; nil if this processor runs the set.
  static func complaint(ofInstructions text: String) -> String? {
    let allowed = InstructionSet.allCases.filter(\.isSupported).map(\.rawValue).joined(separator: ", ")
    guard let set = InstructionSet(rawValue: text) else {
      return "FEDLUA_ISA = \"\(text)\" is no instruction set; \(allowed) are allowed"
    }
    return set.isSupported ? nil : "FEDLUA_ISA = \"\(text)\" does not run on this processor; \(allowed) are allowed"
  }
}
