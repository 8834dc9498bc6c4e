import Foundation
public import LuaRuntime
import Synchronization
import Tensors

/// What the user chose for a run, as every binding finds it.
public struct HostSettings: Sendable {
  /// Threads of the machine to use.
  public var threads: Int
  /// How convolutions are computed: one of ``convolutionModes``.
  public var conv = ConvolutionMode.auto.rawValue
  /// The seed of scripts that choose none.
  public var seed: UInt64 = 0
  /// Tiny sizes by the same code path: for tests of examples.
  public var isSmokeRun = false
  /// Folders of scripts, searched by `require` before the library.
  public var scriptFolders: [String] = []
  /// The script that is run; nil at a prompt.
  public var scriptPath: String?
  /// Its text, where that is not what stands in the file now.
  public var scriptText: String?
  /// What it is called with.
  public var scriptArguments: [String] = []
  /// Told how far runs are, where somebody shows it.
  public var onProgress: (@Sendable (ProgressReport) -> Void)?
  /// Takes the place of each run's `run_dir`: a run that is repeated must not touch the one that it repeats.
  public var runFolders: RunFolders?

  /// `auto`, the fastest way for each shape, and `direct`, the definition's sums alone.
  public static let convolutionModes = ConvolutionMode.allCases.map(\.rawValue)

  /// Version of the program.
  public static let version = "0.1.0"

  /// Bytes that the tensors of the process may take; nil leaves the limit as it is.
  public var memoryLimit: Int?

  /// The limit that a text such as `500M` or `4G` names; nil if it names none.
  public static func memoryLimit(named text: String) -> Int? { MemoryBudget.limit(named: text) }

  private let random = ScriptRandom()

  /// Takes the threads from `FEDLUA_THREADS`, or all processors of the machine.
  public init() {
    let named = ProcessInfo.processInfo.environment["FEDLUA_THREADS"].flatMap { Int($0) }
    threads = max(1, named ?? ProcessInfo.processInfo.activeProcessorCount)
  }
}

extension HostSettings {
  /// The stream of random functions that are given neither a seed nor a stream; all of one run share it.
  var scriptStream: Stream { random.stream(seed: seed) }
}

/// Makes the stream of a run's scripts when it is first drawn from: the seed is known by then.
private final class ScriptRandom: Sendable {
  private let made = Mutex<Stream?>(nil)

  func stream(seed: UInt64) -> Stream {
    made.withLock { made in
      let stream = made ?? Stream(RandomStream(seed: seed, purpose: .script))
      made = stream
      return stream
    }
  }
}

extension LuaState {
  /// The settings of the program that opened this state.
  public var hostSettings: HostSettings { userInfo as? HostSettings ?? HostSettings() }
}
