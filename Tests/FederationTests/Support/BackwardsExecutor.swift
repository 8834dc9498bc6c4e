@testable import Federation

/// Runs the last task first, each on a worker of its own, as machines of different speed would.
final class BackwardsExecutor: Executor {
  private let makeWorker: () throws -> any Worker

  init(_ makeWorker: @escaping () throws -> any Worker) throws { self.makeWorker = makeWorker }

  func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    try job.tasks.reversed().map { task in
      var result = try makeWorker().run(task, of: job)
      try onResult(task.index, &result)
      return Outcome(owner: task.owner, result: .success(result))
    }.reversed()
  }

  func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    let sum = ShardedSum(count: job.tasks.count, shardSize: shardSize)
    for (task, outcome) in zip(job.tasks, try map(job, onProgress: onProgress)).reversed() {
      try sum.take(outcome, at: task.index)
    }
    return sum.reduction
  }
}
