import Kernels

/// The positions of the elements of each row by size, from 0, as int64.
struct SortPlanOperation: PlanOperation, Equatable {
  let name = "argsort"
  let isDescending: Bool
  let rows: Int
  let size: Int

  /// Notes the positions along a resolved axis, which comes last in the memory of `y`.
  static func note(_ x: Tensor, along axis: Int, isDescending: Bool, _ y: Tensor) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(
      Self(isDescending: isDescending, rows: x.count / Swift.max(x.shape[axis], 1), size: x.shape[axis]),
      [(x.detach(), x.rowStrides(over: [axis]))], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, rows, size, isDescending) = (builder[node.inputs[0]], builder[node.output], rows, size, isDescending)
    builder.step(name, reads: [x], writes: [y], flops: node.output.count) { memory in
      let (input, output) = (memory[x], memory.labels(y))
      return { run in
        do {
          try Tensor.sortRows(input, rows, size, isDescending: isDescending, output)
        } catch {
          // A request to stop is found after the step.
          run.failure = error as? TensorError
        }
      }
    }
  }

  /// A position has no gradient.
  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}

/// `(1 - weight) a + weight b`, exactly both where they are equal.
struct InterpolatePlanOperation: PlanOperation, Equatable {
  let name = "interpolate"
  let weight: Double

  static func note(_ a: Tensor, _ b: Tensor, _ weight: Double, _ y: Tensor) -> PlanNote {
    PlanNote(Self(weight: weight), [a, b].map { ($0, y.shape.rowMajorStrides) }, y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (a, b, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let (count, weight) = (node.output.count, weight)
    builder.step(name, reads: [a, b], writes: [y], flops: 3 * count) { memory in
      let (x, z, out) = (memory[a], memory[b], memory[y])
      return { _ in
        for i in 0..<count {
          let (low, high) = (Double(x[i]), Double(z[i]))
          out[i] = low == high ? x[i] : Float(low + (high - low) * weight)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    for (input, share) in zip(node.inputs, [Float(1 - weight), Float(weight)]) {
      builder.contribute(to: input) { gx in
        builder.step(name, reads: [gy], writes: [gx], flops: input.count) { memory in
          let (g, out) = (memory[gy], memory[gx])
          return { _ in Kernels.elementwise.scale(share, g, out, input.count) }
        }
      }
    }
  }
}
