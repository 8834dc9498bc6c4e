import Kernels

/// The elements in other places, each in exactly one of them; other places hold one value.
struct RearrangePlanOperation: PlanOperation, Equatable {
  /// A box of elements and where it goes, from the first elements of a row-major input and of the output.
  struct Piece: Equatable {
    let shape: Shape
    let source: Int
    let sourceStrides: [Int]
    let target: Int
  }

  let name: String
  let pieces: [Piece]
  /// What stands where nothing goes; nil where there is no such place.
  let filling: Float?

  /// Notes the pieces of `x`, described as if it lay row-major.
  private static func note(
    _ name: String, _ x: Tensor, _ pieces: [Piece], filling: Double? = nil, _ y: Tensor
  ) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(
      Self(name: name, pieces: pieces, filling: filling.map { Float($0) }), [(x, x.shape.rowMajorStrides)], y)
  }

  /// Notes elements turned around along resolved axes.
  static func noteFlip(_ x: Tensor, axes: [Int], _ y: Tensor) -> PlanNote? {
    let steps = x.shape.rowMajorStrides
    let piece = Piece(
      shape: x.shape, source: axes.reduce(0) { $0 + (x.shape[$1] - 1) * steps[$1] },
      sourceStrides: x.shape.indices.map { axes.contains($0) ? -steps[$0] : steps[$0] }, target: 0)
    return note("flip", x, [piece], y)
  }

  /// Notes elements moved towards the end of a resolved axis; those that leave it come in at its start.
  static func noteRoll(_ x: Tensor, by shift: Int, axis: Int, _ y: Tensor) -> PlanNote? {
    let steps = x.shape.rowMajorStrides, rest = x.shape[axis] - shift
    let pieces = [(0, rest, shift), (rest, shift, 0)].filter { $0.1 > 0 }.map { start, count, target in
      var shape = x.shape
      shape[axis] = count
      return Piece(
        shape: shape, source: start * steps[axis], sourceStrides: steps, target: target * y.strides[axis])
    }
    return note("roll", x, pieces, y)
  }

  /// Notes places of one value before and after the elements along a resolved axis.
  static func notePad(_ x: Tensor, axis: Int, before: Int, value: Double, _ y: Tensor) -> PlanNote? {
    let piece = Piece(
      shape: x.shape, source: 0, sourceStrides: x.shape.rowMajorStrides, target: before * y.strides[axis])
    return note("pad", x, [piece], filling: value, y)
  }

  func flops(_ node: PlanNode) -> Int { 0 }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, pieces, filling, count) = (
      builder[node.inputs[0]], builder[node.output], pieces, filling, node.output.count
    )
    let copies = pieces.map { StridedCopy(shape: $0.shape, from: $0.sourceStrides, to: node.output.strides) }
    builder.step(name, reads: [x], writes: [y]) { memory in
      let (input, output) = (UnsafePointer(memory[x]), memory[y])
      return { _ in
        if let filling { Kernels.elementwise.fill(filling, output, count) }
        for (piece, copy) in zip(pieces, copies) { copy.run(input + piece.source, output + piece.target) }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let pieces = pieces
    let copies = pieces.map { StridedCopy(shape: $0.shape, from: node.output.strides, to: $0.sourceStrides) }
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx]) { memory in
        let (g, out) = (UnsafePointer(memory[gy]), memory[gx])
        return { _ in
          for (piece, copy) in zip(pieces, copies) { copy.run(g + piece.target, out + piece.source) }
        }
      }
    }
  }
}
