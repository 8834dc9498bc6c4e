import Kernels

/// A sum over axes.
struct SumPlanOperation: PlanOperation, Equatable {
  /// How the elements of one sum lie in memory.
  enum Layout: Equatable {
    /// Below each other: the input is `[terms, sums]`.
    case columns(terms: Int, sums: Int)
    /// Side by side: the input is `[sums, terms]`.
    case rows(sums: Int, terms: Int)
  }

  let name = "sum"
  let layout: Layout

  /// Notes a sum over resolved axes, which the result keeps.
  static func note(_ x: Tensor, over axes: [Int], _ y: Tensor) -> PlanNote {
    let rest = x.shape.indices.filter { !axes.contains($0) }
    let order = x.isDense ? x.memoryOrder.filter(axes.contains) : axes
    let outermost = x.shape.strides(inMemoryOrder: order + rest)
    if x.isDense, y.count > 1, Tensor.agree(x.shape, x.strides, outermost) {
      return PlanNote(Self(layout: .columns(terms: x.count / y.count, sums: y.count)), [(x, outermost)], y)
    }
    let layout = Layout.rows(sums: y.count, terms: x.count / Swift.max(y.count, 1))
    return PlanNote(Self(layout: layout), [(x, x.shape.strides(inMemoryOrder: rest + order))], y)
  }

  func flops(_ node: PlanNode) -> Int { node.inputs[0].count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, layout) = (builder[node.inputs[0]], builder[node.output], layout)
    builder.step(name, reads: [x], writes: [y], flops: flops(node)) { memory in
      let (input, output) = (memory[x], memory[y])
      switch layout {
      case .columns(let terms, let sums):
        return { _ in Kernels.reduction.columnSums(input, output, terms, sums, false) }
      case .rows(1, let terms): return { _ in output[0] = Float(Kernels.reduction.sum(input, terms)) }
      case .rows(let sums, let terms): return { _ in Kernels.reduction.rowSums(input, output, sums, terms) }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let layout = layout
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx]) { memory in
        let (g, out) = (memory[gy], memory[gx])
        switch layout {
        case .columns(let terms, let sums):
          return { _ in for term in 0..<terms { (out + term * sums).update(from: g, count: sums) } }
        case .rows(let sums, let terms):
          return { _ in for sum in 0..<sums { Kernels.elementwise.fill(g[sum], out + sum * terms, terms) } }
        }
      }
    }
  }
}
