import Synchronization

/// The block of memory that the plans of one model share: one of them runs at a time.
///
/// On huge pages from two mebibytes on; it is kept between runs and grows with the largest plan.
public final class PlanArena {
  private var block: Storage?
  /// The plan that ran last. What any other had kept is overwritten.
  var user: ObjectIdentifier?
  /// Counts the blocks taken so far: plans made before the last one still hold an older block.
  public private(set) var generation = 0

  public init() {}

  /// Returns a block with room for so many floats.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  func reserve(floats: Int) throws -> Storage {
    let byteCount = Swift.max(floats, 16) * MemoryLayout<Float>.stride
    if let block, block.byteCount >= byteCount { return block }
    let larger = try Storage(byteCount: byteCount, op: "plan")
    block = larger
    generation += 1
    return larger
  }
}

/// What dry runs of one set of layers showed, for all models that share the layers, on any thread.
public final class PlanGraphs: Sendable {
  /// What the operations of a model depend on.
  public struct Key: Hashable, Sendable {
    let shape: Shape
    let elementType: ElementType
    let isTraining: Bool

    public init(shape: Shape, elementType: ElementType, isTraining: Bool) {
      (self.shape, self.elementType, self.isTraining) = (shape, elementType, isTraining)
    }
  }

  private let graphs = Mutex<[Key: PlanGraph?]>([:])
  private static let limit = 64

  public init() {}

  /// Returns what is known for a key; `trace` finds it out the first time. nil where the layers have no plan.
  public func graph(_ key: Key, trace: () throws -> PlanGraph?) rethrows -> PlanGraph? {
    if let known = graphs.withLock({ $0[key] }) { return known }
    let graph = try trace()
    graphs.withLock { graphs in
      if graphs.count >= Self.limit { graphs.removeAll() }
      graphs[key] = .some(graph)
    }
    return graph
  }
}
