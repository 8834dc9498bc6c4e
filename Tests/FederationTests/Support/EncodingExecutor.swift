import Datasets
@testable import Federation
import Tensors
import Testing

/// Runs jobs on threads, with everything that crosses to a worker and back written as bytes and read again, as it would
/// be between processes.
final class EncodingExecutor: Executor {
  private let threads: ThreadExecutor

  init(threads: Int, isConfined: @escaping () -> Bool, _ makeWorker: () throws -> any Worker) throws {
    self.threads = try ThreadExecutor(threads: threads, isConfined: isConfined) { EncodingWorker(try makeWorker()) }
  }

  func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    try threads.map(job, onResult: onResult, onProgress: onProgress).map { try Codec.outcome(Codec.bytes(of: $0)) }
  }

  func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    let reduction = try threads.reduce(job, shardSize: shardSize, onProgress: onProgress)
    return Reduction(
      sums: reduction.sums, outcomes: try reduction.outcomes.map { try Codec.outcome(Codec.bytes(of: $0)) })
  }
}

/// A worker that sees only what came through bytes, and whose results go the same way.
private final class EncodingWorker: Worker {
  private let worker: any Worker

  init(_ worker: any Worker) { self.worker = worker }

  func run(_ task: JobTask, of job: Job) throws -> TaskResult {
    let result = try worker.run(Codec.task(Codec.bytes(of: task)), of: Codec.job(Codec.bytes(of: job)))
    let outcome = try Codec.outcome(Codec.bytes(of: Outcome(owner: task.owner, result: .success(result))))
    return try outcome.result.get()
  }
}

/// Runs each test of a suite twice: with its runs on threads alone, and with all that crosses written as bytes.
struct OnBothExecutors: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    for encodes in [false, true] { try await SmallRun.$encodes.withValue(encodes) { try await function() } }
  }
}

extension Trait where Self == OnBothExecutors {
  static var onBothExecutors: Self { OnBothExecutors() }
}

extension SmallRun {
  /// Whether all that crosses to workers goes through bytes.
  @TaskLocal static var encodes = false

  /// Makes a run on the executor of this test.
  static func simulate(_ options: SimulationOptions) throws -> Simulation {
    guard encodes else { return try Simulation(options) }
    return try Simulation(options) { isConfined, makeWorker in
      try EncodingExecutor(threads: options.threads, isConfined: isConfined, makeWorker)
    }
  }
}
