import Datasets
import Networks

/// What every worker of a simulation can reach: the data of all clients and how they train.
///
/// Fixed while a job runs; only the evaluation set is exchanged, between jobs.
final class Workplace: @unchecked Sendable {
  private let clientsByID: [Int: Client]
  /// The server's own data; it trains as client 0.
  let root: Dataset?
  let training: LocalTraining
  let split: VectorSplit
  let seed: UInt64
  var evaluationSet: Dataset?

  /// Samples of one evaluation task, whatever the number of threads.
  static let evaluationChunk = 250
  /// Evaluation tasks that are added up by themselves, whatever the number of threads.
  static let evaluationShard = 4

  init(clients: [Client], root: Dataset?, training: LocalTraining, split: VectorSplit, seed: UInt64) {
    clientsByID = Dictionary(uniqueKeysWithValues: clients.map { ($0.id, $0) })
    self.root = root
    self.training = training
    self.split = split
    self.seed = seed
  }

  /// Data of a client; of the server for id 0.
  func data(of client: Int) throws -> Dataset {
    if client == 0 {
      guard let root else { throw FederationError.noRootData }
      return root
    }
    guard let known = clientsByID[client] else {
      throw FederationError.setup(
        what: "client \(client)", problem: "there is no such client", allowed: "ids of the run's clients are allowed")
    }
    return known.data
  }
}
