import Federation
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

  /// What the user set for the script by `--set name=value`, in the order given: of two with one name the last counts.
  public var assignments: [Assignment] = []

  /// A setting of a script, as text.
  public struct Assignment: Sendable, Equatable {
    /// What the script calls it.
    public let name: String
    /// What stands behind the equals sign.
    public let text: String

    /// Makes a setting of `name=text`.
    public init(name: String, text: String) { (self.name, self.text) = (name, text) }
  }

  /// `auto`, the fastest way for each shape, and `direct`, the definition's sums alone.
  public static let convolutionModes = ConvolutionMode.allCases.map(\.rawValue)

  /// Version of the program.
  public static let version = "0.1.0"

  /// Bytes that the tensors of the process may take; nil leaves the limit as it is.
  public var memoryLimit: Int?

  /// The limit that a text such as `500M` or `4G` names; nil if it names none.
  public static func memoryLimit(named text: String) -> Int? { MemoryBudget.limit(named: text) }

  /// What the processes that run this script side by side tell each other; nil where it runs in one.
  var ranks: RankExchange?

  /// What carries the run's jobs to sites; nil where clients train in this process.
  public var server: SiteServer?
  /// What does a message's work at a site; nil elsewhere.
  public var worker: SiteWorker?

  /// Whether this process speaks for all that run the script: it prints, shows progress and writes files.
  var speaks: Bool { (ranks?.rank ?? 0) == 0 && worker == nil }

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

extension HostSettings {
  /// Makes a run whose clients train where the user chose.
  func simulation(_ options: SimulationOptions) throws -> Simulation {
    if let worker { try worker.serve(Simulation(options)) }
    if let server { return try Simulation(options) { try server.executor(options, $0, $1) } }
    guard let ranks else { return try Simulation(options) }
    return try Simulation(options) { isConfined, makeWorker in
      try RankExecutor(ranks, threads: options.threads, isConfined: isConfined, makeWorker: makeWorker)
    }
  }
}

extension LuaState {
  /// The settings of the program that opened this state.
  public var hostSettings: HostSettings { userInfo as? HostSettings ?? HostSettings() }
}
