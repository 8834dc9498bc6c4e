import Synchronization
import Tensors

/// What dry runs of one set of layers showed, for all models that share the layers, on any thread.
final class TracedGraphs: Sendable {
  /// What the operations of a model depend on.
  struct Key: Hashable, Sendable {
    let shapes: [Shape]
    let elementTypes: [ElementType]
    let purpose: PlanPurpose
  }

  /// What a dry run showed.
  struct Entry: Sendable {
    /// nil where something stands in the way of a plan.
    let graph: PlanGraph?
    /// Names of the outputs beside an objective's loss.
    let names: [String]
    /// What stands in the way.
    let obstacle: String?
    /// Grows when a later dry run differs: plans of an older one are out of date.
    var revision = 0
  }

  private let entries = Mutex<[Key: Entry]>([:])
  private static let limit = 256

  subscript(key: Key) -> Entry? { entries.withLock { $0[key] } }

  /// All that was traced.
  var keys: [Key] { entries.withLock { Array($0.keys) } }

  /// Takes in what a dry run showed; what is known stays where it showed the same.
  @discardableResult
  func update(_ key: Key, _ fresh: Entry) -> Entry {
    entries.withLock { entries in
      if let known = entries[key] {
        if known.isSame(as: fresh) { return known }
        var changed = fresh
        changed.revision = known.revision + 1
        entries[key] = changed
        return changed
      }
      if entries.count >= Self.limit { entries.removeAll() }
      entries[key] = fresh
      return fresh
    }
  }
}

extension TracedGraphs.Entry {
  fileprivate func isSame(as other: Self) -> Bool {
    guard names == other.names, obstacle == other.obstacle else { return false }
    return switch (graph, other.graph) {
    case (nil, nil): true
    case (let mine?, let its?): mine.isSame(as: its)
    default: false
    }
  }
}
