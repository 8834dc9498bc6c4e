import Kernels

extension Tensor {
  /// Spreads each pixel over a kernel: the gradient of a convolution used as a forward step, to enlarge images.
  ///
  /// - Parameters:
  ///   - weight: `[c, o / groups, kh, kw]`.
  ///   - bias: `[o]`.
  ///   - stride: Distance of neighbouring pixels in the result.
  ///   - padding: Rows and columns cut off on each side of the result.
  ///   - outputPadding: Rows and columns added at the end; less than `stride`.
  ///   - groups: Runs of channels that are treated apart.
  /// - Returns: `[b, o, (h - 1) * stride - 2 * padding + kh + outputPadding, …]`, channels last.
  /// - Throws: ``TensorError``, naming both shapes.
  public func convTranspose2d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0, groups: Int = 1
  ) throws -> Tensor {
    let op = "conv_transpose2d"
    try Self.expectAlike(op, self, weight, bias)
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    try weight.expectRank(op, 4, "a weight [c, o / groups, kh, kw] is needed")
    try Window(stride: stride, padding: padding).check(op)
    guard 0..<stride ~= outputPadding else {
      throw TensorError.range(op: op, what: "output_padding", got: outputPadding, allowed: 0...(stride - 1))
    }
    guard shape[1] == weight.shape[0] else {
      throw TensorError.shapes(
        op: op, shape, weight.shape, hint: "channels \(shape[1]) and the weight's first size \(weight.shape[0]) differ")
    }
    try Self.expectGroups(op, groups, input: shape[1])
    let outputs = weight.shape[1] * groups
    try Self.expectVector(op, "bias", bias, outputs)
    let sizes = try transposedSizes(weight, stride, padding, outputPadding, groups)
    return try convolveTransposed(sizes, weight, bias)
  }

  /// Sizes of the convolution that maps the result back to this shape.
  private func transposedSizes(
    _ weight: Tensor, _ stride: Int, _ padding: Int, _ outputPadding: Int, _ groups: Int
  ) throws -> ConvolutionShape {
    let sides = [2, 3].map { axis in
      (shape[axis] - 1) * stride - 2 * padding + weight.shape[axis] + outputPadding
    }
    guard sides.allSatisfy({ $0 > 0 }), weight.shape.allSatisfy({ $0 > 0 }), shape[2] > 0, shape[3] > 0 else {
      throw TensorError.shapes(
        op: "conv_transpose2d", shape, weight.shape, hint: "the result would be \(sides[0]) x \(sides[1]) pixels")
    }
    return ConvolutionShape(
      batch: shape[0], height: sides[0], width: sides[1], inputChannels: weight.shape[1] * groups,
      outputChannels: shape[1], kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], strideY: stride,
      strideX: stride, paddingY: padding, paddingX: padding, groups: groups)
  }

  private func convolveTransposed(_ sizes: ConvolutionShape, _ weight: Tensor, _ bias: Tensor?) throws -> Tensor {
    let passes = ConvolutionPasses(shape: sizes)
    let (x, w) = (detach(), weight.detach())
    let y = try passes.inputGradient(x, w, op: "conv_transpose2d")
    if let bias {
      try y.add_(bias.detach().reinterpreted([bias.count, 1, 1], strides: [bias.strides[0], 0, 0]))
    }
    return Tape.record(
      "conv_transpose2d", [self, weight] + (bias.map { [$0] } ?? []), saving: [x, w], y,
      plan: ConvolutionPlanOperation.note(sizes, isTransposed: true, self, weight, bias, y)
    ) { g, needs in
      [
        needs[0] ? try passes.forward(g, w, nil, op: "conv_transpose2d") : nil,
        needs[1] ? try passes.weightGradient(g, x) : nil,
      ] + (needs.count > 2 ? [needs[2] ? try g.channelSums() : nil] : [])
    }
  }
}
