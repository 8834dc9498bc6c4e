/// What an audit found, in the few numbers that a run's manifest keeps.
public struct AuditSummary: Sendable, Equatable {
  /// Tells audits apart: groups of the same audit can be compared.
  public let id: String
  public let samples: Int
  public let groups: Int
  /// Groups of more than one sample.
  public let groupsWithSeveral: Int
  public let largestGroup: Int
  /// Groups whose samples have different classes.
  public let conflicts: Int
  /// Samples of the sets after the first that share a group with a sample of the first.
  public let crossing: Int?
  /// Bits of the hash that near-duplicates may differ in.
  public let distance: Int
  public let leak: LeakEstimate?
}
