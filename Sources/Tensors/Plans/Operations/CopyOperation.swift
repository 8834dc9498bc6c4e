import Kernels

/// The same values in another order of memory.
struct CopyOperation: PlanOperation {
  let name = "copy"

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y) = (builder[node.inputs[0]], builder[node.output])
    let copy = StridedCopy(shape: node.output.shape, from: node.inputs[0].strides, to: node.output.strides)
    builder.step(name, reads: [x], writes: [y]) { memory in
      let (from, to) = (UnsafePointer(memory[x]), memory[y])
      return { _ in copy.run(from, to) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let input = node.inputs[0]
    let copy = StridedCopy(shape: input.shape, from: node.output.strides, to: input.denseStrides)
    builder.contribute(to: input) { gx in
      builder.step(name, reads: [gy], writes: [gx]) { memory in
        let (from, to) = (UnsafePointer(memory[gy]), memory[gx])
        return { _ in copy.run(from, to) }
      }
    }
  }
}
