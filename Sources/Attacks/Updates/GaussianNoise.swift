public import Federation
public import Tensors

/// Adds normal noise to the client's own update, drawn anew for each client and round.
///
/// - Source: Li et al., AAAI 2019, <https://arxiv.org/abs/1811.03761>, section 5 (Gaussian attack).
/// - Deviation: the noise is added to the update; with `replacesUpdate` it stands alone, as there.
public struct GaussianNoise: UpdateAttack {
  public let name = "gaussian_noise"
  /// Standard deviation of each coordinate, at least 0.
  public let deviation: Schedule
  public let replacesUpdate: Bool

  public init(deviation: Schedule, replacesUpdate: Bool = false) {
    self.deviation = deviation
    self.replacesUpdate = replacesUpdate
  }

  public func replace(_ context: AttackContext) throws -> Tensor? {
    guard let deviation = try deviation.value(in: context.round.number) else { return nil }
    guard deviation >= 0 else {
      throw AttackError.option(attack: name, name: "sigma", got: deviation, allowed: "0 or more is needed")
    }
    let own = context.own
    let noise = try Tensor.uninitialized([own.count, own.dimension], .float32)
    noise.withMutableFloats { base in
      for (row, client) in own.clientIDs.enumerated() {
        var stream = context.round.stream(.attack, client: client)
        stream.fillNormal(base + row * own.dimension, count: own.dimension, deviation: Float(deviation))
      }
    }
    return replacesUpdate ? noise : try noise.add_(own.tensor)
  }
}
