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
