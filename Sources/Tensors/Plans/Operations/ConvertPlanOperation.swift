import Kernels

/// Whole numbers as float32, or numbers as int64 with their fractions cut off; neither has a gradient.
struct ConvertPlanOperation: PlanOperation, Equatable {
  let name = "to"
  let isToInteger: Bool

  static func note(_ x: Tensor, _ y: Tensor) -> PlanNote {
    PlanNote(Self(isToInteger: y.elementType == .int64), [(x.detach(), y.strides)], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, count) = (builder[node.inputs[0]], builder[node.output], node.output.count)
    let isToInteger = isToInteger
    builder.step(name, reads: [x], writes: [y], flops: count) { memory in
      if isToInteger {
        let (input, output) = (memory[x], memory.labels(y))
        return { _ in for i in 0..<count { output[i] = Int64(saturating: Double(input[i])) } }
      }
      let (input, output) = (memory.labels(x), memory[y])
      return { _ in for i in 0..<count { output[i] = Float(input[i]) } }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}

/// Rows of zeros with a 1 at each label: the input is int64.
struct OneHotPlanOperation: PlanOperation, Equatable {
  let name = "one_hot"
  let classes: Int

  static func note(_ labels: Tensor, _ y: Tensor) -> PlanNote {
    PlanNote(Self(classes: y.shape.last ?? 0), [(labels, labels.shape.rowMajorStrides)], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (labels, y, classes) = (builder[node.inputs[0]], builder[node.output], classes)
    let (rows, count) = (node.inputs[0].count, node.output.count)
    builder.step(name, reads: [labels], writes: [y]) { memory in
      let (numbers, output) = (memory.labels(labels), memory[y])
      return { run in
        Kernels.elementwise.fill(0, output, count)
        for row in 0..<rows {
          guard let label = run.checked(numbers[row], below: classes, "one_hot", "label") else { return }
          output[row * classes + label] = 1
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {}
}
