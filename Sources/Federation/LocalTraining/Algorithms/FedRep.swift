/// A head that never leaves the client, fitted first while the rest stands still; then the rest while the head does.
///
/// - Source: Collins et al., ICML 2021, <https://arxiv.org/abs/2102.07078>, algorithm 1.
/// - Deviation: both parts take steps over batches, and what stands still also keeps out of weight decay and momentum.
public struct FedRep: LocalAlgorithm {
  public let name = "fedrep"
  public let localParameters = LocalParameters.head
  /// Passes over the samples in which the head is fitted.
  public let headEpochs: Int
  private static let head: ExchangeKey = "head"

  public init(headEpochs: Int = 1) throws {
    self.headEpochs = headEpochs
    try check("head_epochs", Double(headEpochs), headEpochs >= 1, "1 or more are needed")
  }

  public var summary: String? { "head epochs \(headEpochs)" }

  public func begin(_ work: LocalWork) throws {
    let travelling = work.split.trainable, still = try work.model.trainable.gathered(travelling)
    try work.pass(
      "head", epochs: headEpochs, afterStep: { try $0.model.trainable.scatter(still, to: travelling) })
    work.scratch.tensors[Self.head] = try work.model.trainable.gathered(work.split.localTrainable)
  }

  public func afterStep(_ work: LocalWork) throws {
    try work.model.trainable.scatter(work.scratch.tensor(Self.head), to: work.split.localTrainable)
  }
}
