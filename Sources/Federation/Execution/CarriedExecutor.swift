import Synchronization
import Tensors

/// Carries jobs to sites and what they answered back, such as a server of Flower.
public protocol JobCarrier: AnyObject {
  /// Brings each task to a site that may do it, and waits for the answers as long as the carrier's policy says.
  ///
  /// - Returns: For each task an answer, or why there is none.
  func carry(_ parcel: Parcel) throws -> [Answer]
}

/// A part of a job that travels. All of it is bytes already.
public struct Parcel {
  /// Counts the parcels of a run, from 1.
  public let number: Int
  /// Round number, from 1; 0 outside rounds.
  public let round: Int
  /// The job, for every site.
  public let job: [UInt8]
  /// One for each client.
  public let tasks: [(client: Int, bytes: [UInt8])]
}

/// What came back of a task that traveled.
public enum Answer: Equatable {
  /// A frame, not yet looked at, and who sent it.
  case frame([UInt8], sender: String)
  /// None came.
  case nothing(reason: String)
}

/// Lets clients train at sites, and does all else here: what the server's own data are measured with never travels.
///
/// An answer that is damaged, too long, sent twice or of another run is refused: its client has failed, with the reason.
public final class CarriedExecutor: Executor {
  private let carrier: any JobCarrier
  private let local: ThreadExecutor
  private let judge: any Worker
  /// Tells this run's messages from those of any other.
  private let run: UInt64
  private var number = 0

  /// - Parameters:
  ///   - carrier: Brings tasks to sites.
  ///   - run: Tells this run's messages from those of any other.
  ///   - threads: Threads for what stays here.
  ///   - makeWorker: Called once for each thread, and once more.
  public init(
    _ carrier: any JobCarrier, run: UInt64, threads: Int, isConfined: @escaping () -> Bool = { false },
    makeWorker: () throws -> any Worker
  ) throws {
    (self.carrier, self.run) = (carrier, run)
    local = try ThreadExecutor(threads: threads, isConfined: isConfined, makeWorker: makeWorker)
    judge = try makeWorker()
  }

  /// Runs every task and returns the outcomes in the order of the tasks.
  public func map(
    _ job: Job, onResult: @escaping (_ index: Int, _ result: inout TaskResult) throws -> Void,
    onProgress: (Int) -> Void
  ) throws -> [Outcome] {
    let traveling = job.tasks.indices.filter { job.tasks[$0].canTravel }
    let staying = job.tasks.indices.filter { !job.tasks[$0].canTravel }
    var known: [Int: Outcome] = [:]
    let own = try local.map(
      job.with(staying), onResult: { try onResult(staying[$0], &$1) }, onProgress: onProgress)
    for (index, outcome) in zip(staying, own) { known[index] = outcome }
    guard !traveling.isEmpty else { return own }
    number += 1
    let parcel = Parcel(
      number: number, round: job.round, job: frame(.job, Codec.bytes(of: job)),
      tasks: traveling.map { (job.tasks[$0].owner.streamKey, frame(.job, Codec.bytes(of: job.tasks[$0]))) })
    let answers = try carrier.carry(parcel)
    for (position, index) in traveling.enumerated() {
      let task = job.tasks[index]
      var outcome =
        answers.indices.contains(position)
        ? outcome(of: answers[position], task, job) : failure(task, "no answer came")
      if case .success(var result) = outcome.result {
        try onResult(index, &result)
        outcome = Outcome(owner: task.owner, result: .success(result))
      }
      known[index] = outcome
      onProgress(staying.count + position + 1)
    }
    return job.tasks.indices.compactMap { known[$0] }
  }

  /// Runs every task and adds up the results, shard by shard.
  public func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction {
    try reduceInOrder(job, shardSize: shardSize, onProgress)
  }

  private func frame(_ kind: Frame.Kind, _ body: [UInt8]) -> [UInt8] {
    Frame(kind, of: run, number: number, body: body).bytes
  }

  private func failure(_ task: JobTask, _ message: String) -> Outcome {
    Outcome(owner: task.owner, result: .failure(TaskFailure(owner: task.owner, message: message)))
  }

  private func outcome(of answer: Answer, _ task: JobTask, _ job: Job) -> Outcome {
    switch answer {
    case .nothing(let reason): return failure(task, reason)
    case .frame(let bytes, let sender):
      do {
        let frame = try Frame(bytes, of: run, number: number)
        guard frame.kind == .results else { throw WireError(position: 5, problem: "it is no answer") }
        let outcome = try Codec.outcome(frame.body)
        guard outcome.owner == task.owner else {
          throw WireError(position: 0, problem: "it is of \(outcome.owner)")
        }
        if case .success(let result) = outcome.result { try judge.expect(result, of: job) }
        return outcome
      } catch {
        return failure(task, "its answer from \(sender) was refused: \(error)")
      }
    }
  }
}

extension JobTask {
  /// Whether the task works on what its client has, so that the client's site can do it.
  var canTravel: Bool {
    guard case .client(let id) = owner, case .client(let data) = self.data else { return false }
    return id == data && inputs.numbers[.trainsAsAttacker] == nil
  }
}

extension Executor {
  /// Adds up a job task by task, in order, each as soon as it is there.
  func reduceInOrder(_ job: Job, shardSize: Int, _ onProgress: (Int) -> Void) throws -> Reduction {
    let sum = ShardedSum(count: job.tasks.count, shardSize: shardSize)
    let outcomes = try map(
      job,
      onResult: { index, result in
        try sum.take(Outcome(owner: job.tasks[index].owner, result: .success(result)), at: index)
        result.values = Exchange()
      }, onProgress: onProgress)
    for (index, outcome) in outcomes.enumerated() {
      if case .failure = outcome.result { try sum.take(outcome, at: index) }
    }
    return sum.reduction
  }
}
