import Kernels

/// Batch normalization with the batch's own moments, which are by-products: inputs x, weight, bias; outputs y, mean,
/// variance.
struct BatchNormPlanOperation: PlanOperation {
  let name = "batch_norm"
  let rows: Int
  let channels: Int
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  func flops(_ node: PlanNode) -> Int { 6 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, c, rows, epsilon) = (builder[node.inputs[0]], builder[node.output], channels, rows, epsilon)
    let (mean, variance) = (builder[node.outputs[1]], builder[node.outputs[2]])
    let (w, b) = vectors(node, from: 1, builder)
    let (inverse, scale, shift) = (builder.buffer(c), builder.buffer(c), builder.buffer(c))
    builder.saved = [inverse]
    let reads = [x] + [w, b].compactMap(\.self)
    builder.step(name, reads: reads, writes: [mean, variance, inverse, scale, shift], flops: 4 * rows * c) { memory in
      let (input, m, v) = (memory[x], memory[mean], memory[variance])
      let factors = ChannelFactors(
        m, v, w.map { memory[$0] }, b.map { memory[$0] }, epsilon, c, memory[inverse], memory[scale], memory[shift])
      return { _ in
        Kernels.normalization.channelMoments(input, rows, c, m, v)
        factors.compute()
      }
    }
    builder.step(name, reads: [x, scale, shift], writes: [y], inPlace: [(y, x)], flops: 2 * rows * c) { memory in
      let (input, s, t, output) = (memory[x], memory[scale], memory[shift], memory[y])
      return { _ in Kernels.normalization.scaleShift(input, s, t, output, rows, c) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, mean, inverse) = (builder[node.inputs[0]], builder[node.outputs[1]], builder.saved[0])
    let (rows, c) = (rows, channels)
    let w = vectors(node, from: 1, builder).weight
    let input = builder.sink(for: node.inputs[0])
    let weight = builder.sink(for: hasWeight ? node.inputs[1] : nil, orOf: c)
    let bias = builder.sink(for: hasBias ? node.inputs[hasWeight ? 2 : 1] : nil, orOf: c)
    builder.step(
      name, reads: [x, gy, mean, inverse] + [w].compactMap(\.self), writes: [input.slot, weight.slot, bias.slot],
      flops: 8 * rows * c
    ) { memory in
      let (x, g, m, i) = (memory[x], memory[gy], memory[mean], memory[inverse])
      let gamma = w.map { UnsafePointer(memory[$0]) }
      let (gx, gWeight, gBias) = (memory[input.slot], memory[weight.slot], memory[bias.slot])
      return { _ in Kernels.normalization.batchNormGradient(x, g, rows, c, m, i, gamma, gx, gWeight, gBias) }
    }
    for finish in [input.finish, weight.finish, bias.finish] { finish() }
  }

  private func vectors(
    _ node: PlanNode, from first: Int, _ builder: PlanBuilder
  ) -> (weight: PlanSlot?, bias: PlanSlot?) {
    (
      hasWeight ? builder[node.inputs[first]] : nil,
      hasBias ? builder[node.inputs[first + (hasWeight ? 1 : 0)]] : nil
    )
  }
}

/// Batch normalization by given statistics: inputs x, mean, variance, weight, bias. Only x may need a gradient.
struct FixedBatchNormPlanOperation: PlanOperation {
  let name = "batch_norm"
  let rows: Int
  let channels: Int
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  func flops(_ node: PlanNode) -> Int { 2 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, mean, variance, y) = (
      builder[node.inputs[0]], builder[node.inputs[1]], builder[node.inputs[2]], builder[node.output]
    )
    let w = hasWeight ? builder[node.inputs[3]] : nil
    let b = hasBias ? builder[node.inputs[hasWeight ? 4 : 3]] : nil
    let (rows, c, epsilon) = (rows, channels, epsilon)
    let (inverse, scale, shift) = (builder.buffer(c), builder.buffer(c), builder.buffer(c))
    builder.saved = [scale]
    let reads = [x, mean, variance] + [w, b].compactMap(\.self)
    let writes = [y, inverse, scale, shift]
    builder.step(name, reads: reads, writes: writes, inPlace: [(y, x)], flops: flops(node)) { memory in
      let factors = ChannelFactors(
        memory[mean], memory[variance], w.map { memory[$0] }, b.map { memory[$0] }, epsilon, c, memory[inverse],
        memory[scale], memory[shift])
      let (input, s, t, output) = (memory[x], memory[scale], memory[shift], memory[y])
      return { _ in
        factors.compute()
        Kernels.normalization.scaleShift(input, s, t, output, rows, c)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (scale, zero, rows, c) = (builder.saved[0], builder.buffer(channels), rows, channels)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, scale], writes: [gx, zero], inPlace: [(gx, gy)], flops: 2 * rows * c) { memory in
        let (g, s, z, result) = (memory[gy], memory[scale], memory[zero], memory[gx])
        return { _ in
          Kernels.elementwise.fill(0, z, c)
          Kernels.normalization.scaleShift(g, s, z, result, rows, c)
        }
      }
    }
  }
}

/// Moves running statistics towards a batch's: inputs are the statistic, which is written, and the batch's.
struct MovePlanOperation: PlanOperation {
  let name = "statistics"
  let share: Double

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (running, batch) = (builder[node.inputs[0]], builder[node.inputs[1]])
    let (count, share) = (node.inputs[0].count, share)
    builder.step(name, reads: [running, batch], writes: [running], flops: 3 * count) { memory in
      let (r, b) = (memory[running], memory[batch])
      return { _ in
        Kernels.elementwise.binaryScalar(.multiply, r, Float(1 - share), r, count)
        Kernels.elementwise.axpy(Float(share), b, r, count)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}
