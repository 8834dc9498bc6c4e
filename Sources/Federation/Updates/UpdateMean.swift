public import Tensors

/// How a rule weighs updates that it only ever reads as one mean.
public enum SumWeights: String, Sendable, CaseIterable {
  /// By the samples each client trained on, as FedAvg does.
  case samples
  /// Each client once.
  case equal

  func weight(sampleCount: Int) -> Double { self == .samples ? Double(sampleCount) : 1 }
}

/// What is left of a round's updates when a rule asks for their mean alone: no single update is kept.
public final class UpdateMean: Sendable {
  /// Weighted mean of the updates. Shape `[d]`, in memory of its own.
  public let update: Tensor
  /// Clients whose update arrived whole, ascending.
  public let clientIDs: [Int]
  public let sampleCounts: [Int]
  /// Euclidean norm of each client's update.
  public let norms: [Double]
  /// Share of each client in the mean; they sum to 1.
  public let shares: [Double]

  public init(update: Tensor, clientIDs: [Int], sampleCounts: [Int], norms: [Double], shares: [Double]) {
    self.update = update
    self.clientIDs = clientIDs
    self.sampleCounts = sampleCounts
    self.norms = norms
    self.shares = shares
  }

  /// Takes the mean of rows that were kept, because an attack read them.
  convenience init(of updates: UpdateMatrix, weights: SumWeights) throws {
    let counts = updates.sampleCounts.map { weights.weight(sampleCount: $0) }, total = counts.reduce(0, +)
    self.init(
      update: try updates.weightedMean(counts), clientIDs: updates.clientIDs, sampleCounts: updates.sampleCounts,
      norms: try updates.geometry(for: "mean").norms, shares: counts.map { $0 / total })
  }
}
