public import Federation
public import Tensors

/// An attack on what clients send.
public protocol UpdateAttack {
  /// Name in scripts, such as `sign_flip`.
  var name: String { get }
  /// The most that it looks at.
  var knowledge: Knowledge { get }

  /// Returns what the Byzantine clients send, `[m, d]` or one `[d]` for all; nil to be honest this round.
  ///
  /// The rows of `context` are left as they are.
  func replace(_ context: AttackContext) throws -> Tensor?
}

extension Attack {
  /// An attack that replaces updates.
  public init(_ attack: some UpdateAttack) {
    self.init(name: attack.name)
    replaceUpdates = { try attack.replace($0) }
    self = knowing(attack.knowledge)
  }

  /// An attack that replaces labels before local training.
  public init(_ attack: some DataAttack) {
    self.init(name: attack.name)
    replaceLabels = { try attack.replace($0, classes: $1, round: $2, stream: $3) }
  }
}
