import Kernels

/// `x Wᵀ + b` for rows `[rows, inputs]` and a weight in memory order `[inputs, outputs]`.
struct LinearPlanOperation: PlanOperation, Equatable {
  let name = "linear"
  let rows: Int
  let inputs: Int
  let outputs: Int

  static func note(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ y: Tensor) -> PlanNote {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let operation = Self(rows: x.count / Swift.max(inputs, 1), inputs: inputs, outputs: outputs)
    let vector = bias.map { [(tensor: $0, strides: Optional([1]))] } ?? []
    return PlanNote(operation, [(x, x.shape.rowMajorStrides), (weight, [1, outputs])] + vector, y)
  }

  func flops(_ node: PlanNode) -> Int { 2 * rows * inputs * outputs }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, w, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let bias = node.inputs.count > 2 ? builder[node.inputs[2]] : nil
    let (rows, outputs) = (rows, outputs)
    PlanProduct(rows: rows, columns: outputs, inner: inputs).add(
      to: builder, name, .init(slot: x, rowStride: inputs, columnStride: 1),
      .init(slot: w, rowStride: outputs, columnStride: 1), y, reading: bias.map { [$0] } ?? [],
      finish: bias.map { bias in
        { memory in
          let (b, result) = (memory[bias], memory[y])
          return { _ in Kernels.elementwise.binaryRows(.add, result, b, result, rows, outputs) }
        }
      })
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    backwardOfProduct(node, gy, builder)
    guard node.inputs.count > 2 else { return }
    builder.contribute(to: node.inputs[2]) { gb in builder.columnSums(gy, gb, rows, outputs) }
  }

  /// Adds the gradients of input and weight.
  func backwardOfProduct(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, w) = (builder[node.inputs[0]], builder[node.inputs[1]])
    builder.contribute(to: node.inputs[0]) { gx in
      PlanProduct(rows: rows, columns: inputs, inner: outputs).add(
        to: builder, name, .init(slot: gy, rowStride: outputs, columnStride: 1),
        .init(slot: w, rowStride: 1, columnStride: outputs), gx)
    }
    builder.contribute(to: node.inputs[1]) { gw in
      PlanProduct(rows: inputs, columns: outputs, inner: rows).add(
        to: builder, name, .init(slot: x, rowStride: 1, columnStride: inputs),
        .init(slot: gy, rowStride: outputs, columnStride: 1), gw)
    }
  }
}

extension PlanBuilder {
  /// Adds the step that sums the columns of `x[rows, columns]`.
  func columnSums(_ x: PlanSlot, _ y: PlanSlot, _ rows: Int, _ columns: Int) {
    step("sum", reads: [x], writes: [y], flops: rows * columns) { memory in
      let (input, sums) = (memory[x], memory[y])
      return { _ in Kernels.reduction.columnSums(input, sums, rows, columns, false) }
    }
  }
}
