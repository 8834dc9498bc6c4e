public import Networks
public import Tensors

/// Plain descent for the global model, and a model of the client's own that is used mixed with it: `α v + (1 - α) w`.
///
/// - Source: Deng et al., 2020, <https://arxiv.org/abs/2003.13461>, algorithm 1; α by its equation 10.
/// - Deviation: the own model takes plain steps at the optimizer's rate, without momentum; where α adapts it does so once
///   a round, at the first batch. Outside rounds `w` is the global model.
public struct APFL: LocalAlgorithm {
  public let name = "apfl"
  /// α of a client's first round, in [0, 1].
  public let share: Double
  /// Whether α follows its gradient.
  public let adapts: Bool
  private static let own: ExchangeKey = "personal", mixing: ExchangeKey = "alpha"

  public init(share: Double = 0.5, adapts: Bool = true) throws {
    self.share = share
    self.adapts = adapts
    try check("alpha", share, share >= 0 && share <= 1, "0 to 1 is needed")
  }

  public var summary: String? { "alpha \(share)" + (adapts ? ", adapting" : "") }

  public func begin(_ work: LocalWork) throws {
    work.state.tensors[Self.own] = work.state.tensors[Self.own]?.clone() ?? work.global.clone()
    work.state.numbers[Self.mixing] = work.state.numbers[Self.mixing] ?? share
  }

  public func correct(_ work: LocalWork) throws {
    let model = work.model, shared = try model.vector(), gradient = model.gradient.clone()
    let own = try work.state.tensor(Self.own), mixing = try work.state.number(Self.mixing)
    let count = model.parameterCount, slope = model.gradient
    try model.load(mixed(own, shared, mixing, count))
    try work.computeGradient()
    let ownPart = try own.narrow(axis: 0, start: 0, count: count)
    if adapts, work.steps == 0 {
      let difference = try ownPart.sub(shared.narrow(axis: 0, start: 0, count: count))
      work.state.numbers[Self.mixing] = min(
        1, max(0, mixing - work.learningRate * (try slope.dot(difference).item())))
    }
    try ownPart.addScaled_(slope, -work.learningRate * mixing)
    // Running statistics of the mixed model are those of the own one; the global one keeps what its batch left.
    try own.narrow(axis: 0, start: count, count: own.count - count).copy_(model.statistics)
    try model.load(shared)
    try model.gradient.copy_(gradient)
  }

  public func personalVector(_ state: Exchange, global: Tensor, _ layout: ParameterLayout) throws -> Tensor? {
    guard let own = state.tensors[Self.own], let mixing = state.numbers[Self.mixing] else { return nil }
    return try mixed(own, global, mixing, layout.trainableCount)
  }

  /// `α v + (1 - α) w` for the first `count` values, and the own model's running statistics.
  private func mixed(_ own: Tensor, _ shared: Tensor, _ mixing: Double, _ count: Int) throws -> Tensor {
    let result = own.clone()
    try result.narrow(axis: 0, start: 0, count: count).mul_(mixing)
      .addScaled_(shared.narrow(axis: 0, start: 0, count: count), 1 - mixing)
    return result
  }
}
