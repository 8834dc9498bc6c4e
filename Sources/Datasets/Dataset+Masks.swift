public import Tensors

extension Dataset {
  /// Returns where a region lies in the samples at some positions.
  ///
  /// - Returns: 1 inside the region and 0 elsewhere, uint8 `[n, 1, h, w]`; nil where the set has no masks.
  /// - Throws: ``DatasetError/value(op:what:got:allowed:)`` for a position outside the set.
  public func masks(_ region: SampleMasks.Region = .lesion, at positions: [Int]? = nil) throws -> Tensor? {
    let positions = positions ?? Array(0..<count)
    try check(positions, op: "masks")
    guard let masks else { return nil }
    let marks = masks.marks(region, rows: positions.map { rows[$0] })
    return Tensor(bytes: marks, shape: [positions.count, 1, masks.height, masks.width])
  }
}
