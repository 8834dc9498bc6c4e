import Kernels

extension Tensor {
  /// Returns `x Wᵀ + b`: the affine map of a fully connected layer, on the last axis.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs]`; fastest where its memory lies `[inputs, outputs]`.
  ///   - bias: `[outputs]`.
  /// - Returns: `[…, outputs]` for `[…, inputs]` here.
  /// - Throws: ``TensorError/shapes(op:_:_:hint:)``, ``TensorError/shape(op:got:expected:)``.
  public func linear(weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    try Self.expectAlike("linear", self, weight, bias)
    guard rank > 0, weight.rank == 2, shape[rank - 1] == weight.shape[1] else {
      throw TensorError.shapes(
        op: "linear", shape, weight.shape, hint: "the last axis must have the size of the weight's second")
    }
    let outputs = weight.shape[0]
    try Self.expectVector("linear", "bias", bias, outputs)
    let x = rank == 1 ? detach().reinterpreted([1, count], strides: [count, strides[0]]) : collapsed()
    let w = weight.detach()
    let flat = try Self.product(x, w.swapped)
    if let bias { flat.addToRows(bias) }
    let (inputShape, outputShape) = (shape, Array(shape.dropLast()) + [outputs])
    let y = flat.reinterpreted(outputShape, strides: outputShape.rowMajorStrides)
    return Tape.record(
      "linear", [self, weight] + (bias.map { [$0] } ?? []), saving: [x, w], y,
      plan: LinearPlanOperation.note(self, weight, bias, y)
    ) { gradient, needs in
      let row = gradient.contiguousCopyIfNeeded()
      let g = row.reinterpreted([x.shape[0], outputs], strides: [outputs, 1])
      let gx = needs[0] ? try Self.product(g, w) : nil
      return [
        gx?.reinterpreted(inputShape, strides: inputShape.rowMajorStrides),
        needs[1] ? try Self.productAs(w.swapped, x, g).swapped : nil,
      ] + (needs.count > 2 ? [needs[2] ? try g.columnSums() : nil] : [])
    }
  }

  /// Adds a vector to each row of a contiguous matrix, unseen by the tape.
  private func addToRows(_ vector: Tensor) {
    let (rows, columns, v) = (shape[0], shape[1], vector.contiguousCopyIfNeeded())
    Profiler.measure("linear", bytes: 2 * byteCount) {
      if elementType == .float32 {
        Kernels.elementwise.binaryRows(.add, floatPointer, v.floatPointer, floatPointer, rows, columns)
      } else {
        for i in 0..<count { doublePointer[i] += v.doublePointer[i % columns] }
      }
    }
  }

  /// Sums of the columns of a contiguous matrix, unseen by the tape.
  func columnSums() throws -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let sums = try Tensor.zeros([columns], elementType)
    if elementType == .float32 {
      if rows > 0 { Kernels.reduction.columnSums(floatPointer, sums.floatPointer, rows, columns, false) }
    } else {
      for i in 0..<count { sums.doublePointer[i % columns] += doublePointer[i] }
    }
    return sums
  }
}
