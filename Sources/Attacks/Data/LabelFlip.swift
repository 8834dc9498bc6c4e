public import Tensors

/// An attack on what clients train with.
public protocol DataAttack {
  /// Name in scripts, such as `label_flip`.
  var name: String { get }

  /// Returns the labels to train on; nil to be honest this round.
  ///
  /// - Parameters:
  ///   - labels: The client's true labels, from 0.
  ///   - classes: Number of classes k.
  ///   - round: Round number, from 1.
  ///   - stream: Keyed by run, round and client.
  func replace(_ labels: [Int], classes: Int, round: Int, stream: RandomStream) throws -> [Int]?
}

/// Gives a share of a client's samples wrong labels; training itself is honest.
///
/// - Source: Biggio et al., ACML 2011; mirrored labels as in Fang et al., USENIX Security 2020,
///   <https://arxiv.org/abs/1911.11815>, section 5.
public struct LabelFlip: DataAttack {
  /// Which wrong label a sample gets.
  public enum Target: Sendable, Equatable {
    /// `k - 1 - label`.
    case mirror
    /// Any of the other labels, each as likely.
    case random
    /// One class is called another, or all of them are; other classes keep their labels.
    case swap(source: Int?, target: Int)
  }

  public let name = "label_flip"
  /// Share of the samples that may get a wrong label, in [0, 1].
  public let share: Schedule
  public let target: Target

  public init(share: Schedule = 1, target: Target = .mirror) {
    self.share = share
    self.target = target
  }

  public func replace(_ labels: [Int], classes: Int, round: Int, stream: RandomStream) throws -> [Int]? {
    guard let share = try share.value(in: round) else { return nil }
    guard (0...1).contains(share) else {
      throw AttackError.option(attack: name, name: "share", got: share, allowed: "0 to 1 is needed")
    }
    var stream = stream, flipped = labels
    let candidates = try candidates(labels, classes)
    let chosen = stream.sample(Int((share * Double(candidates.count)).rounded()), of: candidates.count)
    for index in chosen.map({ candidates[$0] }) { flipped[index] = wrongLabel(labels[index], classes, &stream) }
    return flipped
  }

  /// Positions of the samples that the attack is about.
  private func candidates(_ labels: [Int], _ classes: Int) throws -> [Int] {
    guard case .swap(let source, let target) = self.target else { return Array(labels.indices) }
    for (option, label) in [("source", source), ("target", target)] {
      guard let label, !(0..<classes).contains(label) else { continue }
      throw AttackError.option(
        attack: name, name: option, got: Double(label), allowed: "classes from 0 to \(classes - 1) are needed")
    }
    return labels.indices.filter { labels[$0] != target && (source ?? labels[$0]) == labels[$0] }
  }

  private func wrongLabel(_ label: Int, _ classes: Int, _ stream: inout RandomStream) -> Int {
    switch target {
    case .mirror: return classes - 1 - label
    case .random:
      guard classes > 1 else { return label }
      let other = stream.integer(below: classes - 1)
      return other < label ? other : other + 1
    case .swap(_, let target): return target
    }
  }
}
