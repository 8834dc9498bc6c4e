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

  func run(_ task: JobTask, of job: Job) throws -> TaskResult {
    guard case .client(let client) = task.owner else { return TaskResult() }
    switch job.function {
    case "sleep": usleep(UInt32((job.tasks.count - task.index) * 2000))
    case "fail" where client % 3 == 0: throw Refusal()
    case "interrupt" where client == 5: throw Interrupted()
    default: break
    }
    return TaskResult(
      values: Exchange(numbers: ["square": Double(client * client), "tenth": 0.1 * Double(client)]))
  }
}

@Suite struct ThreadExecutorTests {
  private func job(_ function: String, _ count: Int = 12) -> Job {
    Job(
      function: function, round: 1, shared: Exchange(),
      tasks: (0..<count).map { JobTask(index: $0, owner: .client($0 + 1), data: .client($0 + 1)) })
  }

  private func executor(_ threads: Int, isConfined: Bool = false) throws -> ThreadExecutor {
    try ThreadExecutor(threads: threads, isConfined: { isConfined }) { Squarer() }
  }

  @Test(arguments: [1, 2, 5, 40]) func `outcomes come in task order whatever the order of their ends`(threads: Int)
    throws
  {
    let outcomes = try executor(threads).map(job("sleep")) { _ in }
    #expect(outcomes.map(\.owner) == (1...12).map { .client($0) })
    #expect(try outcomes.map { try $0.result.get().values.number("square") } == (1...12).map { Double($0 * $0) })
  }

  @Test(arguments: [1, 3]) func `a failed client is a value with its traceback`(threads: Int) throws {
    let outcomes = try executor(threads).map(job("fail")) { _ in }
    for outcome in outcomes {
      switch outcome.result {
      case .success: #expect(outcome.owner.streamKey % 3 != 0)
      case .failure(let failure):
        #expect(failure == TaskFailure(owner: outcome.owner, message: "no", traceback: "line 3"))
        #expect(outcome.owner.streamKey % 3 == 0)
      }
    }
  }

  @Test(arguments: [1, 3]) func `a request to stop ends the job`(threads: Int) throws {
    #expect(throws: Interrupted.self) { try executor(threads).map(job("interrupt")) { _ in } }
  }

  @Test(arguments: [2, 3, 7]) func `sums have the same bits for any number of threads`(threads: Int) throws {
    let alone = try executor(1).reduce(job("add", 50), shardSize: 4) { _ in }
    let together = try executor(threads).reduce(job("add", 50), shardSize: 4) { _ in }
    #expect(alone.sums.numbers == together.sums.numbers)
    #expect(alone.sums.numbers["square"] == (1...50).reduce(0.0) { $0 + Double($1 * $1) })
  }

  @Test func `a sum leaves failed tasks out and reports them in order`() throws {
    let sums = try executor(2).reduce(job("fail", 6), shardSize: 2) { _ in }
    #expect(sums.sums.numbers["square"] == 46.0)
    #expect(sums.failures.map(\.owner) == [.client(3), .client(6)])
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
      func run(_ task: JobTask, of job: Job) throws -> TaskResult {
        note()
        return TaskResult()
      }
    }
    let executor = try ThreadExecutor(threads: 4, isConfined: { true }) {
      Witness { threads.insert(ObjectIdentifier(Thread.current)) }
    }
    _ = try executor.map(job("note")) { _ in }
    #expect(threads == [ObjectIdentifier(here)])
  }

  @Test func `no thread is refused`() {
    for threads in [0, 4097, .max] {
      #expect(throws: FederationError.option(name: "threads", got: "\(threads)", allowed: "1 to 4096 are allowed")) {
        try ThreadExecutor(threads: threads) { Squarer() }
      }
    }
  }
}
