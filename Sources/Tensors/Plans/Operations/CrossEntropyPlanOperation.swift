import Kernels

/// Cross-entropy of class scores, in nats: inputs logits `[b, k]` and int64 labels `[b]`; output a number, or `[b]`.
///
/// Losses and gradient come from one pass over the scores; the gradient is kept for the way back.
struct CrossEntropyPlanOperation: PlanOperation, Equatable {
  let name = "cross_entropy"
  let rows: Int
  let classes: Int
  let smoothing: Double
  let reduction: LossReduction

  static func note(
    _ logits: Tensor, _ labels: Tensor, _ smoothing: Double, _ reduction: LossReduction, _ y: Tensor
  ) -> PlanNote {
    PlanNote(
      Self(rows: logits.shape[0], classes: logits.shape[1], smoothing: smoothing, reduction: reduction),
      [(logits, logits.shape.rowMajorStrides), (labels, [1])], y)
  }

  func flops(_ node: PlanNode) -> Int { 8 * rows * classes }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, labels, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let gradient = node.inputs[0].needsGradient ? builder.buffer(rows * classes) : nil
    let losses = reduction == .none ? y : builder.buffer(rows)
    builder.saved = [gradient].compactMap(\.self)
    let (rows, k, smoothing, reduction) = (rows, classes, Float(smoothing), reduction)
    builder.step(
      name, reads: [x, labels], writes: [y, losses] + builder.saved,
      inPlace: builder.saved.map { (output: $0, input: x) },
      flops: flops(node)
    ) { memory in
      let (logits, targets, results, output) = (memory[x], memory.labels(labels), memory[losses], memory[y])
      let g = gradient.map { memory[$0] }
      return { run in
        for row in 0..<rows where run.checked(targets[row], below: k, "cross_entropy", "label") == nil { return }
        let factor = reduction == .mean ? 1 / Float(rows) : 1
        Kernels.fused.softmaxCrossEntropy(logits, targets, rows, k, smoothing, factor, results, g)
        if reduction == .none { return }
        let total = (0..<rows).reduce(0.0) { $0 + Double(results[$1]) }
        output[0] = Float(reduction == .mean ? total / Double(rows) : total)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (rows, k, isEach, count) = (rows, classes, reduction == .none, rows * classes)
    guard let gradient = builder.saved.first else { return }
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, gradient], writes: [gx], inPlace: [(gx, gradient)], flops: count) { memory in
        let (g, kept, out) = (memory[gy], memory[gradient], memory[gx])
        return { _ in
          if isEach { return Kernels.elementwise.binaryColumns(.multiply, kept, g, out, rows, k) }
          if g[0] != 1 || kept != out { Kernels.elementwise.scale(g[0], kept, out, count) }
        }
      }
    }
  }
}

/// The squared error of two tensors that lie alike, averaged or summed over all elements.
struct SquaredErrorPlanOperation: PlanOperation, Equatable {
  let name = "mse"
  let isMean: Bool

  static func note(_ x: Tensor, _ target: Tensor, isMean: Bool, _ y: Tensor) -> PlanNote {
    PlanNote(Self(isMean: isMean), [(x, x.walkedStrides), (target, x.walkedStrides)], y)
  }

  func flops(_ node: PlanNode) -> Int { 3 * node.inputs[0].count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, t, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let count = node.inputs[0].count, divisor = isMean ? Float(count) : 1
    builder.step(name, reads: [x, t], writes: [y], flops: flops(node)) { memory in
      let (input, target, output) = (memory[x], memory[t], memory[y])
      return { _ in output[0] = Float(Kernels.reduction.squaredDistance(input, target, count)) / divisor }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    addGradient(of: node.inputs[0], less: node.inputs[1], gy, builder)
    addGradient(of: node.inputs[1], less: node.inputs[0], gy, builder)
  }

  private func addGradient(of x: PlanOperand, less other: PlanOperand, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (first, second, count) = (builder[x], builder[other], x.count), factor = isMean ? 2 / Float(count) : 2
    builder.contribute(to: x) { gx in
      builder.step(
        name, reads: [first, second, gy], writes: [gx], inPlace: [(gx, first), (gx, second)], flops: 2 * count
      ) { memory in
        let (a, b, g, out) = (memory[first], memory[second], memory[gy], memory[gx])
        return { _ in
          Kernels.elementwise.binary(.subtract, a, b, out, count)
          Kernels.elementwise.scale(factor * g[0], out, out, count)
        }
      }
    }
  }
}

/// Binary cross-entropy of logits, element by element, in nats: inputs logits and targets, which are constants.
struct BinaryCrossEntropyPlanOperation: PlanOperation, Equatable {
  let name = "binary_cross_entropy_with_logits"
  /// Elements that stay in the cache while several functions are applied to them.
  private static let run = 2048

  static func note(_ x: Tensor, _ target: Tensor, _ y: Tensor) -> PlanNote {
    PlanNote(Self(), [(x, y.strides), (target.detach(), y.strides)], y)
  }

  func flops(_ node: PlanNode) -> Int { 6 * node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, t, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let count = node.output.count, workspace = builder.buffer(Self.run)
    builder.step(name, reads: [x, t], writes: [y, workspace], flops: flops(node)) { memory in
      let (logits, targets, output, part) = (memory[x], memory[t], memory[y], memory[workspace])
      return { _ in
        for start in stride(from: 0, to: count, by: Self.run) {
          let n = Swift.min(Self.run, count - start), z = logits + start, losses = output + start
          Kernels.elementwise.binary(.multiply, z, targets + start, part, n)
          Kernels.elementwise.unary(.relu, z, losses, n)
          Kernels.elementwise.binary(.subtract, losses, part, losses, n)
          // With the negative of the absolute value no exponential overflows.
          Kernels.elementwise.unary(.absolute, z, part, n)
          Kernels.elementwise.unary(.negate, part, part, n)
          Kernels.elementwise.unary(.softplus, part, part, n)
          Kernels.elementwise.binary(.add, losses, part, losses, n)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, t, count) = (builder[node.inputs[0]], builder[node.inputs[1]], node.output.count)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, x, t], writes: [gx], inPlace: [(gx, x)], flops: 4 * count) { memory in
        let (g, logits, targets, out) = (memory[gy], memory[x], memory[t], memory[gx])
        return { _ in
          for start in stride(from: 0, to: count, by: Self.run) {
            let n = Swift.min(Self.run, count - start), result = out + start
            Kernels.elementwise.unary(.sigmoid, logits + start, result, n)
            Kernels.elementwise.binary(.subtract, result, targets + start, result, n)
            Kernels.elementwise.binary(.multiply, result, g + start, result, n)
          }
        }
      }
    }
  }
}
