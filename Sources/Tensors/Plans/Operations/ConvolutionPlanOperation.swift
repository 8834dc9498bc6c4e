import Kernels

/// A convolution, or the transposed one that its input gradient is, on channels-last images.
struct ConvolutionPlanOperation: PlanOperation, Equatable {
  /// Sizes of the convolution; of its adjoint where this one is transposed.
  let shape: ConvolutionShape
  let isTransposed: Bool
  var name: String { isTransposed ? "conv_transpose2d" : "conv2d" }

  static func note(
    _ shape: ConvolutionShape, isTransposed: Bool, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ y: Tensor
  ) -> PlanNote {
    let vector = bias.map { [(tensor: $0, strides: Optional([1]))] } ?? []
    return PlanNote(
      Self(shape: shape, isTransposed: isTransposed),
      [(x, x.shape.channelsLastStrides), (weight, weight.shape.strides(inMemoryOrder: [2, 3, 1, 0]))] + vector, y)
  }

  func flops(_ node: PlanNode) -> Int {
    2 * shape.batch * shape.outputHeight * shape.outputWidth * node.inputs[1].count * shape.outputChannels
      / Swift.max(shape.outputChannels, 1)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, w, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let bias = node.inputs.count > 2 ? builder[node.inputs[2]] : nil
    let passes = PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions)
    guard isTransposed else { return passes.addForward(builder, name, x, w, bias, y) }
    passes.addInputGradient(builder, name, x, w, y)
    guard let bias else { return }
    let (rows, channels) = (node.output.count / shape.inputChannels, shape.inputChannels)
    builder.step(name, reads: [y, bias], writes: [y]) { memory in
      let (result, b) = (memory[y], memory[bias])
      return { _ in Kernels.elementwise.binaryRows(.add, result, b, result, rows, channels) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, w) = (builder[node.inputs[0]], builder[node.inputs[1]])
    let passes = PlanConvolution(shape: shape, flops: flops(node), preference: builder.convolutions)
    builder.contribute(to: node.inputs[0]) { gx in
      if isTransposed {
        passes.addForward(builder, name, gy, w, nil, gx)
      } else {
        passes.addInputGradient(builder, name, gy, w, gx)
      }
    }
    builder.contribute(to: node.inputs[1]) { gw in
      passes.addWeightGradient(builder, name, isTransposed ? gy : x, isTransposed ? x : gy, gw)
    }
    guard node.inputs.count > 2 else { return }
    let channels = node.inputs[2].count
    builder.contribute(to: node.inputs[2]) { gb in
      builder.columnSums(gy, gb, node.output.count / channels, channels)
    }
  }
}
