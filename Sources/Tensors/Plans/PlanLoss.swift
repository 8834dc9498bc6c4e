import Kernels

/// What a training plan makes small.
public enum PlanLoss: Hashable, Sendable {
  /// Mean cross-entropy of logits `[b, k]` and labels `[b]`, in nats.
  case crossEntropy(labelSmoothing: Double)
  /// Mean of squared differences from a target of the output's shape.
  case meanSquaredError

  /// Whether the loss is defined for this output.
  func accepts(_ output: PlanOperand) -> Bool {
    guard output.needsGradient, output.count > 0, output.isDense else { return false }
    guard case .crossEntropy = self else { return true }
    return output.shape.count == 2 && Tensor.agree(output.shape, output.strides, output.shape.rowMajorStrides)
  }

  /// Adds the step that computes the loss and its gradient from the output.
  ///
  /// - Returns: The buffers of the target, filled before each run, and of the gradient.
  func addSteps(_ builder: PlanBuilder) -> (target: PlanSlot, gradient: PlanSlot) {
    let output = builder.graph.output
    switch self {
    case .crossEntropy(let smoothing): return addCrossEntropy(builder, output, smoothing)
    case .meanSquaredError: return addSquaredError(builder, output)
    }
  }

  private func addCrossEntropy(
    _ builder: PlanBuilder, _ output: PlanOperand, _ smoothing: Double
  ) -> (target: PlanSlot, gradient: PlanSlot) {
    let (rows, k) = (output.shape[0], output.shape[1])
    // Labels are int64: two words each.
    let target = builder.input(count: 2 * rows), gradient = builder.buffer(rows * k), x = builder[output]
    let losses = builder.buffer(rows)
    builder.step(
      "cross_entropy", reads: [x, target], writes: [gradient, losses], inPlace: [(gradient, x)], flops: 8 * rows * k
    ) { memory in
      let (logits, g, l) = (memory[x], memory[gradient], memory[losses])
      let labels = UnsafeRawPointer(memory[target]).assumingMemoryBound(to: Int64.self)
      return { run in
        Kernels.fused.softmaxCrossEntropy(logits, labels, rows, k, Float(smoothing), 1 / Float(rows), l, g)
        var total = 0.0
        for row in 0..<rows { total += Double(l[row]) }
        run.loss = total / Double(rows)
      }
    }
    return (target, gradient)
  }

  private func addSquaredError(
    _ builder: PlanBuilder, _ output: PlanOperand
  ) -> (target: PlanSlot, gradient: PlanSlot) {
    let count = output.count
    let target = builder.input(count: count), gradient = builder.buffer(count), x = builder[output]
    let squares = builder.buffer(count)
    builder.step("mse", reads: [x, target], writes: [gradient, squares], flops: 4 * count) { memory in
      let (y, t, g, s) = (memory[x], memory[target], memory[gradient], memory[squares])
      return { run in
        Kernels.elementwise.binary(.subtract, y, t, g, count)
        Kernels.elementwise.unary(.square, g, s, count)
        run.loss = Double(Float(Kernels.reduction.sum(s, count)) / Float(count))
        Kernels.elementwise.fill(1 / Float(count), s, count)
        Kernels.elementwise.unaryGradient(.square, g, s, s, g, count)
      }
    }
    return (target, gradient)
  }
}
