public import Tensors

/// Averages the updates, each client counting once unless weights are given.
public struct Mean: Aggregator {
  public let name = "mean"
  public let sumWeights = SumWeights?.some(.equal)

  public init() {}

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.weightedMean(weights ?? [Double](repeating: 1, count: updates.count), for: name)
  }
}

/// Averages the updates by sample counts, as FedAvg does, unless weights are given.
///
/// - Source: McMahan et al., AISTATS 2017, <https://arxiv.org/abs/1602.05629>, algorithm 1.
public struct WeightedMean: Aggregator {
  public let name = "weighted_mean"
  public let sumWeights = SumWeights?.some(.samples)

  public init() {}

  public func aggregate(_ updates: UpdateMatrix, weights: [Double]?, round: Round?) throws -> Tensor {
    try updates.weightedMean(weights ?? updates.sampleCounts.map(Double.init), for: name)
  }
}
