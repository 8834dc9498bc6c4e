import Kernels

extension Tensor {
  /// Repeats each pixel `scale` times in both directions.
  ///
  /// - Returns: `[b, c, h * scale, w * scale]`, channels last, for `[b, c, h, w]` here.
  /// - Throws: ``TensorError/shape(op:got:expected:)``, ``TensorError/range(op:what:got:allowed:)``.
  public func upsampleNearest2d(scale: Int) throws -> Tensor {
    let op = "upsample_nearest2d"
    try expectFloat(op)
    try expectRank(op, 4, "images [b, c, h, w] are needed")
    guard 1...1024 ~= scale else { throw TensorError.range(op: op, what: "scale", got: scale, allowed: 1...1024) }
    if elementType == .float64 { return try referenceUpsample(scale) }
    let (b, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    let x = channelsLastCopyIfNeeded
    let y = try Tensor.uninitializedImage([b, c, h * scale, w * scale], op)
    Profiler.measure(op, bytes: x.byteCount + y.byteCount) {
      Kernels.pooling.upsampleNearest(b, h, w, c, scale, x.floatPointer, y.floatPointer)
    }
    return Tape.record(
      op, [self], saving: [], y,
      plan: PlanNote(UpsamplePlanOperation(shape: shape, scale: scale), [(self, shape.channelsLastStrides)], y)
    ) { gradient, _ in
      let gy = gradient.channelsLastCopyIfNeeded
      let gx = try Tensor.uninitializedImage([b, c, h, w], op)
      Kernels.pooling.upsampleNearestGradient(b, h, w, c, scale, gy.floatPointer, gx.floatPointer)
      return [gx]
    }
  }

  /// The oracle: stretched copies of each pixel.
  private func referenceUpsample(_ scale: Int) throws -> Tensor {
    let (b, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    let copies = try reshape([b, c, h, 1, w, 1]).expand([b, c, h, scale, w, scale])
    return try copies.reshape([b, c, h * scale, w * scale])
  }
}
