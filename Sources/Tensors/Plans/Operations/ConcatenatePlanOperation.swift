import Kernels

/// Tensors one after the other along an axis.
struct ConcatenatePlanOperation: PlanOperation, Equatable {
  let name = "concatenate"
  let axis: Int
  /// Floats that one element takes.
  let words: Int

  static func note(_ tensors: [Tensor], axis: Int, _ y: Tensor) -> PlanNote {
    PlanNote(
      Self(axis: axis, words: y.elementType == .int64 ? 2 : 1),
      tensors.filter { $0.count > 0 }.map { ($0, nil) }, y)
  }

  func flops(_ node: PlanNode) -> Int { 0 }

  /// Distance of each part's first element from the first of the whole.
  private func starts(_ node: PlanNode) -> [Int] {
    var next = 0
    return node.inputs.map { input in
      defer { next += input.shape[axis] }
      return next * node.output.strides[axis]
    }
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let parts = node.inputs.map { builder[$0] }, y = builder[node.output], starts = starts(node), words = words
    let copies = node.inputs.map { StridedCopy(shape: $0.shape, from: $0.strides, to: node.output.strides) }
    builder.step(name, reads: parts, writes: [y]) { memory in
      let sources = parts.map { memory[$0] }, output = memory[y]
      if words == 1 {
        return { _ in for i in copies.indices { copies[i].run(UnsafePointer(sources[i]), output + starts[i]) } }
      }
      let numbers = parts.map { UnsafePointer(memory.labels($0)) }, result = memory.labels(y)
      return { _ in for i in copies.indices { copies[i].run(numbers[i], result + starts[i]) } }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    for (input, start) in zip(node.inputs, starts(node)) {
      let copy = StridedCopy(shape: input.shape, from: node.output.strides, to: input.denseStrides)
      builder.contribute(to: input) { gx in
        builder.step(name, reads: [gy], writes: [gx]) { memory in
          let (g, out) = (UnsafePointer(memory[gy] + start), memory[gx])
          return { _ in copy.run(g, out) }
        }
      }
    }
  }
}
