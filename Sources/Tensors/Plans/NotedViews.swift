/// Views that only a note needs. They need a gradient where the tensor does that they look into.
extension Tensor {
  private func noted(_ shape: Shape, strides: [Int]) -> Tensor {
    let view = reinterpreted(shape, strides: strides)
    view.node = node
    view.isLeaf = isLeaf
    return view
  }

  /// This tensor stretched to a shape it fits.
  func notedStretched(to shape: Shape) -> Tensor { noted(shape, strides: stretchedStrides(to: shape)) }

  /// Each element once: the axes that repeat have size 1.
  var notedOnce: Tensor {
    noted(shape.indices.map { strides[$0] == 0 && shape[$0] > 1 ? 1 : shape[$0] }, strides: strides)
  }

  /// The strides that a note asks for where a kernel walks memory in any order, but without gaps or repeats.
  var walkedStrides: [Int] { isDense ? strides : shape.rowMajorStrides }
}

extension Trace {
  /// Runs an operation made of others, and notes it as a whole.
  static func whole(
    _ operation: String, _ note: (_ result: Tensor) -> PlanNote?, _ body: () throws -> Tensor
  ) rethrows -> Tensor {
    guard let trace = current else { return try body() }
    let result = try hiding(body)
    trace.note(operation, note(result), result)
    return result
  }

  /// Notes an operation without a gradient, which leaves no trace on the tape.
  static func constant(
    _ operation: String, _ result: Tensor, _ note: @autoclosure () -> PlanNote?
  ) -> Tensor {
    current?.note(operation, note(), result)
    return result
  }
}
