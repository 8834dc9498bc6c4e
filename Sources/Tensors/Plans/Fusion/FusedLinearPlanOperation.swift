import Kernels

/// A linear layer with its bias and an activation: inputs x, weight and, if any, bias.
struct FusedLinearPlanOperation: PlanOperation, Equatable {
  let linear: LinearPlanOperation
  let activation: Activation
  var name: String { "linear + \(activation.name)" }

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let linear = first.operation as? LinearPlanOperation, let next = chain.first,
      let activation = next.activation
    else { return nil }
    let operation = Self(linear: linear, activation: activation)
    return (PlanNode(operation: operation, inputs: first.inputs, outputs: next.outputs), 1)
  }

  func flops(_ node: PlanNode) -> Int { linear.flops(node) + node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let y = builder[node.output], (rows, n, activation) = (linear.rows, linear.outputs, activation)
    let bias = node.inputs.count > 2 ? builder[node.inputs[2]] : nil
    // Where the gradient needs more than the result, the derivative is kept: it is cheap beside the value.
    let savesSlope = activation.gradientReadsInput && node.needsGradient
    let z = savesSlope ? builder.buffer(rows * n) : y
    builder.saved = [z]
    PlanProduct(rows: rows, columns: n, inner: linear.inputs).add(
      to: builder, name, .init(slot: builder[node.inputs[0]], rowStride: linear.inputs, columnStride: 1),
      .init(slot: builder[node.inputs[1]], rowStride: n, columnStride: 1), z, reading: [bias].compactMap(\.self),
      writing: [y]
    ) { memory in
      let (sums, result, b) = (memory[z], memory[y], bias.map { UnsafePointer(memory[$0]) })
      return { _ in
        if savesSlope {
          Kernels.fused.biasActivationSlope(sums, b, activation, result, sums, rows, n)
        } else {
          Kernels.fused.biasActivation(sums, b, activation, result, rows, n)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (rows, n, saved) = (linear.rows, linear.outputs, builder.saved[0])
    let bias = node.inputs.count > 2 ? node.inputs[2] : nil
    let gz =
      activation.gradientReadsInput
      ? builder.slopeGradient(name, saved, gy, bias: bias, rows, n)
      : builder.activationGradient(name, activation, saved, gy, bias: bias, rows, n)
    linear.backwardOfProduct(node, gz, builder)
  }
}

extension PlanBuilder {
  /// Adds the step that takes a gradient back through an activation and a bias, whose gradient it writes.
  ///
  /// - Parameter saved: The activation's output, or its input without the bias where the gradient reads that.
  func activationGradient(
    _ name: String, _ activation: Activation, _ saved: PlanSlot, _ gy: PlanSlot, bias: PlanOperand?, _ rows: Int,
    _ n: Int
  ) -> PlanSlot {
    let gz = buffer(rows * n)
    let vector = activation.gradientReadsInput ? bias.map { self[$0] } : nil
    let sink = bias.flatMap { $0.needsGradient ? self.sink(for: $0) : nil }
    step(
      name, reads: [gy, saved] + [vector].compactMap(\.self), writes: [gz] + [sink?.slot].compactMap(\.self),
      inPlace: [(gz, gy)], flops: 2 * rows * n
    ) { memory in
      let (g, s, result) = (memory[gy], memory[saved], memory[gz])
      let (b, gBias) = (vector.map { UnsafePointer(memory[$0]) }, sink.map { memory[$0.slot] })
      return { _ in Kernels.fused.activationGradient(activation, s, b, g, result, gBias, false, rows, n) }
    }
    sink?.finish()
    return gz
  }
}

extension PlanBuilder {
  /// Adds the step that takes a gradient back through an activation whose derivative is known, and a bias.
  fileprivate func slopeGradient(
    _ name: String, _ slope: PlanSlot, _ gy: PlanSlot, bias: PlanOperand?, _ rows: Int, _ n: Int
  ) -> PlanSlot {
    let gz = buffer(rows * n), sink = bias.flatMap { $0.needsGradient ? self.sink(for: $0) : nil }
    step(
      name, reads: [gy, slope], writes: [gz] + [sink?.slot].compactMap(\.self), inPlace: [(gz, gy)],
      flops: 2 * rows * n
    ) { memory in
      let (g, s, result, gBias) = (memory[gy], memory[slope], memory[gz], sink.map { memory[$0.slot] })
      return { _ in Kernels.fused.slopeGradient(s, g, result, gBias, rows, n) }
    }
    sink?.finish()
    return gz
  }
}
