import Kernels

extension Tensor {
  /// Returns the cross-entropy of class scores, in nats.
  ///
  /// - Parameters:
  ///   - labels: int64 classes from 0, `[b]`.
  ///   - labelSmoothing: Share of the target that is spread evenly over all classes, in [0, 1).
  ///   - reduction: Over the samples; `none` keeps `[b]`.
  /// - Returns: A number without axes, for logits `[b, k]` here.
  /// - Throws: ``TensorError``, naming a label outside 0 to `k - 1`.
  /// - Source: Szegedy et al., CVPR 2016, <https://arxiv.org/abs/1512.00567>, section 7, for the smoothing.
  public func crossEntropy(
    labels: Tensor, labelSmoothing: Double = 0, reduction: LossReduction = .mean
  ) throws -> Tensor {
    try checkCrossEntropy(labels, labelSmoothing, reduction)
    if elementType == .float64 { return try referenceCrossEntropy(labels, labelSmoothing).reduced(reduction) }
    let (rows, k) = (shape[0], shape[1])
    let targets = labels.uncheckedIntegers
    let x = contiguousCopyIfNeeded()
    let logs = x.uninitializedLike()
    Profiler.measure("cross_entropy", bytes: 2 * x.byteCount) {
      Kernels.softmax.logSoftmax(x.floatPointer, logs.floatPointer, rows, k)
    }
    let y = try Tensor.uninitialized(reduction == .none ? [rows] : [], op: "cross_entropy")
    Profiler.measure("cross_entropy", bytes: y.byteCount) {
      let losses = targets.indices.map { row in
        Self.crossEntropyLoss(logs.floatPointer + row * k, k, targets[row], labelSmoothing)
      }
      Self.write(losses, to: y, reduction)
    }
    return Tape.record(
      "cross_entropy", [self], saving: [], y,
      plan: CrossEntropyPlanOperation.note(self, labels, labelSmoothing, reduction, y)
    ) { gradient, _ in
      let factors = gradient.floats
      return [
        Self.crossEntropyGradient(logs, targets, labelSmoothing) { row in
          reduction == .none ? factors[row] : reduction == .sum ? factors[0] : factors[0] / Float(rows)
        }
      ]
    }
  }

  /// Returns the cross-entropy of class scores against target probabilities, in nats.
  ///
  /// - Parameter probabilities: `[b, k]`, rows that sum to 1.
  /// - Returns: A number without axes, or `[b]`, for logits `[b, k]` here.
  public func crossEntropy(probabilities: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try Self.expectAlike("cross_entropy", self, probabilities)
    guard rank == 2, shape == probabilities.shape else {
      throw TensorError.shapes(
        op: "cross_entropy", shape, probabilities.shape, hint: "logits and probabilities [b, k] are needed")
    }
    return try logSoftmax().weighted(by: probabilities).sum(axes: [1]).neg().reduced(reduction)
  }

  private func checkCrossEntropy(_ labels: Tensor, _ smoothing: Double, _ reduction: LossReduction) throws {
    try expectFloat("cross_entropy")
    guard rank == 2, labels.shape == [shape[0]] else {
      throw TensorError.shapes(
        op: "cross_entropy", shape, labels.shape, hint: "logits [b, k] and labels [b] are needed")
    }
    guard shape[0] > 0 || reduction == .none else {
      throw TensorError.shape(op: "cross_entropy", got: shape, expected: "the batch must not be empty")
    }
    guard 0..<1 ~= smoothing else {
      throw TensorError.value(
        op: "cross_entropy", what: "label_smoothing", got: "\(smoothing)", allowed: "0 up to, but not, 1 is allowed")
    }
    try labels.expectLabels("cross_entropy", "label", below: shape[1])
  }

  private static func write(_ losses: [Double], to y: Tensor, _ reduction: LossReduction) {
    switch reduction {
    case .mean: y.floatPointer.pointee = Float(losses.reduce(0, +) / Double(losses.count))
    case .sum: y.floatPointer.pointee = Float(losses.reduce(0, +))
    case .none: for (row, loss) in losses.enumerated() { y.floatPointer[row] = Float(loss) }
    }
  }

  /// Loss of one row from the logarithms of its probabilities.
  static func crossEntropyLoss(
    _ logs: UnsafePointer<Float>, _ k: Int, _ target: Int, _ smoothing: Double
  ) -> Double {
    let hard = -Double(logs[target])
    // Without smoothing the sum is not formed: it may be infinite where the target's logarithm is not.
    return smoothing == 0 ? hard : (1 - smoothing) * hard - smoothing / Double(k) * Kernels.reduction.sum(logs, k)
  }

  /// Softmax less the target, times a factor per row.
  private static func crossEntropyGradient(
    _ logs: Tensor, _ targets: [Int], _ smoothing: Double, factor: (Int) -> Float
  ) -> Tensor {
    let k = logs.shape[1]
    let gx = logs.uninitializedLike()
    Kernels.elementwise.unary(.exponential, logs.floatPointer, gx.floatPointer, gx.count)
    let spread = Float(smoothing / Double(k)), peak = Float(1 - smoothing)
    for (row, target) in targets.enumerated() {
      let g = gx.floatPointer + row * k
      if spread != 0 { Kernels.elementwise.binaryScalar(.subtract, g, spread, g, k) }
      g[target] -= peak
      Kernels.elementwise.scale(factor(row), g, g, k)
    }
    return gx
  }

  /// The oracle: the definition, from recorded operations.
  private func referenceCrossEntropy(_ labels: Tensor, _ smoothing: Double) throws -> Tensor {
    let (rows, k) = (shape[0], shape[1])
    var target = [Double](repeating: smoothing / Double(k), count: count)
    for (row, label) in labels.uncheckedIntegers.enumerated() { target[row * k + label] += 1 - smoothing }
    return try logSoftmax().weighted(by: Tensor(target, shape: [rows, k])).sum(axes: [1]).neg()
  }
}
