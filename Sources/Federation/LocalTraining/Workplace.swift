import Datasets
import Networks
import Tensors

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

  /// Measures a model on one chunk of an evaluation set: sum of losses, number of right answers, number of samples.
  func measure(_ model: Model, _ inputs: Tensor, _ labels: Tensor) throws -> [Double] {
    try Subnormals.asZero {
      let logits = try model.evaluate(inputs)
      let loss = try training.loss(logits, labels).item()
      let right = zip(try logits.argmax().integers, labels.integers).count { $0 == $1 }
      return [loss * Double(labels.count), Double(right), Double(labels.count)]
    }
  }

  /// Share of right answers and mean loss, from the sums of what ``measure(_:_:_:)`` gave; NaN where there is no sample.
  static func means(_ sums: Reduction) -> (accuracy: Double, loss: Double) {
    guard sums.numbers.count == 3, sums.numbers[2] > 0 else { return (.nan, .nan) }
    return (sums.numbers[1] / sums.numbers[2], sums.numbers[0] / sums.numbers[2])
  }
}
