import Kernels

/// A linear layer with its bias, added to a residual: inputs x, weight, bias, residual.
struct ResidualLinearPlanOperation: PlanOperation, Equatable {
  let linear: LinearPlanOperation
  let name = "linear + add"

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard let linear = first.operation as? LinearPlanOperation, first.inputs.count == 3, let sum = chain.first,
      let residual = sum.residual(besides: first.output)
    else { return nil }
    return (PlanNode(operation: Self(linear: linear), inputs: first.inputs + [residual], outputs: sum.outputs), 1)
  }

  func flops(_ node: PlanNode) -> Int { linear.flops(node) + node.output.count }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (y, bias, residual) = (builder[node.output], builder[node.inputs[2]], builder[node.inputs[3]])
    let (rows, n) = (linear.rows, linear.outputs)
    PlanProduct(rows: rows, columns: n, inner: linear.inputs).add(
      to: builder, name, .init(slot: builder[node.inputs[0]], rowStride: linear.inputs, columnStride: 1),
      .init(slot: builder[node.inputs[1]], rowStride: n, columnStride: 1), y, reading: [bias, residual]
    ) { memory in
      let (result, b, past) = (memory[y], memory[bias], memory[residual])
      return { _ in
        // A few rows at a time, which are still in the cache when the second sum comes to them.
        let block = Swift.max(1, 4096 / Swift.max(n, 1))
        for first in stride(from: 0, to: rows, by: block) {
          let (start, count) = (first * n, Swift.min(block, rows - first))
          Kernels.elementwise.binaryRows(.add, result + start, b, result + start, count, n)
          Kernels.elementwise.binary(.add, past + start, result + start, result + start, count * n)
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    builder.contribute(to: node.inputs[3], same: gy)
    let inner = PlanNode(operation: linear, inputs: Array(node.inputs.prefix(3)), outputs: node.outputs)
    linear.backward(inner, gy, builder)
  }
}
