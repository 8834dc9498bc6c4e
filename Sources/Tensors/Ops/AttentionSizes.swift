import Kernels

/// Rows of all samples in memory: query, key, value, their mixture, or a gradient.
struct AttentionRows: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  /// Distance from one sample to the next.
  let batchStride: Int
  let rowStride: Int

  /// - Parameter strides: Of `[b, t, e]`; the last is 1.
  init(_ base: UnsafeMutablePointer<Float>, _ strides: [Int]) {
    self.base = base
    batchStride = strides[0]
    rowStride = strides[1]
  }

  init(_ tensor: Tensor) { self.init(tensor.floatPointer, tensor.strides) }
}

/// Sizes of an attention, and its arithmetic for one head of one sample at a time.
struct AttentionSizes: Equatable, Sendable {
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

  /// Floats of scratch memory that one head needs.
  var workspaceCount: Int {
    let products = [
      (queries, keys, width), (queries, width, keys), (keys, width, queries),
    ].map { Kernels.matrix.gemmWorkspace($0.0, $0.1, $0.2) }
    return ((products.max() ?? 0) + 15) / 16 * 16 + (queries * keys + 15) / 16 * 16
  }

  /// Mixes the values of one head; `index` counts heads within samples.
  ///
  /// - Parameter weights: `[b, heads, t, s]`, of which this head's part is written.
  func forward(
    _ index: Int, _ q: AttentionRows, _ k: AttentionRows, _ v: AttentionRows, _ weights: UnsafeMutablePointer<Float>,
    _ y: AttentionRows, _ workspace: UnsafeMutablePointer<Float>
  ) {
    guard queries > 0 else { return }
    let s = weights + index * queries * keys
    Kernels.matrix.gemm(
      queries, keys, width, head(q, index), q.rowStride, 1, head(k, index), 1, k.rowStride, s, keys, false, workspace)
    Kernels.elementwise.scale(Float(scale), s, s, queries * keys)
    if isCausal {
      for row in 0..<queries where row + 1 < keys {
        Kernels.elementwise.fill(-.infinity, s + row * keys + row + 1, keys - row - 1)
      }
    }
    Kernels.softmax.softmax(s, s, queries, keys)
    Kernels.matrix.gemm(
      queries, width, keys, s, keys, 1, head(v, index), v.rowStride, 1, head(y, index), y.rowStride, false, workspace)
  }

  /// Writes the gradients of one head's query, key and value.
  func backward(
    _ index: Int, _ inputs: (q: AttentionRows, k: AttentionRows, v: AttentionRows),
    _ weights: UnsafeMutablePointer<Float>, _ gy: AttentionRows,
    _ gradients: (q: AttentionRows, k: AttentionRows, v: AttentionRows), _ workspace: UnsafeMutablePointer<Float>
  ) {
    guard queries > 0 else { return }
    let p = weights + index * queries * keys, s = workspace, space = workspace + (queries * keys + 15) / 16 * 16
    let g = head(gy, index)
    Kernels.matrix.gemm(
      keys, width, queries, p, 1, keys, g, gy.rowStride, 1, head(gradients.v, index), gradients.v.rowStride, false,
      space)
    Kernels.matrix.gemm(
      queries, keys, width, g, gy.rowStride, 1, head(inputs.v, index), 1, inputs.v.rowStride, s, keys, false, space)
    Kernels.softmax.softmaxGradient(p, s, s, queries, keys)
    Kernels.elementwise.scale(Float(scale), s, s, queries * keys)
    Kernels.matrix.gemm(
      queries, width, keys, s, keys, 1, head(inputs.k, index), inputs.k.rowStride, 1, head(gradients.q, index),
      gradients.q.rowStride, false, space)
    Kernels.matrix.gemm(
      keys, width, queries, s, 1, keys, head(inputs.q, index), inputs.q.rowStride, 1, head(gradients.k, index),
      gradients.k.rowStride, false, space)
  }

  /// First element of one head's columns in one sample's rows.
  private func head(_ rows: AttentionRows, _ index: Int) -> UnsafeMutablePointer<Float> {
    rows.base + index / heads * rows.batchStride + index % heads * width
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
