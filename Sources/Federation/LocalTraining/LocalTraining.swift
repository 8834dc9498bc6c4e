public import Datasets
public import Networks

/// How a client trains between receiving the global model and sending its update.
public struct LocalTraining: Sendable {
  public var optimizer: any Optimizer
  /// Passes over the client's samples; nil for as many as ``steps`` take.
  public var epochs: Int?
  /// Most batches of a round; nil for all that the epochs have.
  public var steps: Int?
  public var batchSize: Int
  /// How training differs from plain descent.
  public var algorithm: any LocalAlgorithm
  /// Parameters that never leave the client; nil for those that ``algorithm`` keeps there.
  public var localParameters: LocalParameters?
  /// Whether momentum lives on from round to round. Otherwise each round starts afresh.
  public var keepsOptimizerState: Bool
  /// What training makes small.
  public var loss: any Objective
  /// Whether models run by plans; off, everything runs on the tape, one operation after the other.
  public var isTraced = true
  /// Random changes of each batch of pictures, from streams of client, round and step.
  public var augmentation: Augmentation?

  /// Without `epochs` and `steps` it is one epoch.
  public init(
    optimizer: any Optimizer, epochs: Int? = nil, steps: Int? = nil, batchSize: Int = 32,
    algorithm: any LocalAlgorithm = FedAvg(), localParameters: LocalParameters? = nil,
    keepsOptimizerState: Bool = false, loss: any Objective = Loss.crossEntropy()
  ) throws {
    func check(_ name: String, _ value: Int, _ isAllowed: Bool, _ allowed: String) throws {
      guard !isAllowed else { return }
      throw FederationError.option(name: "local_training: \(name)", got: "\(value)", allowed: allowed)
    }
    try check("epochs", epochs ?? 1, epochs ?? 1 >= 1, "1 or more are needed")
    try check("steps", steps ?? 1, steps ?? 1 >= 1, "1 or more are needed")
    try check("batch", batchSize, batchSize >= 1, "1 or more is needed")
    self.optimizer = optimizer
    self.epochs = epochs ?? (steps == nil ? 1 : nil)
    self.steps = steps
    self.batchSize = batchSize
    self.algorithm = algorithm
    self.localParameters = localParameters
    self.keepsOptimizerState = keepsOptimizerState
    self.loss = loss
    try algorithm.validate(self)
  }

  /// Name of the choice of parameters that stay at the client: `none`, `batch_norm`, `head`.
  public var stayingName: String { staying.name }

  /// The parameters that stay at the client.
  var staying: LocalParameters { localParameters ?? algorithm.localParameters }
}

/// What becomes of running means and variances when clients send their updates.
public enum StatisticsRule: String, Sendable, CaseIterable {
  /// They are part of the update: attacked, defended and added like everything a client sends.
  case aggregated
  /// They travel beside the update and are averaged by samples; attacks on updates leave them alone.
  case averaged
  /// The server estimates them anew on its root data after each round.
  case reestimated
}
