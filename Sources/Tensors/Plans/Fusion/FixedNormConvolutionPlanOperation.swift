import Kernels

/// A convolution, normalization by given statistics, a residual and an activation, in evaluation: inputs x, weight,
/// mean, variance, the normalization's weight and bias, residual. Only x and the residual may need a gradient.
struct FixedNormConvolutionPlanOperation: PlanOperation, Equatable {
  let shape: ConvolutionShape
  let norm: FixedBatchNormPlanOperation
  let activation: Activation
  let hasResidual: Bool

  var name: String {
    "conv2d + batch_norm" + (hasResidual ? " + add" : "") + (activation == .none ? "" : " + \(activation.name)")
  }

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let convolution = first.operation as? ConvolutionPlanOperation, !convolution.isTransposed,
      first.inputs.count == 2, let next = chain.first, let norm = next.operation as? FixedBatchNormPlanOperation,
      !first.inputs[1].needsGradient, !next.inputs.dropFirst().contains(where: \.needsGradient)
    else { return nil }
    var (residual, activation, count) = FusedBatchNormPlanOperation.tail(of: next, Array(chain.dropFirst()))
    if activation.gradientReadsInput, chain[count].needsGradient { (activation, count) = (.none, count - 1) }
    let operation = Self(
      shape: convolution.shape, norm: norm, activation: activation, hasResidual: residual != nil)
    let inputs = first.inputs + next.inputs.dropFirst() + [residual].compactMap(\.self)
    return (PlanNode(operation: operation, inputs: inputs, outputs: chain[count].outputs), count + 1)
  }

  func flops(_ node: PlanNode) -> Int {
    2 * shape.batch * shape.outputHeight * shape.outputWidth * node.inputs[1].count + 3 * node.output.count
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let y = builder[node.output], activation = activation
    let (scale, shift) = addFactors(node, builder)
    builder.saved = [scale]
    let residual = hasResidual ? node.inputs.last.map { builder[$0] } : nil
    let size = node.output.count / shape.batch
    PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions).addForward(
      builder, name, builder[node.inputs[0]], builder[node.inputs[1]], y,
      reading: [scale, shift] + [residual].compactMap(\.self), writing: []
    ) { memory in
      nonisolated(unsafe) let (s, t, output) = (memory[scale], memory[shift], memory[y])
      nonisolated(unsafe) let r = residual.map { UnsafePointer(memory[$0]) }
      return { first, part in
        let image = output + first * size
        Kernels.fused.affineActivation(
          image, nil, s, t, r.map { $0 + first * size }, activation, image,
          part.batch * part.outputHeight * part.outputWidth, part.outputChannels)
      }
    }
  }

  /// Adds what makes factor and summand of each channel ready.
  private func addFactors(_ node: PlanNode, _ builder: PlanBuilder) -> (scale: PlanSlot, shift: PlanSlot) {
    let (mean, variance, c, epsilon) = (
      builder[node.inputs[2]], builder[node.inputs[3]], norm.channels, norm.epsilon
    )
    let w = norm.hasWeight ? builder[node.inputs[4]] : nil
    let b = norm.hasBias ? builder[node.inputs[norm.hasWeight ? 5 : 4]] : nil
    let (inverse, scale, shift) = (builder.buffer(c), builder.buffer(c), builder.buffer(c))
    builder.preparation(
      "batch_norm factors", reads: [mean, variance] + [w, b].compactMap(\.self), writes: [inverse, scale, shift]
    ) { memory in
      let factors = ChannelFactors(
        memory[mean], memory[variance], w.map { memory[$0] }, b.map { memory[$0] }, epsilon, c, memory[inverse],
        memory[scale], memory[shift])
      return { _ in factors.compute() }
    }
    return (scale, shift)
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, w, scale, y) = (node.inputs[0], node.inputs[1], builder.saved[0], builder[node.output])
    let rows = node.output.count / shape.outputChannels
    let gz =
      activation == .none
      ? gy : builder.activationGradient(name, activation, y, gy, bias: nil, rows, shape.outputChannels)
    if hasResidual { node.inputs.last.map { builder.contribute(to: $0, same: gz) } }
    builder.contribute(to: x) { gx in
      PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions).addInputGradient(
        builder, name, gz, addFolded(builder[w], w.count, scale, builder), gx)
    }
  }

  /// Adds what multiplies the weights by the factor of their output channel, which lies innermost in memory.
  private func addFolded(_ w: PlanSlot, _ count: Int, _ scale: PlanSlot, _ builder: PlanBuilder) -> PlanSlot {
    let folded = builder.buffer(count), channels = shape.outputChannels
    builder.preparation("conv2d weights", reads: [w, scale], writes: [folded]) { memory in
      let (weights, factors, result) = (memory[w], memory[scale], memory[folded])
      return { _ in
        Kernels.elementwise.binaryRows(.multiply, weights, factors, result, count / channels, channels)
      }
    }
    return folded
  }
}
