import Kernels

/// A first convolution of few channels with bias, relu and 2 x 2 pooling, in one pass: inputs x, weight, maybe bias.
struct FirstLayerPlanOperation: PlanOperation, Equatable {
  let shape: ConvolutionShape
  let hasBias: Bool
  var name: String { "conv2d" + (hasBias ? " + bias" : "") + " + relu + max_pool2d" }

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let convolution = first.operation as? ConvolutionPlanOperation, !convolution.isTransposed,
      Kernels.fused.takesFirstLayer(convolution.shape), !first.inputs[0].needsGradient, chain.count >= 2,
      chain[0].activation == .relu, let pool = (chain[1].operation as? MaximumPoolPlanOperation)?.shape,
      pool.kernelHeight == 2, pool.kernelWidth == 2, pool.strideY == 2, pool.strideX == 2, pool.paddingY == 0,
      pool.paddingX == 0
    else { return nil }
    let operation = Self(shape: convolution.shape, hasBias: first.inputs.count > 2)
    return (PlanNode(operation: operation, inputs: first.inputs, outputs: chain[1].outputs), 2)
  }

  func flops(_ node: PlanNode) -> Int {
    2 * shape.batch * shape.outputHeight * shape.outputWidth * (node.inputs[1].count + shape.outputChannels)
  }

  private var codeSize: Int {
    Kernels.fused.poolCodeCount(
      PoolShape(
        batch: 1, height: shape.outputHeight, width: shape.outputWidth, channels: shape.outputChannels,
        kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2))
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, w, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let bias = hasBias ? builder[node.inputs[2]] : nil
    let codes = node.needsGradient ? builder.buffer(codeSize * shape.batch) : nil
    builder.saved = [codes].compactMap(\.self)
    let (inputSize, outputSize, codeSize) = (
      node.inputs[0].count / shape.batch, node.output.count / shape.batch, codeSize
    )
    PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions).addRuns(
      builder, name, ConvolutionPasses(shape: shape).imageRuns(.forward, .direct, threads: builder.threads),
      workspace: Kernels.fused.firstLayerWorkspace(_:), reads: [x, w] + [bias].compactMap(\.self),
      writes: [y, codes].compactMap(\.self)
    ) { memory in
      nonisolated(unsafe) let (x, w, y) = (memory[x], memory[w], memory[y])
      nonisolated(unsafe) let (b, places) = (
        bias.map { UnsafePointer(memory[$0]) }, codes.map { memory.integers($0) }
      )
      return { first, part, workspace in
        Kernels.fused.firstLayerPooled(
          part, x + first * inputSize, w, b, y + first * outputSize, places.map { $0 + first * codeSize }, workspace)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, codes, shape) = (builder[node.inputs[0]], builder.saved[0], shape)
    let weight = builder.sink(for: node.inputs[1])
    let bias = hasBias ? builder.sink(for: node.inputs[2]) : nil
    let workspace = builder.buffer(Kernels.fused.firstLayerWorkspace(shape))
    builder.step(
      name, reads: [x, gy, codes], writes: [weight.slot, workspace] + [bias?.slot].compactMap(\.self),
      flops: flops(node) / 4
    ) { memory in
      let (x, g, places, gw) = (memory[x], memory[gy], memory.integers(codes), memory[weight.slot])
      let (gBias, space) = (bias.map { memory[$0.slot] }, memory[workspace])
      return { _ in Kernels.fused.firstLayerPooledGradient(shape, x, g, places, gw, gBias, space) }
    }
    weight.finish()
    bias?.finish()
  }
}
