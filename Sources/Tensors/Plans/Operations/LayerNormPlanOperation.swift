import Kernels

/// Layer normalization: inputs x, weight, bias.
struct LayerNormPlanOperation: PlanOperation, Equatable {
  let name = "layer_norm"
  let rows: Int
  let size: Int
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  func flops(_ node: PlanNode) -> Int { 7 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y) = (builder[node.inputs[0]], builder[node.output])
    let w = hasWeight ? builder[node.inputs[1]] : nil
    let b = hasBias ? builder[node.inputs[hasWeight ? 2 : 1]] : nil
    let (mean, inverse) = (builder.buffer(rows), builder.buffer(rows))
    builder.saved = [mean, inverse]
    let (rows, n, epsilon) = (rows, size, Float(epsilon))
    builder.step(
      name, reads: [x] + [w, b].compactMap(\.self), writes: [y, mean, inverse], flops: flops(node)
    ) { memory in
      let (input, output, m, i) = (memory[x], memory[y], memory[mean], memory[inverse])
      let (gamma, beta) = (w.map { UnsafePointer(memory[$0]) }, b.map { UnsafePointer(memory[$0]) })
      return { _ in Kernels.normalization.layerNorm(input, rows, n, gamma, beta, epsilon, output, m, i) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, mean, inverse) = (builder[node.inputs[0]], builder.saved[0], builder.saved[1])
    let w = hasWeight ? builder[node.inputs[1]] : nil
    let (rows, n) = (rows, size)
    let (input, past) = builder.sink(adding: node.inputs[0])
    let weight = builder.sink(for: hasWeight ? node.inputs[1] : nil, orOf: n)
    let bias = builder.sink(for: hasBias ? node.inputs[hasWeight ? 2 : 1] : nil, orOf: n)
    builder.step(
      name, reads: [x, gy, mean, inverse] + [w, past].compactMap(\.self),
      writes: [input.slot, weight.slot, bias.slot],
      inPlace: [(input.slot, gy)] + [past].compactMap(\.self).map { (input.slot, $0) }, flops: 10 * node.output.count
    ) { memory in
      let (x, g, m, i) = (memory[x], memory[gy], memory[mean], memory[inverse])
      let (gamma, past) = (w.map { UnsafePointer(memory[$0]) }, past.map { UnsafePointer(memory[$0]) })
      let (gx, gWeight, gBias) = (memory[input.slot], memory[weight.slot], memory[bias.slot])
      return { _ in Kernels.normalization.layerNormGradient(x, g, past, rows, n, gamma, m, i, gx, gWeight, gBias) }
    }
    for finish in [input.finish, weight.finish, bias.finish] { finish() }
  }
}
