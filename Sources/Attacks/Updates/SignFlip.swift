public import Federation
public import Tensors

/// Sends the client's own update, reversed and stretched: away from where it would have helped.
///
/// - Source: Li et al., AAAI 2019, <https://arxiv.org/abs/1811.03761>, section 5 (sign-flipping attack).
public struct SignFlip: UpdateAttack {
  public let name = "sign_flip"
  /// Only the client's own update is changed.
  public let knowledge = Knowledge.own
  /// The update is multiplied by minus this.
  public let scale: Schedule

  public init(scale: Schedule = 1) { self.scale = scale }

  public func replace(_ context: AttackContext) throws -> Tensor? {
    guard let scale = try scale.value(in: context.round.number) else { return nil }
    return try context.own.tensor.mul(-scale)
  }
}
