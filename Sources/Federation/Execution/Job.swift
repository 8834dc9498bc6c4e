/// Who a task works for.
public enum TaskOwner: Hashable, Sendable, CustomStringConvertible {
  case server
  /// Ids count from 1.
  case client(Int)

  /// Key of the owner's random streams.
  var streamKey: Int { if case .client(let id) = self { id } else { 0 } }

  public var description: String { if case .client(let id) = self { "client \(id)" } else { "the server" } }
}

/// A data set by the name under which every worker of a run has it.
public enum DataHandle: Hashable, Sendable, CustomStringConvertible {
  case client(Int)
  case root
  case test
  case validation
  /// A set that was handed to the run between or inside rounds.
  case guest(Int)

  public var description: String {
    switch self {
    case .client(let id): "client \(id)"
    case .root: "root"
    case .test: "test"
    case .validation: "validation"
    case .guest: "the given data"
    }
  }
}

/// One client's, vector's or chunk's work in a job.
public struct JobTask {
  /// Position in the job, from 0.
  public let index: Int
  public let owner: TaskOwner
  /// The samples that it reads.
  public let data: DataHandle
  /// What the client kept from its last round.
  public let state: ClientState?
  /// What this task alone needs.
  public var inputs: Exchange

  public init(
    index: Int, owner: TaskOwner, data: DataHandle, state: ClientState? = nil, inputs: Exchange = Exchange()
  ) {
    self.index = index
    self.owner = owner
    self.data = data
    self.state = state
    self.inputs = inputs
  }
}

/// Work of one kind for many clients. Functions cross by name: every process knows the same ones.
public struct Job {
  /// Name of the function that does a task.
  public let function: String
  /// Round number, from 1; 0 outside rounds.
  public let round: Int
  /// What every task reads, such as the global parameters.
  public let shared: Exchange
  public let tasks: [JobTask]

  public init(function: String, round: Int, shared: Exchange, tasks: [JobTask]) {
    self.function = function
    self.round = round
    self.shared = shared
    self.tasks = tasks
  }
}

/// What a worker tells of one client's training.
public struct TrainingReport: Sendable, Equatable {
  /// Mean loss over the local steps.
  public var loss: Double
  /// Steps that the optimizer took for the update.
  public var steps: Int
  /// Norm of the update where it is added up at the worker; nil where the server has the update itself.
  public var norm: Double?
  /// Whether the update holds neither NaN nor an infinity; unknown, and true, where the server has the update itself.
  public var isFinite: Bool

  public init(loss: Double, steps: Int, norm: Double? = nil, isFinite: Bool = true) {
    self.loss = loss
    self.steps = steps
    self.norm = norm
    self.isFinite = isFinite
  }
}

/// What a finished task gives back.
public struct TaskResult {
  /// Tensors and numbers by name, such as an update; ``Executor/reduce(_:shardSize:onProgress:)`` adds them up.
  public var values: Exchange
  /// How training went, for a task that trained.
  public var report: TrainingReport?
  /// What the client keeps for its next round.
  public var state: ClientState?

  public init(values: Exchange = Exchange(), report: TrainingReport? = nil, state: ClientState? = nil) {
    self.values = values
    self.report = report
    self.state = state
  }
}

/// A task that came to nothing, and why. A value, not an exception.
public struct TaskFailure: Error, Sendable, Equatable {
  public let owner: TaskOwner
  public let message: String
  /// Where it happened, if the failure came from a script.
  public let traceback: String?

  public init(owner: TaskOwner, message: String, traceback: String? = nil) {
    self.owner = owner
    self.message = message
    self.traceback = traceback
  }
}

/// A task's end: a result, or a failure that is a value.
public struct Outcome {
  public let owner: TaskOwner
  public let result: Result<TaskResult, TaskFailure>

  public init(owner: TaskOwner, result: Result<TaskResult, TaskFailure>) {
    self.owner = owner
    self.result = result
  }
}

/// Sums over the tasks of a job.
public struct Reduction {
  public let sums: Exchange
  /// What each task gave, in order, without its tensors.
  public let outcomes: [Outcome]

  public var failures: [TaskFailure] {
    outcomes.compactMap { if case .failure(let failure) = $0.result { failure } else { nil } }
  }
}
