import Kernels

/// Batch normalization with the batch's own moments, a residual and an activation: inputs x, weight, bias, residual;
/// outputs y, mean, variance.
struct FusedBatchNormPlanOperation: PlanOperation, Equatable {
  let norm: BatchNormPlanOperation
  let activation: Activation
  let hasResidual: Bool

  var name: String {
    "batch_norm" + (hasResidual ? " + add" : "") + (activation == .none ? "" : " + \(activation.name)")
  }

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let norm = first.operation as? BatchNormPlanOperation else { return nil }
    let (residual, activation, count) = tail(of: first, chain)
    guard count > 0 else { return nil }
    let operation = Self(norm: norm, activation: activation, hasResidual: residual != nil)
    return (
      PlanNode(
        operation: operation, inputs: first.inputs + [residual].compactMap(\.self),
        outputs: [chain[count - 1].output] + first.outputs.dropFirst()), count
    )
  }

  /// What normalizations can be joined with, and how many operations that is.
  static func tail(of first: PlanNode, _ chain: [PlanNode]) -> (residual: PlanOperand?, Activation, count: Int) {
    let residual = chain.first?.residual(besides: first.output)
    let rest = chain.dropFirst(residual == nil ? 0 : 1)
    if let activation = rest.first?.activation, [.relu, .relu6, .silu].contains(activation) {
      return (residual, activation, residual == nil ? 1 : 2)
    }
    return (residual, .none, residual == nil ? 0 : 1)
  }

  func flops(_ node: PlanNode) -> Int { 8 * node.output.count }

  private func vectors(_ node: PlanNode) -> (weight: PlanOperand?, bias: PlanOperand?, residual: PlanOperand?) {
    let first = norm.hasWeight ? 2 : 1
    return (
      norm.hasWeight ? node.inputs[1] : nil, norm.hasBias ? node.inputs[first] : nil,
      hasResidual ? node.inputs.last : nil
    )
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (rows, c, epsilon, activation) = (norm.rows, norm.channels, Float(norm.epsilon), activation)
    let (x, y, mean, variance) = (
      builder[node.inputs[0]], builder[node.output], builder[node.outputs[1]], builder[node.outputs[2]]
    )
    let vectors = vectors(node)
    let (w, b, r) = (
      vectors.weight.map { builder[$0] }, vectors.bias.map { builder[$0] }, vectors.residual.map { builder[$0] }
    )
    let (inverse, scale) = (builder.buffer(c), builder.buffer(c))
    builder.saved = [inverse, scale]
    builder.step(
      name, reads: [x] + [w].compactMap(\.self), writes: [mean, variance, inverse, scale],
      flops: 4 * rows * c
    ) { memory in
      let (input, m, v) = (memory[x], memory[mean], memory[variance])
      let (i, s, gamma) = (memory[inverse], memory[scale], w.map { UnsafePointer(memory[$0]) })
      return { _ in
        Kernels.fused.addMoments(input, rows, c, 0, m, v)
        Kernels.fused.normalizationScale(v, rows, c, epsilon, gamma, i, s)
        Kernels.elementwise.binaryScalar(.divide, v, Float(rows), v, c)
      }
    }
    let inPlace = [r].compactMap(\.self).map { (output: y, input: $0) }
    builder.step(
      name, reads: [x, mean, scale] + [b, r].compactMap(\.self), writes: [y], inPlace: inPlace, flops: 4 * rows * c
    ) { memory in
      let (input, m, s, output) = (memory[x], memory[mean], memory[scale], memory[y])
      let (beta, residual) = (b.map { UnsafePointer(memory[$0]) }, r.map { UnsafePointer(memory[$0]) })
      return { _ in
        Kernels.fused.affineActivation(input, m, s, beta, residual, activation, output, rows, c)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (rows, c, activation) = (norm.rows, norm.channels, activation), vectors = vectors(node)
    let (x, mean) = (builder[node.inputs[0]], builder[node.outputs[1]])
    let (inverse, scale) = (builder.saved[0], builder.saved[1])
    let b = vectors.bias.map { builder[$0] }
    // Without an activation the sum's gradient is the residual's as it is.
    let r = activation == .none ? nil : vectors.residual.map { builder[$0] }
    let residual = activation == .none ? nil : vectors.residual.map { builder.sink(for: $0) }
    let weight = builder.sink(for: vectors.weight, orOf: c)
    let bias = builder.sink(for: vectors.bias, orOf: c)
    let input = builder.sink(for: node.inputs[0]), workspace = builder.buffer(2 * c)
    let gResidual = residual?.slot
    builder.step(
      name, reads: [x, gy, mean, inverse, scale] + [b, r].compactMap(\.self),
      writes: [input.slot, weight.slot, bias.slot, workspace] + [gResidual].compactMap(\.self),
      inPlace: [(gResidual ?? input.slot, gy)], flops: 10 * rows * c
    ) { memory in
      let (x, g, m, i, s) = (memory[x], memory[gy], memory[mean], memory[inverse], memory[scale])
      let (beta, residual) = (b.map { UnsafePointer(memory[$0]) }, r.map { UnsafePointer(memory[$0]) })
      let (gx, gr, gWeight, gBias) = (
        memory[input.slot], gResidual.map { memory[$0] }, memory[weight.slot], memory[bias.slot]
      )
      let space = memory[workspace]
      return { _ in
        Kernels.fused.batchNormActivationGradient(
          x, g, residual, activation, rows, c, m, i, s, beta, gx, gr, gWeight, gBias, space)
      }
    }
    for finish in [input.finish, weight.finish, bias.finish] { finish() }
    if let residual { return residual.finish() }
    if let operand = vectors.residual { builder.contribute(to: operand, same: gy) }
  }
}
