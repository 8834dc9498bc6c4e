import Kernels

/// Batch normalization with the batch's own moments, which are by-products: inputs x, weight, bias; outputs y, mean,
/// variance.
struct BatchNormPlanOperation: PlanOperation, Equatable {
  let name = "batch_norm"
  let rows: Int
  let channels: Int
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool

  func flops(_ node: PlanNode) -> Int { 6 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) { alone.forward(node, builder) }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) { alone.backward(node, gy, builder) }

  /// The joined form with nothing joined to it.
  private var alone: FusedBatchNormPlanOperation { .init(norm: self, activation: .none, hasResidual: false) }
}

/// Batch normalization by given statistics, which are constants: inputs x, mean, variance, weight, bias.
struct FixedBatchNormPlanOperation: PlanOperation, Equatable {
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
    builder.saved = [scale, inverse]
    let reads = [x, mean, variance] + [w, b].compactMap(\.self)
    let writes = [y, inverse, scale, shift]
    builder.step(name, reads: reads, writes: writes, inPlace: [(y, x)], flops: flops(node)) { memory in
      let factors = ChannelFactors(
        memory[mean], memory[variance], w.map { memory[$0] }, b.map { memory[$0] }, epsilon, c, memory[inverse],
        memory[scale], memory[shift])
      let (input, m, s, t, output) = (memory[x], memory[mean], memory[scale], b.map { memory[$0] }, memory[y])
      return { _ in
        factors.compute()
        Kernels.fused.affineActivation(
          input, m, s, t.map { UnsafePointer($0) }, nil, .none, output, rows, c)
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
    if hasWeight { builder.contribute(to: node.inputs[3]) { addWeightGradient(node, gy, $0, builder) } }
    guard hasBias else { return }
    builder.contribute(to: node.inputs[hasWeight ? 4 : 3]) { builder.columnSums(gy, $0, rows, c) }
  }

  /// Adds up the products of the gradient and the normalized input.
  private func addWeightGradient(_ node: PlanNode, _ gy: PlanSlot, _ gw: PlanSlot, _ builder: PlanBuilder) {
    let (x, mean, inverse, rows, c) = (
      builder[node.inputs[0]], builder[node.inputs[1]], builder.saved[1], rows, channels
    )
    let products = builder.buffer(rows * c)
    builder.step(
      name, reads: [x, mean, inverse, gy], writes: [gw, products], inPlace: [(products, x)], flops: 4 * rows * c
    ) { memory in
      let (input, center, factor, g) = (memory[x], memory[mean], memory[inverse], memory[gy])
      let (part, sums) = (memory[products], memory[gw])
      return { _ in
        Kernels.elementwise.binaryRows(.subtract, input, center, part, rows, c)
        Kernels.elementwise.binary(.multiply, part, g, part, rows * c)
        Kernels.reduction.columnSums(part, sums, rows, c, false)
        Kernels.elementwise.binary(.multiply, sums, factor, sums, c)
      }
    }
  }
}

/// Moves running statistics towards a batch's: inputs are the statistic, which is written, and the batch's.
struct MovePlanOperation: PlanOperation, Equatable {
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
