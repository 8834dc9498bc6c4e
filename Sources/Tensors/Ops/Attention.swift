import Kernels

extension Tensor {
  /// Mixes values by how well queries match keys: scaled dot-product attention of several heads.
  ///
  /// Head `i` works on the `i`-th of `heads` equal runs of the last axis.
  ///
  /// - Parameters:
  ///   - query: `[b, t, e]`.
  ///   - key: `[b, s, e]`.
  ///   - value: `[b, s, e]`.
  ///   - heads: Divides `e`.
  ///   - isCausal: Whether position `i` sees only positions up to `i`; `s` equals `t` then.
  /// - Returns: `[b, t, e]`.
  /// - Throws: ``TensorError``.
  /// - Source: Vaswani et al., NeurIPS 2017, <https://arxiv.org/abs/1706.03762>, section 3.2.
  public static func attention(
    query: Tensor, key: Tensor, value: Tensor, heads: Int, isCausal: Bool = false
  ) throws -> Tensor {
    try expectAlike("attention", query, key, value)
    let sizes = try AttentionSizes(query, key, value, heads, isCausal)
    if query.elementType == .float64 { return try sizes.reference(query, key, value) }
    let (q, k, v) = (query.unitStrided, key.unitStrided, value.unitStrided)
    let y = try uninitialized(query.shape, op: "attention")
    let weights = try uninitialized([sizes.batch, heads, sizes.queries, sizes.keys], op: "attention")
    try Profiler.measure(
      "attention", flops: 4 * sizes.batch * sizes.queries * sizes.keys * q.shape[2], bytes: 4 * q.byteCount
    ) {
      try sizes.forEachHead { index, workspace in
        sizes.forward(
          index, AttentionRows(q), AttentionRows(k), AttentionRows(v), weights.floatPointer, AttentionRows(y),
          workspace)
      }
    }
    return Tape.record(
      "attention", [query, key, value], saving: [q, k, v], y,
      plan: AttentionPlanOperation.note(sizes, query, key, value, y)
    ) { gradient, _ in
      let gy = gradient.unitStrided
      let (gq, gk, gv) = try (uninitialized(q.shape), uninitialized(k.shape), uninitialized(v.shape))
      try sizes.forEachHead { index, workspace in
        sizes.backward(
          index, (AttentionRows(q), AttentionRows(k), AttentionRows(v)), weights.floatPointer, AttentionRows(gy),
          (AttentionRows(gq), AttentionRows(gk), AttentionRows(gv)), workspace)
      }
      return [gq, gk, gv]
    }
  }

  /// Rows whose elements lie side by side: this tensor or a copy, unseen by the tape.
  private var unitStrided: Tensor { (strides[2] == 1 ? self : contiguousCopyIfNeeded()).detach() }
}

extension AttentionSizes {
  /// Calls `body` for each head of each sample, spread over the caller's threads.
  fileprivate func forEachHead(
    _ body: @Sendable (_ index: Int, _ workspace: UnsafeMutablePointer<Float>) -> Void
  ) throws {
    Parallel.forEach(batch * heads) { index in
      guard !Interrupt.isRequested else { return }
      let workspace = Workspace(floats: workspaceCount)
      body(index, workspace.pointer)
      withExtendedLifetime(workspace) {}
    }
    try Interrupt.check()
  }
}
