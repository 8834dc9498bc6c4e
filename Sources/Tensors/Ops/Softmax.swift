import Kernels

/// Normalized exponentials along an axis.
extension Tensor {
  /// Returns exponentials divided by their sum along an axis.
  ///
  /// - Throws: ``TensorError/axis(op:got:rank:)``.
  public func softmax(axis: Int = -1) throws -> Tensor {
    let axis = try softmaxAxis("softmax", axis)
    if elementType == .float64 || count == 0 {
      let e = try shifted(axis).exp()
      return try e.div(e.sum(axes: [axis], keepAxes: true))
    }
    return softmax("softmax", axis, Kernels.softmax.softmax, Kernels.softmax.softmaxGradient)
  }

  /// Returns the logarithm of the softmax along an axis, without underflow.
  ///
  /// - Throws: ``TensorError/axis(op:got:rank:)``.
  public func logSoftmax(axis: Int = -1) throws -> Tensor {
    let axis = try softmaxAxis("log_softmax", axis)
    if elementType == .float64 || count == 0 {
      let z = try shifted(axis)
      return try z.sub(z.exp().sum(axes: [axis], keepAxes: true).log())
    }
    return softmax("log_softmax", axis, Kernels.softmax.logSoftmax, Kernels.softmax.logSoftmaxGradient)
  }

  private func softmaxAxis(_ op: String, _ axis: Int) throws -> Int {
    try expectFloat(op)
    return try self.axis(axis, op: op)
  }

  /// Less the largest element along the axis, a constant: the result does not depend on it.
  private func shifted(_ axis: Int) throws -> Tensor {
    count == 0 ? self : try sub(detach().max(axis: axis, keepAxis: true))
  }

  private typealias RowKernel = @Sendable (Input, Output, Int, Int) -> Void
  private typealias RowGradient = @Sendable (Input, Input, Output, Int, Int) -> Void

  private func softmax(
    _ op: String, _ axis: Int, _ kernel: RowKernel, _ gradientKernel: @escaping RowGradient
  ) -> Tensor {
    let n = shape[axis], rows = count / n
    let order = shape.indices.filter { $0 != axis } + [axis]
    let x = laidOut(shape.strides(inMemoryOrder: order))
    let result = x.reinterpreted(shape, strides: shape.strides(inMemoryOrder: order)).uninitializedLike()
    Profiler.measure(op, bytes: 2 * x.byteCount) { kernel(x.floatPointer, result.floatPointer, rows, n) }
    let y = result.detach()
    return Tape.record(
      op, [self], saving: [y], result,
      plan: PlanNote(
        SoftmaxPlanOperation(isLogarithm: op == "log_softmax", rows: rows, size: n), [(self, y.strides)], result)
    ) { gradient, _ in
      let gy = gradient.laidOut(y.strides)
      let gx = y.uninitializedLike()
      gradientKernel(y.floatPointer, gy.floatPointer, gx.floatPointer, rows, n)
      return [gx]
    }
  }
}
