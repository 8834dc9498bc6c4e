public import Datasets
public import Networks

/// How a client trains between receiving the global model and sending its update.
///
/// FedAvg is the plain loop; FedProx adds a proximal term; FedBN keeps batch normalization at the client; FedBN-prox
/// does both.
public struct LocalTraining: Sendable {
  public var optimizer: any Optimizer
  /// Passes over the client's samples; nil for as many as ``steps`` take.
  public var epochs: Int?
  /// Batches a round, at most where there are `epochs` too; nil for what the epochs hold.
  public var steps: Int?
  public var batchSize: Int
  /// μ of FedProx: pulls the shared parameters back to the global ones with half this times their squared distance.
  ///
  /// Source: Li et al., MLSys 2020, <https://arxiv.org/abs/1812.06127>, equation 2. Deviation: parameters that stay at
  /// the client are not pulled, since the server has no value for them.
  public var proximalWeight: Double
  /// Whether batch normalization, weights and statistics alike, never leaves the client.
  ///
  /// Source: Li et al., ICLR 2021, <https://arxiv.org/abs/2102.07623>, algorithm 1.
  public var isBatchNormLocal: Bool
  /// Whether momentum lives on from round to round. Otherwise each round starts afresh.
  public var keepsOptimizerState: Bool
  public var loss: Loss
  /// Random changes of each batch of pictures, from streams of client, round and step.
  public var augmentation: Augmentation?

  /// Without `epochs` and `steps` it is one epoch.
  public init(
    optimizer: any Optimizer, epochs: Int? = nil, steps: Int? = nil, batchSize: Int = 32,
    proximalWeight: Double = 0, isBatchNormLocal: Bool = false, keepsOptimizerState: Bool = false,
    loss: Loss = .crossEntropy()
  ) throws {
    func check(_ name: String, _ value: Any, _ isAllowed: Bool, _ allowed: String) throws {
      guard !isAllowed else { return }
      throw FederationError.option(name: "local_training: \(name)", got: "\(value)", allowed: allowed)
    }
    try check("epochs", epochs ?? 1, epochs ?? 1 >= 1, "1 or more are needed")
    try check("steps", steps ?? 1, steps ?? 1 >= 1, "1 or more are needed")
    try check("batch", batchSize, batchSize >= 1, "1 or more is needed")
    try check("mu", proximalWeight, proximalWeight >= 0 && proximalWeight.isFinite, "a number of 0 or more is needed")
    self.optimizer = optimizer
    self.epochs = epochs ?? (steps == nil ? 1 : nil)
    self.steps = steps
    self.batchSize = batchSize
    self.proximalWeight = proximalWeight
    self.isBatchNormLocal = isBatchNormLocal
    self.keepsOptimizerState = keepsOptimizerState
    self.loss = loss
  }
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
