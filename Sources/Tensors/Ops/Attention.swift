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
    let (q, k, v) = (query.rowMajor, key.rowMajor, value.rowMajor)
    let y = try uninitialized(query.shape, op: "attention")
    let weights = try uninitialized([sizes.batch, heads, sizes.queries, sizes.keys], op: "attention")
    Parallel.forEach(sizes.batch * heads) { index in
      guard !Interrupt.isRequested else { return }
      sizes.forward(index, q, k, v, weights, y)
    }
    try Interrupt.check()
    return Tape.record("attention", [query, key, value], saving: [q, k, v], y) { gradient, _ in
      let gy = gradient.rowMajor
      let (gq, gk, gv) = (q.uninitializedLike(), k.uninitializedLike(), v.uninitializedLike())
      Parallel.forEach(sizes.batch * heads) { index in
        guard !Interrupt.isRequested else { return }
        sizes.backward(index, (q, k, v), weights, gy, (gq, gk, gv))
      }
      try Interrupt.check()
      return [gq, gk, gv]
    }
  }

  private var rowMajor: Tensor { contiguousCopyIfNeeded().detach() }
}

private struct AttentionSizes: Sendable {
  let batch: Int
  let queries: Int
  let keys: Int
  let heads: Int
  let embedding: Int
  let isCausal: Bool

  private var width: Int { embedding / heads }
  private var scale: Double { 1 / Double(width).squareRoot() }

  init(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ heads: Int, _ isCausal: Bool) throws {
    try query.expectRank("attention", 3, "a query [b, t, e] is needed")
    guard key.rank == 3, key.shape[0] == query.shape[0], key.shape[2] == query.shape[2], key.shape[1] > 0 else {
      throw TensorError.shapes(
        op: "attention", query.shape, key.shape, hint: "a query [b, t, e] and a key [b, s, e] are needed")
    }
    guard value.shape == key.shape else {
      throw TensorError.shapes(op: "attention", key.shape, value.shape, hint: "key and value must have one shape")
    }
    guard heads > 0, query.shape[2] > 0, query.shape[2] % heads == 0 else {
      throw TensorError.value(
        op: "attention", what: "heads", got: "\(heads)", allowed: "it must divide the last size \(query.shape[2])")
    }
    guard !isCausal || key.shape[1] == query.shape[1] else {
      throw TensorError.shapes(
        op: "attention", query.shape, key.shape, hint: "a causal mask needs as many keys as queries")
    }
    (batch, queries, keys, embedding) = (query.shape[0], query.shape[1], key.shape[1], query.shape[2])
    (self.heads, self.isCausal) = (heads, isCausal)
  }

  /// The columns of one head in the rows of one sample; `index` counts heads within samples.
  private func head(_ tensor: Tensor, _ index: Int, _ rows: Int) -> MatrixView {
    MatrixView(
      tensor, offset: index / heads * rows * embedding + index % heads * width, rows: rows, columns: width,
      rowStride: embedding)
  }

  private func square(_ tensor: Tensor, _ index: Int) -> MatrixView {
    MatrixView(tensor, offset: index * queries * keys, rows: queries, columns: keys, rowStride: keys)
  }

  func forward(_ index: Int, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ weights: Tensor, _ y: Tensor) {
    let scores = square(weights, index)
    scores.assign(head(q, index, queries), head(k, index, keys).transposed)
    let s = scores.floats
    Kernels.elementwise.scale(Float(scale), s, s, queries * keys)
    if isCausal {
      for row in 0..<queries where row + 1 < keys {
        Kernels.elementwise.fill(-.infinity, s + row * keys + row + 1, keys - row - 1)
      }
    }
    Kernels.softmax.softmax(s, s, queries, keys)
    head(y, index, queries).assign(scores, head(v, index, keys))
  }

  func backward(
    _ index: Int, _ inputs: (q: Tensor, k: Tensor, v: Tensor), _ weights: Tensor, _ gy: Tensor,
    _ gradients: (q: Tensor, k: Tensor, v: Tensor)
  ) {
    let p = square(weights, index), g = head(gy, index, queries)
    head(gradients.v, index, keys).assign(p.transposed, g)
    let scratch = Storage(byteCount: queries * keys * MemoryLayout<Float>.stride)
    let gScores = square(Tensor(viewing: scratch, shape: [queries, keys], strides: [keys, 1]), 0), s = gScores.floats
    gScores.assign(g, head(inputs.v, index, keys).transposed)
    Kernels.softmax.softmaxGradient(p.floats, s, s, queries, keys)
    Kernels.elementwise.scale(Float(scale), s, s, queries * keys)
    head(gradients.q, index, queries).assign(gScores, head(inputs.k, index, keys))
    head(gradients.k, index, keys).assign(gScores.transposed, head(inputs.q, index, queries))
  }

  /// The oracle: the definition, from recorded operations.
  func reference(_ query: Tensor, _ key: Tensor, _ value: Tensor) throws -> Tensor {
    func split(_ x: Tensor) throws -> Tensor {
      try x.reshape([batch, x.shape[1], heads, width]).permute([0, 2, 1, 3])
    }
    var scores = try split(query).matmul(split(key).transpose(-1, -2)).mul(scale)
    if isCausal {
      let mask = (0..<queries * keys).map { $0 % keys > $0 / keys ? -Double.infinity : 0 }
      scores = try scores.add(Tensor(mask, shape: [queries, keys]))
    }
    let mixed = try scores.softmax().matmul(split(value))
    return try mixed.permute([0, 2, 1, 3]).reshape([batch, queries, embedding])
  }
}
