import Foundation
@testable import Federation
@testable import Tensors
import Testing

/// Squares the task's client id; fails, waits or notes its thread as told.
private final class Squarer: Worker {
  struct Refusal: TracedError, CustomStringConvertible {
    let traceback: String? = "line 3"
    let description = "no"
  }

  func run(_ task: ClientTask, of job: Job) throws -> TaskResult {
    switch job.function {
    case "sleep": usleep(UInt32((job.tasks.count - task.index) * 2000))
    case "fail" where task.client % 3 == 0: throw Refusal()
    case "interrupt" where task.client == 5: throw Interrupted()
    default: break
    }
    let isMain = Thread.isMainThread ? 1.0 : 0
    return TaskResult(numbers: [Double(task.client * task.client), 0.1 * Double(task.client), isMain])
  }
}

@Suite struct ThreadExecutorTests {
  private func job(_ function: String, _ count: Int = 12) -> Job {
    Job(function: function, round: 1, shared: [], tasks: (0..<count).map { ClientTask(index: $0, client: $0 + 1) })
  }

  private func executor(_ threads: Int, isConfined: Bool = false) throws -> ThreadExecutor {
    try ThreadExecutor(threads: threads, isConfined: isConfined) { Squarer() }
  }

  @Test(arguments: [1, 2, 5, 40]) func `outcomes come in task order whatever the order of their ends`(threads: Int)
    throws
  {
    let outcomes = try executor(threads).map(job("sleep")) { _ in }
    #expect(outcomes.map(\.client) == Array(1...12))
    #expect(try outcomes.map { try $0.result.get().numbers[0] } == (1...12).map { Double($0 * $0) })
  }

  @Test(arguments: [1, 3]) func `a failed client is a value with its traceback`(threads: Int) throws {
    let outcomes = try executor(threads).map(job("fail")) { _ in }
    for outcome in outcomes {
      switch outcome.result {
      case .success: #expect(outcome.client % 3 != 0)
      case .failure(let failure):
        #expect(failure == ClientFailure(client: outcome.client, message: "no", traceback: "line 3"))
        #expect(outcome.client % 3 == 0)
      }
    }
  }

  @Test(arguments: [1, 3]) func `a request to stop ends the job`(threads: Int) throws {
    #expect(throws: Interrupted.self) { try executor(threads).map(job("interrupt")) { _ in } }
  }

  @Test(arguments: [2, 3, 7]) func `sums have the same bits for any number of threads`(threads: Int) throws {
    let alone = try executor(1).reduce(job("add", 50), shardSize: 4) { _ in }
    let together = try executor(threads).reduce(job("add", 50), shardSize: 4) { _ in }
    #expect(alone.numbers == together.numbers)
    #expect(alone.numbers[0] == (1...50).reduce(0.0) { $0 + Double($1 * $1) })
  }

  @Test func `a sum leaves failed tasks out and reports them in order`() throws {
    let sums = try executor(2).reduce(job("fail", 6), shardSize: 2) { _ in }
    #expect(sums.numbers[0] == 1 + 4 + 16 + 25)
    #expect(sums.failures.map(\.client) == [3, 6])
  }

  @Test func `progress counts up to the number of tasks`() throws {
    var seen: [Int] = []
    _ = try executor(3).map(job("sleep")) { seen.append($0) }
    #expect(seen == seen.sorted() && seen.last == 12)
  }

  @Test func `a confined executor stays on the calling thread`() throws {
    let here = Thread.current
    nonisolated(unsafe) var threads: Set<ObjectIdentifier> = []
    final class Witness: Worker {
      let note: () -> Void
      init(_ note: @escaping () -> Void) { self.note = note }
      func run(_ task: ClientTask, of job: Job) throws -> TaskResult {
        note()
        return TaskResult()
      }
    }
    let executor = try ThreadExecutor(threads: 4, isConfined: true) {
      Witness { threads.insert(ObjectIdentifier(Thread.current)) }
    }
    _ = try executor.map(job("note")) { _ in }
    #expect(threads == [ObjectIdentifier(here)])
  }

  @Test func `no thread is refused`() {
    #expect(throws: FederationError.option(name: "threads", got: "0", allowed: "1 or more are needed")) {
      try ThreadExecutor(threads: 0) { Squarer() }
    }
  }
}
