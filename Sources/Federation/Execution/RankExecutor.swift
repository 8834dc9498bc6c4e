import Foundation
import Synchronization
import Tensors

/// Runs jobs on the ranks of a group, each of which runs the same script.
///
/// Every rank knows the whole job and does its part of the tasks on threads of its own; then all trade what came out, so
/// that each of them goes on with the same outcomes as a single process would. Tasks need not travel at all, and what
/// scripts define works as ever: it is there on every rank. The same bits come out for any number of ranks.
public final class RankExecutor: Executor {
  private let exchange: RankExchange
  private let local: ThreadExecutor
  /// Tells what tasks cost; it runs none.
  private let weigher: any Worker
  private let isConfined: () -> Bool

  /// Bytes of outcomes, about, that all ranks together hold on to before they trade them.
  private static let waveBytes = 1 << 29

  /// Makes this rank's workers.
  ///
  /// - Parameters:
  ///   - exchange: The group of ranks.
  ///   - threads: Threads of this rank.
  ///   - isConfined: Asked before each job: whether a script's code must run in it.
  ///   - makeWorker: Called once for each thread, and once more.
  public init(
    _ exchange: RankExchange, threads: Int, isConfined: @escaping () -> Bool = { false },
    makeWorker: () throws -> any Worker
  ) throws {
    self.exchange = exchange
    self.isConfined = isConfined
    local = try ThreadExecutor(threads: threads, isConfined: isConfined, makeWorker: makeWorker)
    weigher = try makeWorker()
  }

  /// Runs every task and returns the outcomes in the order of the tasks.
  public func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    let subject = job.checksum
    // What a script computes itself may change the script: then all of it runs everywhere.
    if exchange.size == 1 || isConfined() {
      _ = try exchange.trade(.job, of: subject, [], called: job.step)
      return try local.map(job, onResult: onResult, onProgress: onProgress)
    }
    var outcomes: [Outcome] = []
    for wave in waves(job) {
      let part = Part(job, Array(wave), ranks: ranks(of: wave.map { weigher.cost(of: job.tasks[$0]) }))
      let done = outcomes.count
      outcomes += try map(part, of: subject, onResult) { onProgress(done + $0) }
      onProgress(outcomes.count)
    }
    return outcomes
  }

  /// Runs every task and adds up the results, shard by shard.
  public func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    let count = job.tasks.count, shards = (count + shardSize - 1) / shardSize
    guard exchange.size > 1, !isConfined(), shards >= exchange.size else {
      return try reduceInOrder(job, shardSize: shardSize, onProgress)
    }
    let members = (0..<shards).map { Array($0 * shardSize..<min(($0 + 1) * shardSize, count)) }
    let costs = members.map { $0.reduce(0) { $0 + weigher.cost(of: job.tasks[$1]) } }
    let owners = ranks(of: costs), own = (0..<shards).filter { owners[$0] == exchange.rank }
    let sums = try sumUp(own.map { members[$0] }, of: job, onProgress)
    var writer = WireWriter()
    for sum in sums { sum.write(to: &writer) }
    var all = [Reduction?](repeating: nil, count: shards)
    for (shard, sum) in zip(own, sums) { all[shard] = sum }
    for (rank, body) in try exchange.trade(.results, of: job.checksum, [writer.bytes], called: job.step).enumerated()
    where rank != exchange.rank {
      try read(body, of: rank) { reader in
        for shard in 0..<shards where owners[shard] == rank {
          all[shard] = try Reduction(&reader, owners: members[shard].map { job.tasks[$0].owner })
        }
      }
    }
    onProgress(count)
    var total = Exchange()
    for sum in all { if let sum { try total.add(sum.sums) } }
    return Reduction(sums: total, outcomes: all.flatMap { $0?.outcomes ?? [] })
  }

  // MARK: Tasks

  /// Some tasks of a job, and the rank of each.
  private struct Part {
    let job: Job
    let tasks: [Int], ranks: [Int]

    init(_ job: Job, _ tasks: [Int], ranks: [Int]) { (self.job, self.tasks, self.ranks) = (job, tasks, ranks) }

    /// Positions in the job of what a rank does.
    func of(_ rank: Int) -> [Int] { zip(tasks, ranks).filter { $0.1 == rank }.map(\.0) }
  }

  private func ranks(of costs: [Int]) -> [Int] { RankSchedule.ranks(of: costs, speeds: exchange.speeds) }

  /// Cuts a job so that what is traded at once fits into memory.
  private func waves(_ job: Job) -> [Range<Int>] {
    let bytes = max(1, job.shared.tensors[.global]?.byteCount ?? 1)
    let size = max(exchange.speeds.reduce(0, +), Self.waveBytes / bytes)
    return stride(from: 0, to: job.tasks.count, by: size).map { $0..<min($0 + size, job.tasks.count) }
  }

  private func map(
    _ part: Part, of subject: UInt64, _ onResult: @escaping (Int, inout TaskResult) throws -> Void,
    _ onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    let own = part.of(exchange.rank), written = Written(own.count)
    let mine = try local.map(
      part.job.with(own),
      onResult: { position, result in
        let owner = part.job.tasks[own[position]].owner
        written[position] = Codec.bytes(of: Outcome(owner: owner, result: .success(result)))
        try onResult(own[position], &result)
      }, onProgress: onProgress)
    var parts: [[UInt8]] = [], known: [Int: Outcome] = [:]
    for (position, outcome) in mine.enumerated() {
      let bytes = written[position] ?? Codec.bytes(of: outcome)
      var length = WireWriter()
      length.write(bytes.count)
      parts += [length.bytes, bytes]
      known[own[position]] = outcome
    }
    let bodies = try exchange.trade(.results, of: subject, parts, called: part.job.step)
    for (rank, body) in bodies.enumerated() where rank != exchange.rank {
      try read(body, of: rank) { reader in
        for index in part.of(rank) {
          known[index] = try outcome(try reader.block(), of: part.job.tasks[index], at: index, onResult)
        }
      }
    }
    return part.tasks.compactMap { known[$0] }
  }

  /// An outcome of another rank, taken in as one of this rank's own.
  private func outcome(
    _ bytes: ArraySlice<UInt8>, of task: JobTask, at index: Int, _ onResult: (Int, inout TaskResult) throws -> Void
  ) throws -> Outcome {
    let outcome = try Codec.outcome(bytes)
    guard outcome.owner == task.owner else {
      throw WireError(position: 0, problem: "it is of \(outcome.owner), not of \(task.owner)")
    }
    guard case .success(var result) = outcome.result else { return outcome }
    try onResult(index, &result)
    return Outcome(owner: outcome.owner, result: .success(result))
  }

  private func read(_ body: ArraySlice<UInt8>, of rank: Int, _ take: (inout WireReader) throws -> Void) throws {
    var reader = WireReader(body)
    do {
      try take(&reader)
      guard reader.left == 0 else { throw reader.fail("\(reader.left) bytes are left over") }
    } catch let error as WireError {
      throw RankError.unreadable(rank: exchange.name(rank), problem: "\(error)")
    }
  }

  // MARK: Sums

  /// Runs shards here, each added up by itself.
  private func sumUp(_ shards: [[Int]], of job: Job, _ onProgress: (Int) -> Void) throws -> [Reduction] {
    let sums = shards.map { ShardedSum(count: $0.count, shardSize: max(1, $0.count)) }
    let places = shards.enumerated().flatMap { shard, tasks in tasks.indices.map { (sum: sums[shard], at: $0) } }
    let own = job.with(shards.flatMap { $0 })
    let outcomes = try local.map(
      own,
      onResult: { position, result in
        let place = places[position]
        try place.sum.take(Outcome(owner: own.tasks[position].owner, result: .success(result)), at: place.at)
        result.values = Exchange()
      }, onProgress: onProgress)
    for (place, outcome) in zip(places, outcomes) {
      if case .failure = outcome.result { try place.sum.take(outcome, at: place.at) }
    }
    return sums.map(\.reduction)
  }
}

/// Outcomes that threads write as bytes, each at a place of its own.
private final class Written: Sendable {
  private let bytes: Mutex<[[UInt8]?]>

  init(_ count: Int) { bytes = Mutex(Array(repeating: nil, count: count)) }

  subscript(index: Int) -> [UInt8]? {
    get { bytes.withLock { $0[index] } }
    set { bytes.withLock { $0[index] = newValue } }
  }
}

extension Reduction {
  fileprivate func write(to writer: inout WireWriter) {
    sums.write(to: &writer)
    for outcome in outcomes { writer.write(block: Codec.bytes(of: outcome)) }
  }

  /// Reads the sum of a shard, with one outcome for each owner.
  fileprivate init(_ reader: inout WireReader, owners: [TaskOwner]) throws {
    let sums = try Exchange(&reader)
    let outcomes = try owners.map { owner in
      let outcome = try Codec.outcome(try reader.block())
      guard outcome.owner == owner else { throw reader.fail("an outcome is of \(outcome.owner), not of \(owner)") }
      return outcome
    }
    self.init(sums: sums, outcomes: outcomes)
  }
}

extension Job {
  /// The same with some of the tasks.
  func with(_ indices: [Int]) -> Job {
    Job(function: function, round: round, shared: shared, tasks: indices.map { tasks[$0] })
  }

  /// What the job is called in messages.
  var step: String { round > 0 ? "'\(function)' of round \(round)" : "'\(function)' outside of rounds" }

  /// Sum of all that outcomes depend on, but for what clients keep: equal jobs have equal ones.
  var checksum: UInt64 {
    var sum = Checksum.of(Array("\(function) \(round) \(tasks.count)".utf8))
    sum = shared.checksum(after: sum)
    for task in tasks {
      sum = Checksum.of(Array("\(task.owner) \(task.data)".utf8), after: sum)
      sum = task.inputs.checksum(after: sum)
    }
    return sum
  }
}

extension Exchange {
  fileprivate func checksum(after seed: UInt64) -> UInt64 {
    var sum = seed
    for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      sum = Checksum.of(tensor, after: Checksum.of(Array("\(key) \(tensor.shape)".utf8), after: sum))
    }
    for (key, number) in numbers.sorted(by: { $0.key < $1.key }) {
      sum = Checksum.of(Array(key.name.utf8), after: sum ^ number.bitPattern)
    }
    return sum
  }
}
