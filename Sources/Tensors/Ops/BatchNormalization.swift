import Kernels

/// Mean and variance of each channel of a batch, with the number of values behind them.
public struct BatchMoments: Sendable {
  /// Shape `[c]`.
  public let mean: Tensor
  /// Mean squared distance from the mean (biased). Shape `[c]`.
  public let variance: Tensor
  /// Values per channel.
  public let count: Int

  /// Variance with the divisor `count - 1`, which running statistics keep; biased for a single value.
  public func unbiasedVariance() throws -> Tensor {
    count > 1 ? try variance.mul(Double(count) / Double(count - 1)) : variance
  }
}

/// Batch normalization with explicit statistics: nothing is remembered here.
///
/// - Source: Ioffe and Szegedy, ICML 2015, <https://arxiv.org/abs/1502.03167>.
extension Tensor {
  /// Normalizes each channel by the moments of this batch, as in training, and returns them.
  ///
  /// - Parameters:
  ///   - weight: Factor per channel, `[c]`; ones if nil.
  ///   - bias: Summand per channel, `[c]`; zeros if nil.
  ///   - epsilon: Added to the variance.
  /// - Returns: The shape of `[b, c]` or `[b, c, h, w]` here. A single value per channel gives `bias`.
  /// - Throws: ``TensorError``.
  public func batchNorm(
    weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5
  ) throws -> (output: Tensor, moments: BatchMoments) {
    try checkBatchNorm([weight, bias], epsilon)
    guard count > 0 else {
      throw TensorError.shape(op: "batch_norm", got: shape, expected: "the batch must not be empty")
    }
    if elementType == .float64 { return try referenceBatchNorm(weight, bias, epsilon) }
    let (rows, c) = (count / shape[1], shape[1])
    let x = channelRows()
    let mean = try Tensor.uninitialized([c]), variance = try Tensor.uninitialized([c])
    Profiler.measure("batch_norm", flops: 4 * x.count, bytes: x.byteCount) {
      Kernels.normalization.channelMoments(x.floatPointer, rows, c, mean.floatPointer, variance.floatPointer)
    }
    let affine = ChannelMap(mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
    let y = affine.apply(x, rows)
    let operation = BatchNormPlanOperation(
      rows: rows, channels: c, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil)
    let vectors = [weight, bias].compactMap(\.self)
    let recorded = Tape.record(
      "batch_norm", [self] + vectors, saving: [x] + affine.saved, y,
      plan: PlanNote(operation, [(self, x.strides)] + vectors.map { ($0, [1]) }, y, mean, variance)
    ) { g, needs in
      affine.trainingGradients(x, g.channelRows(), rows).filter(needs, weight != nil, bias != nil)
    }
    return (recorded, BatchMoments(mean: mean, variance: variance, count: rows))
  }

  /// Normalizes each channel by given statistics, as in evaluation.
  ///
  /// - Parameters:
  ///   - mean: `[c]`; a constant, as is `variance`.
  ///   - variance: `[c]`.
  /// - Returns: The shape of `[b, c]` or `[b, c, h, w]` here.
  /// - Throws: ``TensorError``.
  public func batchNorm(
    mean: Tensor, variance: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5
  ) throws -> Tensor {
    try checkBatchNorm([mean, variance, weight, bias], epsilon)
    if elementType == .float64 || count == 0 {
      return try referenceNormalized(mean.detach(), variance.detach(), weight, bias, epsilon)
    }
    let (rows, c) = (count / shape[1], shape[1])
    let x = channelRows()
    let affine = ChannelMap(mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon)
    let y = affine.apply(x, rows)
    let operation = FixedBatchNormPlanOperation(
      rows: rows, channels: c, epsilon: epsilon, hasWeight: weight != nil, hasBias: bias != nil)
    let vectors = [weight, bias].compactMap(\.self)
    return Tape.record(
      "batch_norm", [self] + vectors, saving: [x] + affine.saved, y,
      plan: PlanNote(
        operation, [(self, x.strides)] + ([mean.detach(), variance.detach()] + vectors).map { ($0, [1]) }, y)
    ) { g, needs in
      try affine.evaluationGradients(x, g.channelRows(), rows, c, needs).filter(needs, weight != nil, bias != nil)
    }
  }

  /// Memory with the channels innermost, unseen by the tape.
  fileprivate func channelRows() -> Tensor {
    rank == 4 ? channelsLastCopyIfNeeded.detach() : contiguousCopyIfNeeded().detach()
  }

  private func checkBatchNorm(_ vectors: [Tensor?], _ epsilon: Double) throws {
    try expectFloat("batch_norm")
    guard rank == 2 || rank == 4 else {
      throw TensorError.shape(op: "batch_norm", got: shape, expected: "[b, c] or [b, c, h, w] is needed")
    }
    for vector in vectors {
      try Self.expectAlike("batch_norm", self, vector)
      try Self.expectVector("batch_norm", "vector per channel", vector, shape[1])
    }
    try Self.expectEpsilon("batch_norm", epsilon)
  }

  static func expectEpsilon(_ op: String, _ epsilon: Double) throws {
    guard epsilon >= 0, epsilon.isFinite else {
      throw TensorError.value(op: op, what: "epsilon", got: "\(epsilon)", allowed: "0 or more is allowed")
    }
  }

  /// The oracle: the definition, from recorded operations.
  private func referenceBatchNorm(
    _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double
  ) throws -> (output: Tensor, moments: BatchMoments) {
    let axes = shape.indices.filter { $0 != 1 }
    let mean = try steadyMean(axes: axes, keepAxes: false), variance = try variance(axes: axes)
    let moments = BatchMoments(mean: mean.detach(), variance: variance.detach(), count: count / shape[1])
    return (try referenceNormalized(mean, variance, weight, bias, epsilon), moments)
  }

  private func referenceNormalized(
    _ mean: Tensor, _ variance: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Double
  ) throws -> Tensor {
    let channel = [shape[1]] + [Int](repeating: 1, count: rank - 2)
    var y = try sub(mean.reshape(channel)).div(variance.add(epsilon).sqrt().reshape(channel))
    if let weight { y = try y.mul(weight.reshape(channel)) }
    if let bias { y = try y.add(bias.reshape(channel)) }
    return y
  }
}

/// The affine map per channel that a batch normalization comes to.
private struct ChannelMap: Sendable {
  let mean: Tensor
  let weight: Tensor?
  let inverseDeviation: Tensor
  private let scale: Tensor
  private let bias: Tensor?

  init(mean: Tensor, variance: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Double) {
    let c = mean.count
    let (m, v) = (mean.detach().contiguousCopyIfNeeded(), variance.contiguousCopyIfNeeded())
    let (w, b) = (weight?.detach().contiguousCopyIfNeeded(), bias?.contiguousCopyIfNeeded())
    let inverse = v.uninitializedLike(), scale = v.uninitializedLike(), shift = v.uninitializedLike()
    ChannelFactors(
      m.floatPointer, v.floatPointer, w?.floatPointer, b?.floatPointer, epsilon, c, inverse.floatPointer,
      scale.floatPointer, shift.floatPointer
    ).compute()
    self.mean = m
    self.weight = w
    inverseDeviation = inverse
    self.scale = scale
    self.bias = b?.detach()
  }

  /// What the gradients read besides the input.
  var saved: [Tensor] { [mean] + [weight].compactMap(\.self) }

  func apply(_ x: Tensor, _ rows: Int) -> Tensor {
    let y = x.uninitializedLike()
    // The mean is taken off first: of a channel that is constant nothing is left then, however large it is.
    Profiler.measure("scale and shift", flops: 3 * x.count, bytes: 2 * x.byteCount) {
      Kernels.fused.affineActivation(
        x.floatPointer, mean.floatPointer, scale.floatPointer, bias.map { UnsafePointer($0.floatPointer) }, nil, .none,
        y.floatPointer, rows, mean.count)
    }
    return y
  }

  /// The moments depend on the input, too.
  func trainingGradients(_ x: Tensor, _ gy: Tensor, _ rows: Int) -> NormalizationGradients {
    let gx = x.uninitializedLike(), gWeight = mean.uninitializedLike(), gBias = mean.uninitializedLike()
    Kernels.normalization.batchNormGradient(
      x.floatPointer, gy.floatPointer, rows, mean.count, mean.floatPointer, inverseDeviation.floatPointer,
      weight.map { UnsafePointer($0.floatPointer) }, gx.floatPointer, gWeight.floatPointer, gBias.floatPointer)
    return NormalizationGradients(input: gx, weight: gWeight, bias: gBias)
  }

  /// The statistics are constants.
  func evaluationGradients(
    _ x: Tensor, _ gy: Tensor, _ rows: Int, _ c: Int, _ needs: [Bool]
  ) throws -> NormalizationGradients {
    let gx = x.uninitializedLike()
    let zero = mean.zerosLike()
    Kernels.normalization.scaleShift(
      gy.floatPointer, scale.floatPointer, zero.floatPointer, gx.floatPointer, rows, c)
    guard needs.dropFirst().contains(true) else { return NormalizationGradients(input: gx, weight: zero, bias: zero) }
    let g = gy.reinterpreted([rows, c], strides: [c, 1])
    let normalized = try x.reinterpreted([rows, c], strides: [c, 1]).sub(mean).mul(inverseDeviation)
    return NormalizationGradients(input: gx, weight: try g.mul(normalized).columnSums(), bias: try g.columnSums())
  }
}

/// Factor and summand of each channel, from its moments.
struct ChannelFactors {
  private let mean: Output, variance: Output, weight: Output?, bias: Output?
  private let epsilon: Double
  private let count: Int
  private let inverseDeviation: Output, scale: Output, shift: Output

  init(
    _ mean: Output, _ variance: Output, _ weight: Output?, _ bias: Output?, _ epsilon: Double, _ count: Int,
    _ inverseDeviation: Output, _ scale: Output, _ shift: Output
  ) {
    (self.mean, self.variance, self.weight, self.bias) = (mean, variance, weight, bias)
    (self.epsilon, self.count) = (epsilon, count)
    (self.inverseDeviation, self.scale, self.shift) = (inverseDeviation, scale, shift)
  }

  func compute() {
    for i in 0..<count {
      let deviation = 1 / (Double(variance[i]) + epsilon).squareRoot()
      let factor = deviation * Double(weight?[i] ?? 1)
      inverseDeviation[i] = Float(deviation)
      scale[i] = Float(factor)
      shift[i] = Float(Double(bias?[i] ?? 0) - Double(mean[i]) * factor)
    }
  }
}
