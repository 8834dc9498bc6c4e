import Datasets
import Tensors

/// What reaches the server of a round's training, as far as the rule needs it: the updates themselves, as rows in memory
/// or in a file, or only their mean.
protocol RoundIntake: AnyObject {
  /// What the clients sent, apart from the updates; whole once the rule has decided.
  var arrivals: Arrivals { get }

  /// Lets the cohort train, and takes what it sends.
  func receive(_ training: CohortTraining) throws

  /// Puts what Byzantine clients send in the place of what they would have sent.
  ///
  /// - Parameters:
  ///   - fakes: Clients of the cohort without data, which send nothing but what the attack says.
  ///   - exchange: How often the clients have been asked in this round, this time included.
  ///   - rehearse: Tells what the rule would decide, and leaves it as it was; nil where nobody may ask.
  /// - Returns: What the attackers saw; nil where nobody read anything.
  @discardableResult
  func replace(
    by attack: Attack, byzantine: [Int], fakes: [Int], _ round: Round, exchange: Int,
    rehearse: ((UpdateMatrix) throws -> Decision)?
  ) throws -> AttackContext?

  /// Mean by samples of the updates of all but some clients; nil where no single update is kept, or nobody is left.
  func mean(without clients: [Int]) throws -> Tensor?

  /// Sets aside updates that hold NaN or infinity, and asks the rule about the others.
  ///
  /// - Parameters:
  ///   - name: What messages call the rule.
  ///   - onFailure: What becomes of the round where a client failed.
  func decide(_ round: Round, name: String, threads: Int) throws -> Decision
}

extension Rule {
  /// The intake that this rule needs.
  ///
  /// - Parameter isAttackOnRows: Whether Byzantine clients read what the others send, so that all of it must be kept.
  func makeIntake(isAttackOnRows: Bool) -> any RoundIntake {
    switch self {
    case .mean(let weights, let combine) where !isAttackOnRows: MeanIntake(weights, combine)
    case .gram: RowIntake(self, isInFile: !isAttackOnRows)
    case .rows, .mean: RowIntake(self, isInFile: false)
    }
  }
}

/// What a round of local training needs.
struct CohortTraining {
  let round: Round
  let run: RunDescription
  let executor: any Executor
  /// What every client gets.
  let shared: Exchange
  /// One for each client of the cohort that has data, in the order of ids.
  let tasks: [JobTask]
  let onFailure: FailurePolicy
  /// Called with the number of clients that are done.
  let onProgress: (Int) -> Void

  func job(_ function: String, _ tasks: [JobTask]) -> Job {
    Job(function: function, round: round.number, shared: shared, tasks: tasks)
  }

  /// Ids of the clients at work.
  var clientIDs: [Int] { tasks.map(\.owner.streamKey) }

  /// Samples of each of them.
  func sampleCounts() throws -> [Int] { try tasks.map { try run.data.set($0.data).count } }
}

/// What the clients of a round sent, apart from the updates themselves.
struct Arrivals {
  /// Clients whose update arrived whole, in the order of ids.
  var clients: [Arrival] = []
  /// Means over the clients of what stands beside the updates; see ``SentValue``.
  var beside = Exchange()
  var failures: [ClientFailure] = []
  /// Clients whose update held NaN or an infinity.
  var quarantined: [Int] = []

  /// Notes a client that failed; throws where a failure ends the round.
  mutating func take(_ failure: TaskFailure, _ onFailure: FailurePolicy, _ round: Round) throws {
    let failure = ClientFailure(failure)
    if onFailure == .fail { throw FederationError.client(failure, round: round.number) }
    failures.append(failure)
  }

  func nobodyLeft(_ round: Round) -> FederationError {
    .nobodyLeft(round: round.number, failures: failures, quarantined: quarantined)
  }
}

/// One client whose update arrived whole.
struct Arrival {
  let client: Int
  let sampleCount: Int
  /// nil for a client that did not train.
  let trainingLoss: Double?
  /// Norm of the update as it arrived at the server.
  let norm: Double
  let state: ClientState?
}
