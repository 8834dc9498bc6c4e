public import Federation
public import Tensors

/// Adds normal noise to the client's own update, drawn anew for each client and round.
///
/// - Source: Li et al., AAAI 2019, <https://arxiv.org/abs/1811.03761>, section 5 (Gaussian attack).
/// - Deviation: the noise is added to the update; with `replacesUpdate` it stands alone, as there.
public struct GaussianNoise: UpdateAttack {
  public let name = "gaussian_noise"
  /// Only the client's own update is changed.
  public let knowledge = Knowledge.own
  /// What the deviation is measured in.
  public enum Unit: String, Sendable, CaseIterable {
    /// As parameters are.
    case absolute
    /// The norm of the client's own update for each coordinate, as OptiGradTrust's code does: noise √d times as long.
    case norm
    /// That norm divided by √d: noise about as long as the update.
    case rms
  }

  /// Standard deviation of each coordinate, at least 0.
  public let deviation: Schedule
  /// What the deviation is measured in.
  public let unit: Unit
  public let replacesUpdate: Bool

  public init(deviation: Schedule, unit: Unit = .absolute, replacesUpdate: Bool = false) {
    self.deviation = deviation
    self.unit = unit
    self.replacesUpdate = replacesUpdate
  }

  public func replace(_ context: AttackContext) throws -> Tensor? {
    guard let deviation = try deviation.value(in: context.round.number) else { return nil }
    guard deviation >= 0 else {
      throw AttackError.option(attack: name, name: "sigma", got: deviation, allowed: "0 or more is needed")
    }
    let own = context.own
    let scales = try scales(of: own)
    let noise = try Tensor.uninitialized([own.count, own.dimension], .float32)
    noise.withMutableFloats { base in
      for (row, client) in own.clientIDs.enumerated() {
        var stream = context.round.stream(.attack, client: client)
        stream.fillNormal(base + row * own.dimension, count: own.dimension, deviation: Float(deviation * scales[row]))
      }
    }
    return replacesUpdate ? noise : try noise.add_(own.tensor)
  }

  /// What one unit of the deviation is for each row.
  private func scales(of own: UpdateMatrix) throws -> [Double] {
    guard unit != .absolute else { return [Double](repeating: 1, count: own.count) }
    let root = unit == .rms ? Double(own.dimension).squareRoot() : 1
    // By hand, since the geometry of updates refuses a row that is no number: such a client sends noise that is none.
    return try (0..<own.count).map { try own.row($0).norm().item() / root }
  }
}
