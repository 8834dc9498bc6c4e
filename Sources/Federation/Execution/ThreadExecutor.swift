import Foundation
import Synchronization
import Tensors

/// Runs jobs on threads of this process, one worker each, from a shared queue.
///
/// A worker takes the next task when it is free, so clients of unequal size keep all threads busy. What a task computes
/// does not depend on its worker; the same bits come out for any number of threads.
public final class ThreadExecutor: Executor {
  /// Workers, one a thread.
  public let threads: Int
  private let workers: [any Worker]
  private let isConfined: () -> Bool

  /// Makes the workers.
  ///
  /// - Parameters:
  ///   - threads: Number of threads, at least 1.
  ///   - isConfined: Asked before each job: whether it must run on the calling thread, as a script's code must.
  ///   - makeWorker: Called once for each worker, on this thread.
  public init(
    threads: Int, isConfined: @escaping () -> Bool = { false }, makeWorker: () throws -> any Worker
  ) throws {
    // Each takes a worker with a replica of the model, so a slip of the pen must not ask for millions.
    guard 1...4096 ~= threads else {
      throw FederationError.option(name: "threads", got: "\(threads)", allowed: "1 to 4096 are allowed")
    }
    self.threads = threads
    self.isConfined = isConfined
    workers = try (0..<threads).map { _ in try makeWorker() }
  }

  public func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    let slots = Slots<Outcome>(job.tasks.count)
    try run(job.tasks.count, onProgress) { worker, index in
      let task = job.tasks[index]
      var result = try Self.outcome(of: task, job, worker)
      if case .success(var value) = result {
        try onResult(index, &value)
        result = .success(value)
      }
      slots[index] = Outcome(owner: task.owner, result: result)
    }
    return slots.values
  }

  public func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    let sum = ShardedSum(count: job.tasks.count, shardSize: shardSize)
    try run(job.tasks.count, onProgress) { worker, index in
      let task = job.tasks[index]
      try sum.take(Outcome(owner: task.owner, result: try Self.outcome(of: task, job, worker)), at: index)
    }
    return sum.reduction
  }

  private static func outcome(
    of task: JobTask, _ job: Job, _ worker: any Worker
  ) throws -> Result<TaskResult, TaskFailure> {
    do {
      return .success(try worker.run(task, of: job))
    } catch let error as Interrupted {
      throw error
    } catch {
      let traceback = (error as? any TracedError)?.traceback
      return .failure(TaskFailure(owner: task.owner, message: "\(error)", traceback: traceback))
    }
  }

  // MARK: Threads

  /// Calls `body` for each number below `count`, each on one of the workers.
  private func run(_ count: Int, _ onProgress: (Int) -> Void, _ body: @escaping (any Worker, Int) throws -> Void) throws
  {
    try Interrupt.check()
    if workers.count == 1 || count <= 1 || isConfined() {
      // Alone on the machine, a task may spread its own loops over all threads; the bits stay the same.
      try Parallel.withThreads(threads) {
        for index in 0..<count {
          try body(workers[0], index)
          onProgress(index + 1)
        }
      }
      return
    }
    let crew = Crew(count: count, body: body)
    let started = workers.prefix(count).map { crew.start($0) }
    crew.wait(for: started.count, onProgress)
    if let error = crew.error { throw error }
  }
}

/// An error that knows where in a script it happened.
public protocol TracedError: Error {
  var traceback: String? { get }
}

/// Results that workers put at places of their own.
private final class Slots<Value>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Value?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: nil, count: count)
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }

  subscript(index: Int) -> Value? {
    get { base[index] }
    set { base[index] = newValue }
  }

  /// All values, in order; each was set.
  var values: [Value] { (0..<count).compactMap { base[$0] } }
}

/// Threads that share one queue of numbers, and the thread that waits for them.
private final class Crew: @unchecked Sendable {
  private let next = Counter()
  private let count: Int
  private let body: (any Worker, Int) throws -> Void
  private let condition = NSCondition()
  private var done = 0
  private var ended = 0
  private(set) var error: (any Error)?

  init(count: Int, body: @escaping (any Worker, Int) throws -> Void) {
    self.count = count
    self.body = body
  }

  func start(_ worker: any Worker) -> Thread {
    nonisolated(unsafe) let worker = worker
    let inheritance = Profiler.inheritance, mode = ConvolutionMode.current
    let thread = Thread { [self] in
      Profiler.inherit(inheritance) { ConvolutionMode.with(mode) { work(worker) } }
    }
    thread.stackSize = 16 << 20
    thread.start()
    return thread
  }

  /// Waits until all threads have ended, reporting progress on the calling thread.
  func wait(for threads: Int, _ onProgress: (Int) -> Void) {
    var reported = 0
    condition.lock()
    while ended < threads {
      condition.wait()
      guard done > reported else { continue }
      reported = done
      condition.unlock()
      onProgress(reported)
      condition.lock()
    }
    condition.unlock()
  }

  private func work(_ worker: any Worker) {
    while !hasFailed, let index = next.take(below: count) {
      do {
        try body(worker, index)
        report(nil)
      } catch {
        report(error)
      }
    }
    condition.lock()
    ended += 1
    condition.signal()
    condition.unlock()
  }

  private var hasFailed: Bool { condition.withLock { error != nil } }

  private func report(_ failure: (any Error)?) {
    condition.lock()
    if failure == nil { done += 1 } else if error == nil { error = failure }
    condition.signal()
    condition.unlock()
  }
}
