import Datasets
import Federation
import Foundation
import Kernels
import LuaRuntime
import Tensors

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
      ("memory", "\(MemoryBudget.limit >> 20) MiB for tensors, of \(ProcessInfo.processInfo.physicalMemory >> 20)"),
      ("executor threads", "runs on \(settings.threads) threads of this process"),
      ("executor mpi", MPISetup.facts),
      ("executor flower", FlowerSetup.facts),
      ("data folders", DataFolders.standard.bases.joined(separator: ":")),
    ] + Environment.complaints.map { ("environment", $0) } + dataSets.map { name, load in (name, samples(name, load)) }
  }

  /// The SHA-256 of a text in hexadecimal digits, as sites list the scripts that they allow.
  public static func hash(of text: String) -> String { SHA256.hex(text) }

  /// A text in quotes, as JSON and Python read it.
  public static func quoted(_ text: String) -> String { JSONValue.string(text).text }

  private static let dataSets: [(name: String, load: @Sendable () throws -> (train: Dataset, test: Dataset))] = [
    ("mnist", { try MNISTFamily.mnist.load() }), ("fashion_mnist", { try MNISTFamily.fashionMNIST.load() }),
    ("cifar10", { try CIFAR10.load() }),
  ]

  /// Reads a data set and tells its sizes, or what keeps it from being read.
  private static func samples(_ name: String, _ load: () throws -> (train: Dataset, test: Dataset)) -> String {
    do {
      let (train, test) = try load()
      return "\(train.count) training and \(test.count) test samples"
    } catch { return String(describing: error).replacing(name + ": ", with: "", maxReplacements: 1) }
  }

  static var swiftVersion: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
