public import Tensors

/// One client's or one chunk's work in a job.
public struct ClientTask {
  /// Position in the job, from 0.
  public let index: Int
  /// Client id, from 1; 0 for work of the server.
  public let client: Int
  /// What the client kept from its last round.
  public let state: ClientState?
  /// Labels to train on in place of the true ones, int64; nil for the true ones.
  public let labels: Tensor?
  /// What the client's buffers are multiplied by where results are added up.
  public let share: Double

  public init(index: Int, client: Int, state: ClientState? = nil, labels: Tensor? = nil, share: Double = 1) {
    self.index = index
    self.client = client
    self.state = state
    self.labels = labels
    self.share = share
  }
}

/// Work of one kind for many clients. Functions cross by name: every process knows the same ones.
public struct Job {
  /// Name of the function that does a task.
  public let function: String
  /// Round number, from 1; 0 outside rounds.
  public let round: Int
  /// Buffers that every task reads, such as the global parameters.
  public let shared: [Tensor]
  public let tasks: [ClientTask]

  public init(function: String, round: Int, shared: [Tensor], tasks: [ClientTask]) {
    self.function = function
    self.round = round
    self.shared = shared
    self.tasks = tasks
  }
}

/// What a finished task gives back.
public struct TaskResult {
  /// Buffers, such as a client's parameters.
  public var tensors: [Tensor]
  /// Numbers, such as a loss.
  public var numbers: [Double]
  /// What the client keeps for its next round.
  public var state: ClientState?

  public init(tensors: [Tensor] = [], numbers: [Double] = [], state: ClientState? = nil) {
    self.tensors = tensors
    self.numbers = numbers
    self.state = state
  }
}

/// A task's end: a result, or a failure that is a value.
public struct Outcome {
  public let client: Int
  public let result: Result<TaskResult, ClientFailure>
}

extension ClientFailure: Error {}

/// What a backend can do.
public struct ExecutorTraits: Sendable, Equatable {
  /// Whether any worker may stand for any client, as in a simulation.
  public var isSimulation: Bool
  /// Whether a task of a lost worker may run elsewhere.
  public var canRedispatch: Bool
  /// Whether each client belongs to one place.
  public var clientsArePinned: Bool
  /// Most bytes of one message; nil without a limit.
  public var maximumMessageBytes: Int?
}

/// The seam to the world of machines: runs jobs somewhere and returns outcomes in task order.
///
/// Threads of this process are one backend. Others plug in behind the same calls without a change to a script, so a
/// worker gets everything from the job, and nothing from variables around it.
public protocol Executor: AnyObject {
  var traits: ExecutorTraits { get }

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

  /// Runs every task and adds up the numbers and the tensors of the results, shard by shard.
  ///
  /// A shard is `shardSize` neighbouring tasks. Results are added in order within a shard, and shards in order, so the
  /// sums have the same bits for any number of workers, and the buffers of one task need not outlive its turn. All
  /// results of a job hold buffers of the same shapes, or none.
  func reduce(_ job: Job, shardSize: Int, onProgress: (Int) -> Void) throws -> Reduction

  /// Ends the workers.
  func finish()
}

extension Executor {
  /// Runs every task and returns the outcomes as they are.
  public func map(_ job: Job, onProgress: (Int) -> Void) throws -> [Outcome] {
    try map(job, onResult: { _, _ in }, onProgress: onProgress)
  }
}

/// Sums over the tasks of a job.
public struct Reduction {
  public let numbers: [Double]
  public let tensors: [Tensor]
  /// What each task gave, in order, without the tensors.
  public let outcomes: [Outcome]

  public var failures: [ClientFailure] {
    outcomes.compactMap { if case .failure(let failure) = $0.result { failure } else { nil } }
  }
}

/// A place where tasks run one after the other: a model replica and what it needs.
public protocol Worker: AnyObject {
  func run(_ task: ClientTask, of job: Job) throws -> TaskResult
}
