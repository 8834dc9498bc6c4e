/// Descent with batch normalization that never leaves the client; with a weight above 0 pulled to the global model.
///
/// - Source: Li et al., ICLR 2021, <https://arxiv.org/abs/2102.07623>, algorithm 1; with the proximal term Karami et al.,
///   2025, <https://arxiv.org/abs/2507.23638>, section III-A.
public struct FedBN: LocalAlgorithm {
  public let name: String
  private let proximal: FedProx
  public let localParameters = LocalParameters.batchNormalization

  /// - Parameter weight: μ of the proximal term; 0 for none.
  public init(weight: Double = 0) throws {
    proximal = try FedProx(weight: weight)
    name = weight > 0 ? "fedbn_prox" : "fedbn"
  }

  public var summary: String? { proximal.weight > 0 ? proximal.summary : nil }

  public func correct(_ work: LocalWork) throws { try proximal.correct(work) }
}
