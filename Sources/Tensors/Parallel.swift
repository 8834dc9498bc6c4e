import Dispatch

/// Work inside one operation, spread over the threads that the caller owns.
///
/// How the work is cut never depends on the number of threads, so results have the same bits for any.
public enum Parallel {
  /// Threads that the current task may use: 1 inside a client's worker.
  @TaskLocal public static var threads = 1

  /// Runs `body` with `threads` threads for its operations.
  public static func withThreads<R>(_ threads: Int, _ body: () throws -> R) rethrows -> R {
    try $threads.withValue(threads, operation: body)
  }

  /// Calls `body` for each chunk, in any order and maybe at once; chunks must write to places of their own.
  public static func forEach(_ chunks: Int, _ body: @Sendable (Int) -> Void) {
    forEach(chunks, workers: threads) { chunk, _ in body(chunk) }
  }

  /// As ``forEach(_:_:)`` on at most `workers` threads, telling `body` which of them it runs on, from 0.
  static func forEach(
    _ chunks: Int, workers: Int, _ body: @Sendable (_ chunk: Int, _ worker: Int) -> Void
  ) {
    let workers = min(threads, workers, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk, 0) }
      return
    }
    let next = Counter()
    concurrently(workers) { worker in
      while let chunk = next.take(below: chunks) { body(chunk, worker) }
    }
  }

  /// Runs `body` once for each of `workers` threads, which compute and are measured as the one that starts them.
  private static func concurrently(_ workers: Int, _ body: @Sendable (_ worker: Int) -> Void) {
    let flushes = Subnormals.areZero, inheritance = Profiler.inheritance
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      Profiler.inherit(inheritance) {
        Subnormals.scope(flushes) { body(worker) }
      }
    }
  }
}
