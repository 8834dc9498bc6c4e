/// Plain descent with a head that never leaves the client.
///
/// - Source: Arivazhagan et al., 2019, <https://arxiv.org/abs/1912.00818>, algorithms 1 and 2, with one layer of
///   personalization; other choices of what stays are an option of local training.
public struct FedPer: LocalAlgorithm {
  public let name = "fedper"
  public let localParameters = LocalParameters.head

  public init() {}
}
