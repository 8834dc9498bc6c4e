/// The seam to the world of machines: runs jobs somewhere and returns outcomes in task order.
///
/// Threads of this process are one backend. Others plug in behind the same calls without a change to a script, so a
/// worker gets everything from the job and from the `RunDescription` it was made with, and nothing from variables
/// around it. ``Codec`` writes all that crosses as bytes.
public protocol Executor: AnyObject {
  /// Runs every task and returns the outcomes in the order of the tasks, whatever the order of their ends.
  ///
  /// - Parameters:
  ///   - onResult: Called once for each result as soon as it is there, on any thread, several at once. Its outcome holds
  ///     what the call leaves of it, so that buffers need not outlive their turn.
  ///   - onProgress: Called on the calling thread with the number of tasks done.
  /// - Throws: `Interrupted` after a request to stop, or what `onResult` threw. A failed client is an outcome, not an
  ///   error.
  func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome]

  /// Runs every task and adds up the values of the results, shard by shard.
  ///
  /// A shard is `shardSize` neighbouring tasks. Results are added in order within a shard, and shards in order, so the
  /// sums have the same bits for any number of workers, and the buffers of one task need not outlive its turn. Values of
  /// one name have the same shape in all results of a job.
  func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction
}

extension Executor {
  /// Runs every task and returns the outcomes as they are.
  public func map(_ job: Job, onProgress: (Int) -> Void) throws -> [Outcome] {
    try map(job, onResult: { _, _ in }, onProgress: onProgress)
  }
}

/// A place where tasks run one after the other: a model replica and what it needs.
public protocol Worker: AnyObject {
  func run(_ task: JobTask, of job: Job) throws -> TaskResult

  /// About how much work a task is, in any unit, so that tasks can be dealt out evenly before they run.
  func cost(of task: JobTask) -> Int

  /// Refuses a result that no worker of this run could have given; asked about what came from elsewhere.
  func expect(_ result: TaskResult, of job: Job) throws
}

extension Worker {
  /// The same for each.
  public func cost(of task: JobTask) -> Int { 1 }

  /// Refuses nothing.
  public func expect(_ result: TaskResult, of job: Job) throws {}
}
