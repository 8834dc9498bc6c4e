import Kernels

/// Layer or group normalization: inputs x, weight, bias.
struct RowNormPlanOperation: PlanOperation {
  enum Kind: Sendable {
    case layer(rows: Int, size: Int)
    case group(batch: Int, pixels: Int, channels: Int, groups: Int)
  }

  let kind: Kind
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool
  var name: String { if case .layer = kind { "layer_norm" } else { "group_norm" } }

  /// Runs that are normalized, and the length of weight and bias.
  private var sizes: (runs: Int, vector: Int) {
    switch kind {
    case .layer(let rows, let size): (rows, size)
    case .group(let batch, _, let channels, let groups): (batch * groups, channels)
    }
  }

  static func note(
    _ kind: Kind, _ epsilon: Double, _ x: Tensor, _ strides: [Int], _ weight: Tensor?, _ bias: Tensor?, _ y: Tensor
  ) -> PlanNote {
    let vectors = [weight, bias].compactMap { vector in vector.map { (tensor: $0, strides: Optional([1])) } }
    return PlanNote(
      Self(kind: kind, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil), [(x, strides)] + vectors, y)
  }

  func flops(_ node: PlanNode) -> Int { 7 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y) = (builder[node.inputs[0]], builder[node.output])
    let w = hasWeight ? builder[node.inputs[1]] : nil
    let b = hasBias ? builder[node.inputs[hasWeight ? 2 : 1]] : nil
    let (mean, inverse) = (builder.buffer(sizes.runs), builder.buffer(sizes.runs))
    builder.saved = [mean, inverse]
    let reads = [x] + [w, b].compactMap(\.self), epsilon = Float(epsilon)
    builder.step(name, reads: reads, writes: [y, mean, inverse], flops: flops(node)) { memory in
      let (input, output, m, i) = (memory[x], memory[y], memory[mean], memory[inverse])
      let (gamma, beta) = (w.map { UnsafePointer(memory[$0]) }, b.map { UnsafePointer(memory[$0]) })
      switch kind {
      case .layer(let rows, let n):
        return { _ in Kernels.normalization.layerNorm(input, rows, n, gamma, beta, epsilon, output, m, i) }
      case .group(let batch, let pixels, let c, let groups):
        return { _ in
          Kernels.normalization.groupNorm(input, batch, pixels, c, groups, gamma, beta, epsilon, output, m, i)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, mean, inverse) = (builder[node.inputs[0]], builder.saved[0], builder.saved[1])
    let w = hasWeight ? builder[node.inputs[1]] : nil
    let input = builder.sink(for: node.inputs[0])
    let weight = builder.sink(for: hasWeight ? node.inputs[1] : nil, orOf: sizes.vector)
    let bias = builder.sink(for: hasBias ? node.inputs[hasWeight ? 2 : 1] : nil, orOf: sizes.vector)
    let reads = [x, gy, mean, inverse] + [w].compactMap(\.self)
    builder.step(
      name, reads: reads, writes: [input.slot, weight.slot, bias.slot], flops: 10 * node.output.count
    ) { memory in
      let (x, g, m, i) = (memory[x], memory[gy], memory[mean], memory[inverse])
      let gamma = w.map { UnsafePointer(memory[$0]) }
      let (gx, gWeight, gBias) = (memory[input.slot], memory[weight.slot], memory[bias.slot])
      switch kind {
      case .layer(let rows, let n):
        return { _ in Kernels.normalization.layerNormGradient(x, g, rows, n, gamma, m, i, gx, gWeight, gBias) }
      case .group(let batch, let pixels, let c, let groups):
        return { _ in
          Kernels.normalization.groupNormGradient(x, g, batch, pixels, c, groups, gamma, m, i, gx, gWeight, gBias)
        }
      }
    }
    for finish in [input.finish, weight.finish, bias.finish] { finish() }
  }
}
