import Datasets
import Networks
import Synchronization
import Tensors

/// All that a worker is made with beside a replica of the model: how clients train, and the data by their handles.
struct RunDescription: Sendable {
  /// How clients train in this round.
  var training: LocalTraining { current.training }
  let current: CurrentTraining
  /// How Byzantine clients train where their attack says so.
  let attackers = AttackerTraining()
  let split: VectorSplit
  let seed: UInt64
  let data: DataCatalog
  /// Whether the model gives a row of scores for each input, so that answers can be right or wrong.
  let measuresScores: Bool
}

/// How the clients of a run train, which may be exchanged between rounds.
final class CurrentTraining: Sendable {
  private let current: Mutex<LocalTraining>

  init(_ training: LocalTraining) { current = Mutex(training) }

  var training: LocalTraining {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}

/// The way to train that an attack brings; attacks are exchanged between rounds.
final class AttackerTraining: Sendable {
  private let current = Mutex<LocalTraining?>(nil)

  var training: LocalTraining? {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}

/// The data sets of a run, by handle. Clients, root, test and validation are fixed; guests come and go.
final class DataCatalog: Sendable {
  private struct Guests {
    var known: [Int: Dataset] = [:]
    var last = 0
  }

  private let fixed: [DataHandle: Dataset]
  private let guests = Mutex(Guests())

  init(_ sets: [DataHandle: Dataset]) { fixed = sets }

  convenience init(_ options: SimulationOptions) {
    var sets = Dictionary(
      options.clients.map { (DataHandle.client($0.id), $0.data) }, uniquingKeysWith: { first, _ in first })
    sets[.root] = options.root
    sets[.test] = options.test
    sets[.validation] = options.validation
    self.init(sets)
  }

  /// The set of a handle.
  ///
  /// - Throws: ``FederationError/noRootData`` where the run has no root data, ``FederationError/setup(what:problem:allowed:)``
  ///   for a handle that nobody has.
  func set(_ handle: DataHandle) throws -> Dataset {
    if let known = fixed[handle] { return known }
    if case .guest(let number) = handle, let guest = guests.withLock({ $0.known[number] }) { return guest }
    if handle == .root { throw FederationError.noRootData }
    if handle == .validation { throw FederationError.noValidationData }
    throw FederationError.setup(
      what: "\(handle)", problem: "this run has no such data", allowed: "ids of the run's clients are allowed")
  }

  /// Calls `body` with handles of data sets, which are known until it returns.
  func lending<Result>(_ lent: [Dataset], _ body: ([DataHandle]) throws -> Result) throws -> Result {
    let numbers = guests.withLock { guests in
      lent.map { set in
        guests.last += 1
        guests.known[guests.last] = set
        return guests.last
      }
    }
    defer { guests.withLock { for number in numbers { $0.known[number] = nil } } }
    return try body(numbers.map { .guest($0) })
  }
}
