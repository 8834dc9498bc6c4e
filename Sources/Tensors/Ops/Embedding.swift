extension Tensor {
  /// Looks up rows of this table by number.
  ///
  /// - Parameter indices: int64 from 0, of any shape `[…]`; a row may be taken more than once.
  /// - Returns: `[…, e]` for a table `[v, e]` here.
  /// - Throws: ``TensorError``, naming an index outside 0 to `v - 1`.
  public func embedding(_ indices: Tensor) throws -> Tensor {
    try expectRank("embedding", 2, "a table [v, e] is needed")
    try indices.expectLabels("embedding", "index", below: shape[0])
    return try gather(indices.flatten()).reshape(indices.shape + [shape[1]])
  }

  /// Takes one element of each row: the score of a given class, for instance.
  ///
  /// - Parameter labels: int64 from 0, `[b]`.
  /// - Returns: `[b]` for `[b, k]` here.
  /// - Throws: ``TensorError``, naming a label outside 0 to `k - 1`.
  public func pick(_ labels: Tensor) throws -> Tensor {
    guard rank == 2, labels.shape == [shape[0]] else {
      throw TensorError.shapes(op: "pick", shape, labels.shape, hint: "[b, k] and labels [b] are needed")
    }
    try expectFloat("pick")
    try labels.expectLabels("pick", "label", below: shape[1])
    return try gatherAlong(axis: 1, labels.unsqueeze(1)).squeeze(1)
  }
}
