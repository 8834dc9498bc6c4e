import Kernels

/// Largest element of each window of channels-last images.
struct MaximumPoolPlanOperation: PlanOperation, Equatable {
  let name = "max_pool2d"
  let shape: PoolShape

  func flops(_ node: PlanNode) -> Int { node.output.count * shape.kernelHeight * shape.kernelWidth }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, shape) = (builder[node.inputs[0]], builder[node.output], shape)
    let places = builder.buffer(node.output.count)
    builder.saved = [places]
    builder.step(name, reads: [x], writes: [y, places], flops: flops(node)) { memory in
      let (input, output, indices) = (memory[x], memory[y], memory.integers(places))
      return { _ in Kernels.pooling.maximum(shape, input, output, indices) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let places = builder.saved[0], shape = shape
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, places], writes: [gx], flops: node.output.count) { memory in
        let (g, result, indices) = (memory[gy], memory[gx], memory.integers(places))
        return { _ in Kernels.pooling.maximumGradient(shape, g, indices, result) }
      }
    }
  }
}

/// Mean of each window of channels-last images.
struct AveragePoolPlanOperation: PlanOperation, Equatable {
  let name = "average_pool2d"
  let shape: PoolShape

  func flops(_ node: PlanNode) -> Int { node.output.count * shape.kernelHeight * shape.kernelWidth }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, shape) = (builder[node.inputs[0]], builder[node.output], shape)
    builder.step(name, reads: [x], writes: [y], flops: flops(node)) { memory in
      let (input, output) = (memory[x], memory[y])
      return { _ in Kernels.pooling.average(shape, input, output) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let shape = shape
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx], flops: flops(node)) { memory in
        let (g, result) = (memory[gy], memory[gx])
        return { _ in Kernels.pooling.averageGradient(shape, g, result) }
      }
    }
  }
}

/// Each pixel repeated in both directions.
struct UpsamplePlanOperation: PlanOperation, Equatable {
  let name = "upsample_nearest2d"
  /// Of the input, `[b, c, h, w]`.
  let shape: Shape
  let scale: Int

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, shape, scale) = (builder[node.inputs[0]], builder[node.output], shape, scale)
    builder.step(name, reads: [x], writes: [y]) { memory in
      let (input, output) = (memory[x], memory[y])
      return { _ in
        Kernels.pooling.upsampleNearest(shape[0], shape[2], shape[3], shape[1], scale, input, output)
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (shape, scale) = (shape, scale)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx], flops: node.output.count) { memory in
        let (g, result) = (memory[gy], memory[gx])
        return { _ in
          Kernels.pooling.upsampleNearestGradient(shape[0], shape[2], shape[3], shape[1], scale, g, result)
        }
      }
    }
  }
}

extension PlanMemory {
  /// A slot that holds whole numbers.
  func integers(_ slot: PlanSlot) -> UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(self[slot]).assumingMemoryBound(to: Int32.self)
  }
}
