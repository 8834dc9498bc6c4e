import Kernels

/// Group normalization and an activation: inputs x, weight, bias.
struct GroupNormPlanOperation: PlanOperation, Equatable {
  let batch: Int
  let pixels: Int
  let channels: Int
  let groups: Int
  let epsilon: Double
  let hasWeight: Bool
  let hasBias: Bool
  var activation = Activation.none

  var name: String { "group_norm" + (activation == .none ? "" : " + \(activation.name)") }

  /// Joins the activation that follows.
  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard var operation = first.operation as? Self, let next = chain.first, let activation = joinable(next)
    else { return nil }
    operation.activation = activation
    return (PlanNode(operation: operation, inputs: first.inputs, outputs: next.outputs), 1)
  }

  /// The activation that an operation is, if the kernel knows it.
  static func joinable(_ node: PlanNode) -> Activation? {
    node.activation.flatMap { [.relu, .relu6, .silu].contains($0) ? $0 : nil }
  }

  func flops(_ node: PlanNode) -> Int { 7 * node.output.count }

  func vectors(_ node: PlanNode) -> (weight: PlanOperand?, bias: PlanOperand?) {
    (hasWeight ? node.inputs[1] : nil, hasBias ? node.inputs[hasWeight ? 2 : 1] : nil)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y) = (builder[node.inputs[0]], builder[node.output])
    let (w, b) = (vectors(node).weight.map { builder[$0] }, vectors(node).bias.map { builder[$0] })
    let (mean, inverse) = (builder.buffer(batch * groups), builder.buffer(batch * groups))
    let workspace = builder.buffer(Kernels.fused.groupNormWorkspace(channels))
    builder.saved = [mean, inverse]
    let (batch, pixels, c, groups, epsilon, activation) = (
      batch, pixels, channels, groups, Float(epsilon), activation
    )
    builder.step(
      name, reads: [x] + [w, b].compactMap(\.self), writes: [y, mean, inverse, workspace], inPlace: [(y, x)],
      flops: flops(node)
    ) { memory in
      let (input, output, m, i, space) = (memory[x], memory[y], memory[mean], memory[inverse], memory[workspace])
      let (gamma, beta) = (w.map { UnsafePointer(memory[$0]) }, b.map { UnsafePointer(memory[$0]) })
      return { _ in
        Kernels.fused.groupNormActivation(
          input, batch, pixels, c, groups, gamma, beta, epsilon, activation, output, m, i, space)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, mean, inverse) = (builder[node.inputs[0]], builder.saved[0], builder.saved[1])
    let (w, b) = (vectors(node).weight.map { builder[$0] }, vectors(node).bias.map { builder[$0] })
    let input = builder.sink(for: node.inputs[0])
    let weight = builder.sink(for: vectors(node).weight, orOf: channels)
    let bias = builder.sink(for: vectors(node).bias, orOf: channels)
    let workspace = builder.buffer(Kernels.fused.groupNormWorkspace(channels))
    let (batch, pixels, c, groups, activation) = (batch, pixels, channels, groups, activation)
    builder.step(
      name, reads: [x, gy, mean, inverse] + [w, b].compactMap(\.self),
      writes: [input.slot, weight.slot, bias.slot, workspace], inPlace: [(input.slot, gy)],
      flops: 10 * node.output.count
    ) { memory in
      let (x, g, m, i, space) = (memory[x], memory[gy], memory[mean], memory[inverse], memory[workspace])
      let (gamma, beta) = (w.map { UnsafePointer(memory[$0]) }, b.map { UnsafePointer(memory[$0]) })
      let (gx, gWeight, gBias) = (memory[input.slot], memory[weight.slot], memory[bias.slot])
      return { _ in
        Kernels.fused.groupNormActivationGradient(
          x, g, batch, pixels, c, groups, gamma, beta, activation, m, i, gx, gWeight, gBias, space)
      }
    }
    for finish in [input.finish, weight.finish, bias.finish] { finish() }
  }
}
