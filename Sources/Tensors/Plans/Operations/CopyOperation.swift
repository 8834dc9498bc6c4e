import Kernels

/// The same values in another order of memory.
struct CopyOperation: PlanOperation, Equatable {
  let name = "copy"
  /// Floats that one element takes.
  let words: Int

  init(of elementType: ElementType = .float32) { words = elementType == .int64 ? 2 : 1 }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, words) = (builder[node.inputs[0]], builder[node.output], words)
    let copy = StridedCopy(shape: node.output.shape, from: node.inputs[0].strides, to: node.output.strides)
    builder.step(name, reads: [x], writes: [y]) { memory in
      let (from, to) = (UnsafePointer(memory[x]), memory[y])
      if words == 1 { return { _ in copy.run(from, to) } }
      let (source, target) = (UnsafePointer(memory.labels(x)), memory.labels(y))
      return { _ in copy.run(source, target) }
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

extension PlanMemory {
  /// A slot that holds int64: labels or indices.
  func labels(_ slot: PlanSlot) -> UnsafeMutablePointer<Int64> {
    UnsafeMutableRawPointer(self[slot]).assumingMemoryBound(to: Int64.self)
  }
}
