import Foundation
import Tensors

/// Adds up the results of tasks in an order of its own, whatever the order of their ends.
///
/// A shard is a fixed number of neighbouring tasks. Results are added in the order of the tasks within a shard, and
/// shards in order, so the sums have the same bits for any number of workers. What comes too early waits; with a queue
/// that hands out tasks in order that is about one result a worker.
final class ShardedSum: @unchecked Sendable {
  private let shardSize: Int, count: Int
  private let lock = NSLock()
  /// Results that wait for an earlier task of their shard.
  private var early: [Int: Result<TaskResult, TaskFailure>] = [:]
  /// Sums of shards that are begun, or whole but wait for an earlier shard.
  private var shards: [Int: Part] = [:]
  private var total = Part()
  private var nextShard = 0
  private var outcomes: [Outcome?]

  private struct Part {
    /// The first result becomes the sum: it is nobody else's.
    var sums = Exchange()
    /// Tasks that are in it.
    var count = 0
  }

  init(count: Int, shardSize: Int) {
    self.count = count
    self.shardSize = shardSize
    outcomes = Array(repeating: nil, count: count)
  }

  /// Takes the outcome of the task at a position.
  func take(_ outcome: Outcome, at index: Int) throws {
    try lock.withLock {
      early[index] = outcome.result
      outcomes[index] = Outcome(
        owner: outcome.owner,
        result: outcome.result.map {
          TaskResult(values: Exchange(numbers: $0.values.numbers), report: $0.report, state: $0.state)
        })
      try advance(index / shardSize)
    }
  }

  /// Adds what is next in a shard, as far as it has come, and whole shards to the total.
  private func advance(_ shard: Int) throws {
    var part = shards.removeValue(forKey: shard) ?? Part()
    while part.count < size(of: shard), let result = early.removeValue(forKey: shard * shardSize + part.count) {
      if case .success(let value) = result { try part.sums.add(value.values) }
      part.count += 1
    }
    shards[shard] = part
    while let whole = shards[nextShard], whole.count == size(of: nextShard), whole.count > 0 {
      try total.sums.add(whole.sums)
      shards[nextShard] = nil
      nextShard += 1
    }
  }

  private func size(of shard: Int) -> Int { min(shardSize, count - shard * shardSize) }

  /// The sums, when all tasks have ended.
  var reduction: Reduction {
    lock.withLock { Reduction(sums: total.sums, outcomes: outcomes.compactMap { $0 }) }
  }
}
