import Kernels

/// Gradients of the three inputs of a normalization.
struct NormalizationGradients {
  let input: Tensor
  let weight: Tensor
  let bias: Tensor

  /// Those of the inputs that were recorded: the data, then weight and bias where there were any.
  func filter(_ needs: [Bool], _ hasWeight: Bool, _ hasBias: Bool) -> [Tensor?] {
    let all = [input] + (hasWeight ? [weight] : []) + (hasBias ? [bias] : [])
    return zip(all, needs).map { $1 ? $0 : nil }
  }
}

/// Normalizations of each sample by itself.
extension Tensor {
  /// Normalizes along the last axis.
  ///
  /// - Parameters:
  ///   - weight: Factor per element, `[e]`; ones if nil.
  ///   - bias: Summand per element, `[e]`; zeros if nil.
  ///   - epsilon: Added to the variance.
  /// - Returns: The shape of `[…, e]` here.
  /// - Throws: ``TensorError``.
  /// - Source: Ba, Kiros and Hinton 2016, <https://arxiv.org/abs/1607.06450>.
  public func layerNorm(weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
    try Self.expectAlike("layer_norm", self, weight, bias)
    guard let n = shape.last, n > 0 else {
      throw TensorError.shape(op: "layer_norm", got: shape, expected: "a last axis with at least one element is needed")
    }
    try Self.expectVector("layer_norm", "weight", weight, n)
    try Self.expectVector("layer_norm", "bias", bias, n)
    try Self.expectEpsilon("layer_norm", epsilon)
    if elementType == .float64 {
      let y = try sub(steadyMean(axes: [-1])).div(
        variance(axes: [-1], keepAxes: true).add(epsilon).sqrt())
      let scaled = try weight.map { try y.mul($0) } ?? y
      return try bias.map { try scaled.add($0) } ?? scaled
    }
    return try rowNorm(rows: count / n, n, weight, bias, epsilon)
  }

  private func rowNorm(
    rows: Int, _ n: Int, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double
  ) throws -> Tensor {
    let x = contiguousCopyIfNeeded().detach()
    let (w, b) = (weight?.detach().contiguousCopyIfNeeded(), bias?.detach().contiguousCopyIfNeeded())
    let y = x.uninitializedLike()
    let mean = try Tensor.uninitialized([rows]), inverse = try Tensor.uninitialized([rows])
    Profiler.measure("layer_norm", flops: 8 * x.count, bytes: 2 * x.byteCount) {
      Kernels.normalization.layerNorm(
        x.floatPointer, rows, n, w.readable, b.readable, Float(epsilon), y.floatPointer, mean.floatPointer,
        inverse.floatPointer)
    }
    let vectors = [weight, bias].compactMap(\.self)
    let operation = LayerNormPlanOperation(
      rows: rows, size: n, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil)
    return Tape.record(
      "layer_norm", [self] + vectors, saving: [x] + [w].compactMap(\.self), y,
      plan: PlanNote(operation, [(self, x.strides)] + vectors.map { ($0, [1]) }, y)
    ) { gradient, needs in
      let gy = gradient.contiguousCopyIfNeeded()
      let gx = x.uninitializedLike()
      let gWeight = try Tensor.uninitialized([n]), gBias = try Tensor.uninitialized([n])
      Kernels.normalization.layerNormGradient(
        x.floatPointer, gy.floatPointer, nil, rows, n, w.readable, mean.floatPointer, inverse.floatPointer,
        gx.floatPointer, gWeight.floatPointer, gBias.floatPointer)
      return NormalizationGradients(input: gx, weight: gWeight, bias: gBias).filter(needs, weight != nil, bias != nil)
    }
  }

  /// Normalizes each of `groups` equal runs of channels of each image.
  ///
  /// - Parameters:
  ///   - weight: Factor per channel, `[c]`; ones if nil.
  ///   - bias: Summand per channel, `[c]`; zeros if nil.
  /// - Returns: The shape of `[b, c]` or `[b, c, h, w]` here.
  /// - Throws: ``TensorError``.
  /// - Source: Wu and He, ECCV 2018, <https://arxiv.org/abs/1803.08494>.
  public func groupNorm(groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
    try Self.expectAlike("group_norm", self, weight, bias)
    guard rank == 2 || rank == 4, count > 0 else {
      throw TensorError.shape(op: "group_norm", got: shape, expected: "[b, c] or [b, c, h, w], not empty, is needed")
    }
    guard groups > 0, shape[1] % groups == 0 else {
      throw TensorError.value(
        op: "group_norm", what: "groups", got: "\(groups)", allowed: "it must divide the \(shape[1]) channels")
    }
    try Self.expectVector("group_norm", "weight", weight, shape[1])
    try Self.expectVector("group_norm", "bias", bias, shape[1])
    try Self.expectEpsilon("group_norm", epsilon)
    return elementType == .float64
      ? try referenceGroupNorm(groups, weight, bias, epsilon) : try imageNorm(groups, weight, bias, epsilon)
  }

  private func imageNorm(_ groups: Int, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double) throws -> Tensor {
    let (batch, c) = (shape[0], shape[1])
    let pixels = count / (batch * c)
    let x = (rank == 4 ? channelsLastCopyIfNeeded : contiguousCopyIfNeeded()).detach()
    let (w, b) = (weight?.detach().contiguousCopyIfNeeded(), bias?.detach().contiguousCopyIfNeeded())
    let y = x.uninitializedLike()
    let mean = try Tensor.uninitialized([batch, groups]), inverse = try Tensor.uninitialized([batch, groups])
    Profiler.measure("group_norm", flops: 8 * x.count, bytes: 2 * x.byteCount) {
      withExtendedLifetime(Workspace(floats: Kernels.fused.groupNormWorkspace(c))) { workspace in
        Kernels.fused.groupNormActivation(
          x.floatPointer, batch, pixels, c, groups, w.readable, b.readable, Float(epsilon), .none, y.floatPointer,
          mean.floatPointer, inverse.floatPointer, workspace.pointer)
      }
    }
    let vectors = [weight, bias].compactMap(\.self)
    let operation = GroupNormPlanOperation(
      batch: batch, pixels: pixels, channels: c, groups: groups, epsilon: epsilon, hasWeight: weight != nil,
      hasBias: bias != nil)
    return Tape.record(
      "group_norm", [self] + vectors, saving: [x] + [w].compactMap(\.self), y,
      plan: PlanNote(operation, [(self, x.strides)] + vectors.map { ($0, [1]) }, y)
    ) { gradient, needs in
      let gy = gradient.laidOut(x.strides)
      let gx = x.uninitializedLike()
      let gWeight = try Tensor.uninitialized([c]), gBias = try Tensor.uninitialized([c])
      withExtendedLifetime(Workspace(floats: Kernels.fused.groupNormWorkspace(c))) { workspace in
        Kernels.fused.groupNormActivationGradient(
          x.floatPointer, gy.floatPointer, batch, pixels, c, groups, w.readable, nil, .none, mean.floatPointer,
          inverse.floatPointer, gx.floatPointer, gWeight.floatPointer, gBias.floatPointer, workspace.pointer)
      }
      return NormalizationGradients(input: gx, weight: gWeight, bias: gBias).filter(needs, weight != nil, bias != nil)
    }
  }

  /// The oracle: the definition, from recorded operations.
  private func referenceGroupNorm(
    _ groups: Int, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double
  ) throws -> Tensor {
    let runs = try reshape([shape[0], groups, count / (shape[0] * groups)])
    let deviation = try runs.variance(axes: [-1], keepAxes: true).add(epsilon).sqrt()
    var y = try runs.sub(runs.steadyMean(axes: [-1])).div(deviation).reshape(shape)
    let channel = [shape[1]] + [Int](repeating: 1, count: rank - 2)
    if let weight { y = try y.mul(weight.reshape(channel)) }
    if let bias { y = try y.add(bias.reshape(channel)) }
    return y
  }
}

extension Tensor? {
  /// The memory of an optional vector, for kernels.
  fileprivate var readable: UnsafePointer<Float>? { map { UnsafePointer($0.floatPointer) } }
}
