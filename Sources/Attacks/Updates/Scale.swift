public import Federation
public import Tensors

/// Sends the client's own update, stretched, so that it outweighs the others.
///
/// - Source: Bagdasaryan et al., AISTATS 2020, <https://arxiv.org/abs/1807.00459>, section 4 (model replacement).
public struct Scale: UpdateAttack {
  public let name = "scale"
  /// Only the client's own update is changed.
  public let knowledge = Knowledge.own
  public let factor: Schedule

  public init(factor: Schedule) { self.factor = factor }

  public func replace(_ context: AttackContext) throws -> Tensor? {
    guard let factor = try factor.value(in: context.round.number) else { return nil }
    return try context.own.tensor.mul(factor)
  }
}
