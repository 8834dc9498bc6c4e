extension Tensor {
  /// Sets elements to zero at random and scales the rest, so that each keeps its mean.
  ///
  /// - Parameters:
  ///   - probability: Chance of a zero, in [0, 1).
  ///   - stream: Source of the choice, element by element in row-major order.
  /// - Throws: ``TensorError/value(op:what:got:allowed:)``.
  /// - Source: Srivastava et al., JMLR 2014, <https://jmlr.org/papers/v15/srivastava14a.html>.
  public func dropout(probability: Double, stream: inout RandomStream) throws -> Tensor {
    try expectDropout("dropout", probability)
    if probability == 0 { return self }
    let start = stream.position
    let y = try Trace.hiding {
      try contiguous().mul(Self.dropoutMask(shape, probability, elementType, &stream))
    }
    noteDropout(DropoutPlanOperation(probability: probability, images: nil), shape.rowMajorStrides, y, start, stream)
    return y
  }

  /// Sets whole channels of images to zero at random and scales the rest.
  ///
  /// - Parameters:
  ///   - probability: Chance of a zero, in [0, 1).
  ///   - stream: Source of the choice, channel by channel, image by image.
  /// - Returns: `[b, c, h, w]`, channels last, for `[b, c, h, w]` here.
  /// - Throws: ``TensorError/value(op:what:got:allowed:)``, ``TensorError/shape(op:got:expected:)``.
  /// - Source: Tompson et al., CVPR 2015, <https://arxiv.org/abs/1411.4280>.
  public func channelDropout(probability: Double, stream: inout RandomStream) throws -> Tensor {
    try expectDropout("dropout2d", probability)
    try expectRank("dropout2d", 4, "images [b, c, h, w] are needed")
    if probability == 0 { return self }
    let start = stream.position, (b, c) = (shape[0], shape[1])
    let y = try Trace.hiding {
      let mask = try Self.dropoutMask([b, c, 1, 1], probability, elementType, &stream)
      return try channelsLast().mul(mask.expand(shape).channelsLast())
    }
    let images = DropoutPlanOperation.Images(count: b, pixels: shape[2] * shape[3], channels: c)
    noteDropout(
      DropoutPlanOperation(probability: probability, images: images), shape.channelsLastStrides, y, start, stream)
    return y
  }

  private func expectDropout(_ op: String, _ probability: Double) throws {
    try expectFloat(op)
    guard 0..<1 ~= probability else {
      throw TensorError.value(
        op: op, what: "probability", got: "\(probability)", allowed: "0 up to, but not, 1 is allowed")
    }
  }

  /// Zeros, and what keeps the mean.
  private static func dropoutMask(
    _ shape: Shape, _ probability: Double, _ elementType: ElementType, _ stream: inout RandomStream
  ) throws -> Tensor {
    let draws = try uninitialized(shape, op: "dropout")
    stream.fillUniform(draws.floatPointer, count: draws.count)
    return try draws.ge(probability).div(1 - probability).to(elementType)
  }

  private func noteDropout(
    _ operation: DropoutPlanOperation, _ strides: [Int], _ y: Tensor, _ start: UInt64, _ stream: RandomStream
  ) {
    guard let trace = Trace.current else { return }
    trace.noteDraws(from: start, to: stream.position)
    trace.note(operation.name, PlanNote(operation, [(self, strides)], y), y)
  }
}
