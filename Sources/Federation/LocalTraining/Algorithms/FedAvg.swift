/// Plain descent, whose end is averaged.
///
/// - Source: McMahan et al., AISTATS 2017, <https://arxiv.org/abs/1602.05629>, algorithm 1.
public struct FedAvg: LocalAlgorithm {
  public let name = "fedavg"

  public init() {}
}
