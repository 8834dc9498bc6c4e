import Kernels

extension Tensor {
  /// Convolves images with a bank of kernels (cross-correlation, as everywhere in deep learning).
  ///
  /// - Parameters:
  ///   - weight: `[o, c / groups, kh, kw]`; fastest where its memory lies `[kh, kw, c / groups, o]`.
  ///   - bias: `[o]`.
  ///   - stride: Step of the kernel, in both directions.
  ///   - padding: Zeros around the image, on each side.
  ///   - groups: Runs of channels that are convolved apart; `c` of them make a depthwise convolution.
  /// - Returns: `[b, o, oh, ow]`, channels last, for `[b, c, h, w]` here.
  /// - Throws: ``TensorError``, naming both shapes.
  public func conv2d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
  ) throws -> Tensor {
    try Self.expectAlike("conv2d", self, weight, bias)
    try expectRank("conv2d", 4, "images [b, c, h, w] are needed")
    try weight.expectRank("conv2d", 4, "a weight [o, c / groups, kh, kw] is needed")
    try Window(stride: stride, padding: padding).check("conv2d")
    try Self.expectGroups("conv2d", groups, input: shape[1], output: weight.shape[0])
    guard shape[1] == weight.shape[1] * groups else {
      throw TensorError.shapes(
        op: "conv2d", shape, weight.shape,
        hint: "\(shape[1]) channels in \(groups) \(groups == 1 ? "group" : "groups") "
          + "need a weight with \(shape[1] / groups) channels")
    }
    try Self.expectVector("conv2d", "bias", bias, weight.shape[0])
    let sizes = ConvolutionShape(
      batch: shape[0], height: shape[2], width: shape[3], inputChannels: shape[1], outputChannels: weight.shape[0],
      kernelHeight: weight.shape[2], kernelWidth: weight.shape[3], strideY: stride, strideX: stride,
      paddingY: padding, paddingX: padding, groups: groups)
    try expectKernelFits("conv2d", weight, sizes, padding)
    return try convolve(sizes, weight, bias)
  }

  private func convolve(_ sizes: ConvolutionShape, _ weight: Tensor, _ bias: Tensor?) throws -> Tensor {
    let passes = ConvolutionPasses(shape: sizes)
    // The copy in kernel order is kept, so that the gradient does not make it again.
    let x = elementType == .float32 ? channelsLastCopyIfNeeded.detach() : detach()
    let w = weight.detach()
    let y = try passes.forward(x, w, bias?.detach(), op: "conv2d")
    return Tape.record(
      "conv2d", [self, weight] + (bias.map { [$0] } ?? []), saving: [x, w], y,
      plan: ConvolutionPlanOperation.note(sizes, isTransposed: false, self, weight, bias, y)
    ) { g, needs in
      [
        needs[0] ? try passes.inputGradient(g, w, op: "conv2d") : nil,
        needs[1] ? try passes.weightGradient(x, g) : nil,
      ] + (needs.count > 2 ? [needs[2] ? try g.channelSums() : nil] : [])
    }
  }

  /// Sum over everything but the channels of `[b, c, h, w]`, unseen by the tape.
  func channelSums() throws -> Tensor {
    let image = channelsLastCopyIfNeeded
    let rows = shape[0] * shape[2] * shape[3]
    return try image.reinterpreted([rows, shape[1]], strides: [shape[1], 1]).columnSums()
  }

  static func expectGroups(_ op: String, _ groups: Int, input: Int, output: Int? = nil) throws {
    guard 1...Window.limit ~= groups, input % groups == 0, (output ?? 0) % groups == 0 else {
      throw TensorError.value(
        op: op, what: "groups", got: "\(groups)",
        allowed: "it must divide \(input) input channels" + (output.map { " and \($0) output channels" } ?? ""))
    }
  }

  private func expectKernelFits(_ op: String, _ weight: Tensor, _ sizes: ConvolutionShape, _ padding: Int) throws {
    guard sizes.kernelHeight > 0, sizes.kernelWidth > 0, sizes.outputHeight > 0, sizes.outputWidth > 0 else {
      throw TensorError.shapes(
        op: op, shape, weight.shape,
        hint:
          "a kernel of \(sizes.kernelHeight) x \(sizes.kernelWidth) is larger than the image with padding \(padding)")
    }
  }
}

/// Step and padding of a window that slides over an image.
struct Window {
  let stride: Int
  let padding: Int

  /// Sizes beyond this make no sense and could overflow.
  static let limit = 1 << 20

  func check(_ op: String) throws {
    guard 1...Self.limit ~= stride else {
      throw TensorError.range(op: op, what: "stride", got: stride, allowed: 1...Self.limit)
    }
    guard 0...Self.limit ~= padding else {
      throw TensorError.range(op: op, what: "padding", got: padding, allowed: 0...Self.limit)
    }
  }
}
