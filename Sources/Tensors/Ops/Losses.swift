/// Losses between two tensors of one shape. Shapes never stretch here: a loss between `[b]` and `[b, 1]` is a mistake.
extension Tensor {
  /// Returns the squared error.
  ///
  /// - Parameter reduction: Over all elements; `none` keeps the shape.
  public func mse(_ target: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try expectLossShapes("mse", target)
    func compute() throws -> Tensor { try sub(target).square().reduced(reduction) }
    if reduction == .none { return try compute() }
    return try Trace.whole(
      "mse", { SquaredErrorPlanOperation.note(self, target, isMean: reduction == .mean, $0) }, compute)
  }

  /// Returns the Kullback-Leibler divergence of a target distribution from this one, in nats.
  ///
  /// Here are the logarithms of probabilities, from ``logSoftmax(axis:)``; the last axis holds the classes.
  ///
  /// - Parameters:
  ///   - target: Probabilities. A zero adds nothing.
  ///   - reduction: Over the samples, all axes but the last; `none` keeps `[…]` of `[…, k]`.
  public func klDivergence(_ target: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try expectLossShapes("kl_divergence", target)
    guard rank > 0 else {
      throw TensorError.shape(op: "kl_divergence", got: shape, expected: "an axis of classes is needed")
    }
    let smallest = elementType == .float32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
    let logTarget = try target.clamp(smallest, .greatestFiniteMagnitude).log()
    return try logTarget.sub(self).weighted(by: target).sum(axes: [-1]).reduced(reduction)
  }

  /// Multiplies by weights of the same shape; where a weight is 0 the result is, also for an infinite element.
  func weighted(by weights: Tensor) throws -> Tensor {
    let isCounted = try weights.detach().ne(0)
    return try isCounted.choose(self, Trace.outside { try .full([], 0, elementType) }).mul(weights)
  }

  /// Returns the binary cross-entropy of logits, in nats, without overflow.
  ///
  /// - Parameters:
  ///   - target: Probabilities of the positive class; a constant.
  ///   - reduction: Over all elements; `none` keeps the shape.
  public func binaryCrossEntropyWithLogits(_ target: Tensor, reduction: LossReduction = .mean) throws -> Tensor {
    try expectLossShapes("binary_cross_entropy_with_logits", target)
    let (x, t) = (detach(), target.detach())
    // With the negative of the absolute value no exponential overflows, and nothing cancels where x is large.
    let y = try Trace.hiding { try x.relu().sub(x.mul(t)).add(x.abs().neg().softplus()) }
    return try Tape.record(
      "binary_cross_entropy_with_logits", [self], saving: [x, t], y,
      plan: BinaryCrossEntropyPlanOperation.note(self, target, y)
    ) { g, _ in
      [try x.sigmoid().sub(t).mul(g)]
    }.reduced(reduction)
  }

  private func expectLossShapes(_ op: String, _ target: Tensor) throws {
    try Self.expectAlike(op, self, target)
    guard shape == target.shape else {
      throw TensorError.shapes(op: op, shape, target.shape, hint: "prediction and target must have one shape")
    }
  }
}
