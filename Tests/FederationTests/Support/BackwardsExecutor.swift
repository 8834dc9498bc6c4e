@testable import Federation

/// Runs the last task first, each on a worker of its own, as machines of different speed would.
final class BackwardsExecutor: Executor {
  let traits = ExecutorTraits(
    isSimulation: false, canRedispatch: false, clientsArePinned: true, maximumMessageBytes: nil)
  private let makeWorker: () throws -> any Worker

  init(_ makeWorker: @escaping () throws -> any Worker) throws { self.makeWorker = makeWorker }

  func map(_ job: Job, onProgress: (Int) -> Void) throws -> [Outcome] {
    try job.tasks.reversed().map { task in
      Outcome(client: task.client, result: .success(try makeWorker().run(task, of: job)))
    }.reversed()
  }

  func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    let results = try map(job, onProgress: onProgress).map { try $0.result.get().numbers }
    return Reduction(numbers: results[0].indices.map { index in results.reduce(0) { $0 + $1[index] } }, failures: [])
  }

  func finish() {}
}
