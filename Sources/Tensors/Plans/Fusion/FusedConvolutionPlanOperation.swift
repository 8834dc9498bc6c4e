import Kernels

/// A convolution with bias, activation and, after relu, maximum pooling: inputs x, weight and, if any, bias.
///
/// The convolution runs for a few images at a time, and what follows works on its output while that is in the cache.
struct FusedConvolutionPlanOperation: PlanOperation, Equatable {
  let shape: ConvolutionShape
  let activation: Activation
  let pool: PoolShape?
  let hasBias: Bool

  var name: String {
    "conv2d" + (hasBias ? " + bias" : "") + " + \(activation.name)" + (pool == nil ? "" : " + max_pool2d")
  }

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let convolution = first.operation as? ConvolutionPlanOperation, !convolution.isTransposed,
      let next = chain.first, let activation = next.activation
    else { return nil }
    let pool = chain.dropFirst().first.flatMap { ($0.operation as? MaximumPoolPlanOperation)?.shape }
    // One byte tells which element of a window won.
    let isPooled = activation == .relu && pool.map { $0.kernelHeight * $0.kernelWidth <= 254 } ?? false
    let operation = Self(
      shape: convolution.shape, activation: activation, pool: isPooled ? pool : nil, hasBias: first.inputs.count > 2)
    let outputs = isPooled ? chain[1].outputs : next.outputs
    return (PlanNode(operation: operation, inputs: first.inputs, outputs: outputs), isPooled ? 2 : 1)
  }

  private var outputSize: Int { shape.outputHeight * shape.outputWidth * shape.outputChannels }
  private var rows: Int { shape.batch * shape.outputHeight * shape.outputWidth }

  func flops(_ node: PlanNode) -> Int {
    2 * shape.batch * shape.outputHeight * shape.outputWidth * node.inputs[1].count + 2 * shape.batch * outputSize
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let passes = PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions)
    if let pool { addPooled(node, pool, passes, builder) } else { addActivated(node, passes, builder) }
  }

  private func addActivated(_ node: PlanNode, _ passes: PlanConvolution, _ builder: PlanBuilder) {
    let y = builder[node.output], bias = hasBias ? builder[node.inputs[2]] : nil, activation = activation
    let z = activation.gradientReadsInput && node.needsGradient ? builder.buffer(node.output.count) : y
    builder.saved = [z]
    passes.addForward(
      builder, name, builder[node.inputs[0]], builder[node.inputs[1]], z, reading: [bias].compactMap(\.self),
      writing: [y]
    ) { memory in
      nonisolated(unsafe) let (sums, result) = (memory[z], memory[y])
      nonisolated(unsafe) let b = bias.map { UnsafePointer(memory[$0]) }
      let size = outputSize
      return { first, part in
        Kernels.fused.biasActivation(
          sums + first * size, b, activation, result + first * size, part.batch * part.outputHeight * part.outputWidth,
          part.outputChannels)
      }
    }
  }

  private func addPooled(
    _ node: PlanNode, _ pool: PoolShape, _ passes: PlanConvolution, _ builder: PlanBuilder
  ) {
    let y = builder[node.output], bias = hasBias ? builder[node.inputs[2]] : nil
    let pooledSize = node.output.count / shape.batch
    let codeSize = Kernels.fused.poolCodeCount(pool) / shape.batch
    let codes = node.needsGradient ? builder.buffer(codeSize * shape.batch) : nil
    builder.saved = [codes].compactMap(\.self)
    passes.addForwardToScratch(
      builder, name, builder[node.inputs[0]], builder[node.inputs[1]], reading: [bias].compactMap(\.self),
      writing: [y, codes].compactMap(\.self)
    ) { memory in
      nonisolated(unsafe) let (result, places) = (memory[y], codes.map { memory.integers($0) })
      nonisolated(unsafe) let b = bias.map { UnsafePointer(memory[$0]) }
      return { first, part, scratch in
        Kernels.fused.rectifiedMaximum(
          pool.images(part.batch), scratch, b, result + first * pooledSize, places.map { $0 + first * codeSize })
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let passes = PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions)
    let bias = hasBias ? node.inputs[2] : nil
    let gz =
      pool.map { scattered(node, $0, gy, bias, builder) }
      ?? builder.activationGradient(
        name, activation, builder.saved[0], gy, bias: bias, rows, shape.outputChannels)
    builder.contribute(to: node.inputs[0]) { gx in
      passes.addInputGradient(builder, name, gz, builder[node.inputs[1]], gx)
    }
    builder.contribute(to: node.inputs[1]) { gw in
      passes.addWeightGradient(builder, name, builder[node.inputs[0]], gz, gw)
    }
  }

  /// Adds the step that takes the pooled gradient to the pixels that won.
  private func scattered(
    _ node: PlanNode, _ pool: PoolShape, _ gy: PlanSlot, _ bias: PlanOperand?, _ builder: PlanBuilder
  ) -> PlanSlot {
    let gz = builder.buffer(shape.batch * outputSize), codes = builder.saved[0]
    let sink = bias.flatMap { $0.needsGradient ? builder.sink(for: $0) : nil }
    builder.step(
      name, reads: [gy, codes], writes: [gz] + [sink?.slot].compactMap(\.self), flops: node.output.count
    ) { memory in
      let (g, places, result) = (memory[gy], memory.integers(codes), memory[gz])
      let gBias = sink.map { memory[$0.slot] }
      return { _ in Kernels.fused.rectifiedMaximumGradient(pool, g, places, result, gBias) }
    }
    sink?.finish()
    return gz
  }
}

extension PoolShape {
  /// The same pooling of another number of images.
  func images(_ count: Int) -> PoolShape {
    PoolShape(
      batch: count, height: height, width: width, channels: channels, kernelHeight: kernelHeight,
      kernelWidth: kernelWidth, strideY: strideY, strideX: strideX, paddingY: paddingY, paddingX: paddingX)
  }
}
