public import Tensors

/// What a client sends: its parameters after local training *minus* the global ones. The server *adds* it.
///
/// Some systems call this difference a gradient and subtract it: an honest client then pushes the model backwards.
/// A true gradient of the loss has the opposite sign.
public struct Update {
  public let client: Int
  /// Local minus global, shape `[d]`.
  public let difference: Tensor
  /// Samples the client says it trained on.
  public let sampleCount: Int
  /// Mean loss over the client's local steps, in nats for cross-entropy.
  public let trainingLoss: Double

  public init(client: Int, difference: Tensor, sampleCount: Int, trainingLoss: Double) {
    self.client = client
    self.difference = difference
    self.sampleCount = sampleCount
    self.trainingLoss = trainingLoss
  }
}
