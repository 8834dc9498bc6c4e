import Foundation
import Tensors
import Testing

@testable import Federation

@Suite struct RankExecutorTests {
  /// Runs on ranks and returns the digest of each.
  private func digests(
    _ small: SmallRun, ranks: Int, threads: Int = 1, _ change: @escaping @Sendable (Simulation) -> Void = { _ in }
  ) throws -> [String] {
    try ThreadGroup.run(ranks) { exchange in
      let options = try small.options()
      let run = try Simulation(options) { isConfined, makeWorker in
        try RankExecutor(exchange, threads: threads, isConfined: isConfined, makeWorker: makeWorker)
      }
      change(run)
      return try run.finishRounds()
    }.map { try $0.get() }
  }

  private func expectTheSame(_ small: SmallRun, _ change: @escaping @Sendable (Simulation) -> Void = { _ in }) throws {
    let alone = try small.simulation()
    change(alone)
    let expected = try alone.finishRounds()
    for ranks in [1, 2, 3, 5] {
      #expect(try digests(small, ranks: ranks, change) == Array(repeating: expected, count: ranks))
    }
    #expect(try digests(small, ranks: 2, threads: 2, change) == [expected, expected])
  }

  @Test func `sums by shards have the same bits on any number of ranks`() throws {
    try expectTheSame(SmallRun(clientCount: 4))
    try expectTheSame(SmallRun(clientCount: 20, rounds: 2))
  }

  @Test func `personal parameters, momentum, sampled cohorts and root data do, too`() throws {
    try expectTheSame(
      SmallRun(
        clientCount: 7, isBatchNormLocal: true, keepsOptimizerState: true, hasBatchNorm: true, hasRoot: true,
        clientsPerRound: 5))
  }

  @Test func `rules on rows, and attackers that read them, do, too`() throws {
    try expectTheSame(SmallRun(clientCount: 6, byzantine: [2])) { run in
      var attack = Attack(name: "flip")
      attack.replaceUpdates = { try $0.own.tensor.clone().mul_(-1) }
      run.attack = attack
      var defense = Defense(name: "by norm")
      defense.rule = .weighing { _, updates in try updates.geometry(for: "test").norms.map { 1 / (1 + $0) } }
      run.defense = defense
    }
  }

  @Test func `a client that fails is left out on every rank`() throws {
    let outcomes = ThreadGroup.run(3) { exchange in
      let executor = try RankExecutor(exchange, threads: 1) { Stumbler() }
      let tasks = (0..<7).map { JobTask(index: $0, owner: .client($0 + 1), data: .client($0 + 1)) }
      let job = Job(function: "count", round: 1, shared: Exchange(), tasks: tasks)
      let mapped = try executor.map(job) { _ in }
      let sum = try executor.reduce(job, shardSize: 2) { _ in }
      return (
        mapped.map { try? $0.result.get().values.number("n") }, sum.sums.numbers["n"], sum.failures.map(\.owner)
      )
    }
    for outcome in outcomes {
      let (mapped, sum, failed) = try outcome.get()
      #expect(mapped == [1, 2, 3, nil, 5, 6, 7] && sum == 24 && failed == [.client(4)])
    }
  }

  @Test func `ranks that came to other jobs are told apart before their numbers count`() throws {
    let errors = ThreadGroup.run(3) { exchange in
      let executor = try RankExecutor(exchange, threads: 1) { Stumbler() }
      let shared = Exchange(numbers: ["x": exchange.rank == 2 ? 1 : 0])
      let tasks = [JobTask(index: 0, owner: .client(1), data: .client(1))]
      return try executor.map(Job(function: "count", round: 4, shared: shared, tasks: tasks)) { _ in }
    }.map { "\($0)" }
    for error in errors { #expect(error.contains("rank 2 came to 'count' of round 4")) }
  }

  @Test func `a rank's error, its silence and its end reach the others`() throws {
    let failed = ThreadGroup.run(2) { exchange in
      if exchange.rank == 1 { exchange.fail("no disk") } else { _ = try exchange.meet(nil) }
    }
    #expect(throws: RankError.failed(rank: "rank 1", problem: "no disk")) { try failed[0].get() }
    let silent = ThreadGroup.run(3, seconds: 0.2) { exchange in
      if exchange.rank != 1 { _ = try exchange.meet(nil) }
    }
    #expect(throws: RankError.silent(rank: "rank 1", seconds: 0)) { try silent[0].get() }
    let apart = ThreadGroup.run(2) { exchange in
      if exchange.rank == 1 { try exchange.end() } else { _ = try exchange.meet(nil) }
    }
    #expect("\(apart[0])".contains("rank 1 came to its end"))
  }

  @Test func `ranks of other scripts are refused at the start, and names tell their machines`() throws {
    let joined = ThreadGroup.run(2) { exchange in
      try exchange.join(host: "node\(exchange.rank)", threads: 2, facts: [("the script", "abc")])
      return exchange.name(1)
    }
    #expect(try joined[0].get() == "rank 1 on node1")
    let refused = ThreadGroup.run(2) { exchange in
      try exchange.join(host: "", threads: 1, facts: [("the script", "\(exchange.rank)")])
    }
    #expect(throws: RankError.different(rank: "rank 1", fact: "the script", there: "1", here: "0")) {
      try refused[0].get()
    }
  }

  @Test func `a damaged message names its rank`() throws {
    let results = ThreadGroup.run(2, changing: { $0 == 1 ? Array($1.dropLast()) : $1 }) { try $0.meet(nil) }
    for result in results { #expect("\(result)".contains("rank 1: message: it was cut")) }
  }

  @Test func `costly tasks are dealt out first, and fast ranks get more`() {
    #expect(RankSchedule.ranks(of: [1, 1, 1, 1], speeds: [2, 2]) == [0, 1, 0, 1])
    #expect(RankSchedule.ranks(of: [1, 9, 1, 8], speeds: [1, 1]) == [1, 0, 0, 1])
    let ranks = RankSchedule.ranks(of: Array(repeating: 5, count: 30), speeds: [1, 2])
    #expect(ranks.filter { $0 == 1 }.count == 20)
  }
}

/// Gives a client's id, and fails for one.
private final class Stumbler: Worker {
  struct Stumbled: Error {}

  func run(_ task: JobTask, of job: Job) throws -> TaskResult {
    guard case .client(let id) = task.owner, id != 4 else { throw Stumbled() }
    return TaskResult(values: Exchange(numbers: ["n": Double(id)]))
  }
}
