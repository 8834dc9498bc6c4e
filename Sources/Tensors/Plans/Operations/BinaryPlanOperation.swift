import Kernels

/// Sum, difference or product of two tensors, of which the second may be stretched.
struct BinaryPlanOperation: PlanOperation {
  let function: BinaryOperation
  let alignment: Alignment
  var name: String { function == .add ? "add" : function == .multiply ? "mul" : "sub" }

  /// Notes an operation of two tensors; nil for one that plans do not know.
  static func note(_ function: BinaryOperation, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> PlanNote? {
    guard [.add, .subtract, .multiply].contains(function) else { return nil }
    if a.shape == y.shape, let alignment = Alignment(a, b) {
      return PlanNote(Self(function: function, alignment: alignment), [(a, nil), (b, nil)], y)
    }
    guard b.shape == y.shape, function.isCommutative, let alignment = Alignment(b, a) else { return nil }
    return PlanNote(Self(function: function, alignment: alignment), [(b, nil), (a, nil)], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (a, b, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    let count = node.output.count
    let inPlace = node.inputs[1].count == count ? [(output: y, input: a), (output: y, input: b)] : [(y, a)]
    builder.step(name, reads: [a, b], writes: [y], inPlace: inPlace, flops: count) { memory in
      walk(function, memory[a], memory[b], memory[y], count)
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    if function == .multiply {
      builder.contribute(to: a) { multiply(gy, builder[b], $0, node, builder) }
    } else {
      builder.contribute(to: a, same: gy)
    }
    guard b.needsGradient else { return }
    if function == .add, b.count == node.output.count { return builder.contribute(to: b, same: gy) }
    builder.contribute(to: b) { gb in
      switch function {
      case .add: sum(gy, gb, node, builder)
      case .subtract: negate(gy, gb, node, builder)
      default:
        guard b.count < node.output.count else { return product(gy, builder[a], gb, node, builder) }
        let whole = builder.buffer(node.output.count)
        product(gy, builder[a], whole, node, builder)
        sum(whole, gb, node, builder)
      }
    }
  }

  private func walk(
    _ function: BinaryOperation, _ a: Output, _ b: Output, _ y: Output, _ count: Int
  ) -> PlanAction {
    switch alignment {
    case .same: return { _ in Kernels.elementwise.binary(function, a, b, y, count) }
    case .rows(let rows, let columns):
      return { _ in Kernels.elementwise.binaryRows(function, a, b, y, rows, columns) }
    case .columns(1, let columns): return { _ in Kernels.elementwise.binaryScalar(function, a, b[0], y, columns) }
    case .columns(let rows, let columns):
      return { _ in Kernels.elementwise.binaryColumns(function, a, b, y, rows, columns) }
    }
  }

  private func multiply(_ g: PlanSlot, _ b: PlanSlot, _ y: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    let count = node.output.count
    builder.step(name, reads: [g, b], writes: [y], inPlace: [(y, g)], flops: count) { memory in
      walk(.multiply, memory[g], memory[b], memory[y], count)
    }
  }

  private func product(_ g: PlanSlot, _ a: PlanSlot, _ y: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    let count = node.output.count
    builder.step(name, reads: [g, a], writes: [y], inPlace: [(y, g)], flops: count) { memory in
      let (x, z, out) = (memory[g], memory[a], memory[y])
      return { _ in Kernels.elementwise.binary(.multiply, x, z, out, count) }
    }
  }

  private func negate(_ g: PlanSlot, _ gb: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    let count = node.output.count, isStretched = node.inputs[1].count < count
    let whole = isStretched ? builder.buffer(count) : gb
    builder.step(name, reads: [g], writes: [whole], inPlace: [(whole, g)], flops: count) { memory in
      let (x, y) = (memory[g], memory[whole])
      return { _ in Kernels.elementwise.unary(.negate, x, y, count) }
    }
    if isStretched { sum(whole, gb, node, builder) }
  }

  /// Adds up over the axes along which the second operand was stretched.
  private func sum(_ g: PlanSlot, _ gb: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    let count = node.output.count
    builder.step("sum", reads: [g], writes: [gb], flops: count) { memory in
      let (x, y) = (memory[g], memory[gb])
      switch alignment {
      case .same: return { _ in y.update(from: x, count: count) }
      case .rows(let rows, let columns): return { _ in Kernels.reduction.columnSums(x, y, rows, columns, false) }
      case .columns(1, let columns): return { _ in y[0] = Float(Kernels.reduction.sum(x, columns)) }
      case .columns(let rows, let columns): return { _ in Kernels.reduction.rowSums(x, y, rows, columns) }
      }
    }
  }
}
