import Kernels

/// Elements of one tensor where a condition is not 0, and of another elsewhere: inputs condition, a, b.
struct ChoosePlanOperation: PlanOperation, Equatable {
  let name = "where"

  /// Notes a choice. A single number stays one, all else is stretched to the result's order of memory.
  static func note(_ condition: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> PlanNote {
    let operands = [condition.detach(), a, b].map { tensor -> (tensor: Tensor, strides: [Int]?) in
      tensor.count == 1 ? (tensor, nil) : (tensor.notedStretched(to: y.shape), y.strides)
    }
    return PlanNote(Self(), operands, y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let slots = node.inputs.map { builder[$0] }, y = builder[node.output], count = node.output.count
    let isSingle = node.inputs.map { $0.count == 1 }
    let inPlace = (1...2).filter { !isSingle[$0] }.map { (output: y, input: slots[$0]) }
    builder.step(name, reads: slots, writes: [y], inPlace: inPlace, flops: count) { memory in
      let (condition, a, b, out) = (memory[slots[0]], memory[slots[1]], memory[slots[2]], memory[y])
      return { _ in
        if isSingle[0] {
          return Self.spread(condition[0] != 0 ? a : b, isSingle: isSingle[condition[0] != 0 ? 1 : 2], out, count)
        }
        switch (isSingle[1], isSingle[2]) {
        case (false, false): for i in 0..<count { out[i] = condition[i] != 0 ? a[i] : b[i] }
        case (false, true):
          let number = b[0]
          for i in 0..<count { out[i] = condition[i] != 0 ? a[i] : number }
        case (true, false):
          let number = a[0]
          for i in 0..<count { out[i] = condition[i] != 0 ? number : b[i] }
        case (true, true):
          let (yes, no) = (a[0], b[0])
          for i in 0..<count { out[i] = condition[i] != 0 ? yes : no }
        }
      }
    }
  }

  private static func spread(_ x: Input, isSingle: Bool, _ y: Output, _ count: Int) {
    if isSingle {
      Kernels.elementwise.fill(x[0], y, count)
    } else if x != Input(y) {
      y.update(from: x, count: count)
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    for (operand, isTaken) in [(node.inputs[1], true), (node.inputs[2], false)] {
      builder.contribute(to: operand) { addGradient(node, gy, $0, of: operand, where: isTaken, builder) }
    }
  }

  private func addGradient(
    _ node: PlanNode, _ gy: PlanSlot, _ gx: PlanSlot, of operand: PlanOperand, where isTaken: Bool,
    _ builder: PlanBuilder
  ) {
    let condition = builder[node.inputs[0]], count = node.output.count
    let stride = node.inputs[0].count == 1 ? 0 : 1
    let isSum = operand.count == 1 && count > 1
    builder.step(name, reads: [gy, condition], writes: [gx], inPlace: isSum ? [] : [(gx, gy)], flops: count) { memory in
      let (g, c, out) = (memory[gy], memory[condition], memory[gx])
      if isSum {
        return { _ in
          var sum = 0.0
          for i in 0..<count where (c[i &* stride] != 0) == isTaken { sum += Double(g[i]) }
          out[0] = Float(sum)
        }
      }
      return { _ in for i in 0..<count { out[i] = (c[i &* stride] != 0) == isTaken ? g[i] : 0 } }
    }
  }
}
