import Glibc
import Kernels

/// Arithmetic or a comparison of two tensors, of which the second may be stretched.
struct BinaryPlanOperation: PlanOperation, Equatable {
  let function: BinaryOperation
  let alignment: Alignment
  var name: String { function.planName }

  /// nil for whole numbers, whose arithmetic tells of overflow.
  static func note(_ function: BinaryOperation, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> PlanNote? {
    guard a.elementType == .float32 else { return nil }
    if a.shape == y.shape, let alignment = Alignment(a, b) {
      return PlanNote(Self(function: function, alignment: alignment), [(a, nil), (b.notedOnce, nil)], y)
    }
    if b.shape == y.shape, function.isCommutative, let alignment = Alignment(b, a) {
      return PlanNote(Self(function: function, alignment: alignment), [(b, nil), (a.notedOnce, nil)], y)
    }
    let operands = [a, b].map { (tensor: $0.notedStretched(to: y.shape), strides: Optional(y.shape.rowMajorStrides)) }
    return PlanNote(Self(function: function, alignment: .same), operands, y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (a, b, y) = (builder[node.inputs[0]], builder[node.inputs[1]], builder[node.output])
    addWalk(
      function, a, b, y, node, builder, inPlace: alignment == .same ? [(output: y, input: a), (y, b)] : [(y, a)])
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    switch function {
    case .add:
      builder.contribute(to: a, same: gy)
      if alignment == .same { return builder.contribute(to: b, same: gy) }
      builder.contribute(to: b) { addSum(gy, $0, node, builder) }
    case .subtract:
      builder.contribute(to: a, same: gy)
      builder.contribute(to: b) { gb in
        if alignment != .same { addSum(gy, gb, node, builder) }
        let source = alignment == .same ? gy : gb
        builder.step(name, reads: [source], writes: [gb], inPlace: [(gb, source)], flops: b.count) { memory in
          let (g, out) = (memory[source], memory[gb])
          return { _ in Kernels.elementwise.unary(.negate, g, out, b.count) }
        }
      }
    case .multiply:
      builder.contribute(to: a) { addWalk(.multiply, gy, builder[b], $0, node, builder, inPlace: [($0, gy)]) }
      builder.contribute(to: b) { addSumOfProducts(gy, builder[a], $0, node, builder) }
    case .divide:
      builder.contribute(to: a) { addWalk(.divide, gy, builder[b], $0, node, builder, inPlace: [($0, gy)]) }
      builder.contribute(to: b) { addDivisorGradient(gy, $0, node, builder) }
    case .maximum, .minimum: addExtremumGradients(node, gy, builder)
    case .power: addPowerGradients(node, gy, builder)
    case .equal, .less, .lessEqual: break
    }
  }

  // MARK: Steps

  private func addWalk(
    _ function: BinaryOperation, _ a: PlanSlot, _ b: PlanSlot, _ y: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder,
    inPlace: [(output: PlanSlot, input: PlanSlot)]
  ) {
    let count = node.output.count
    builder.step(name, reads: [a, b], writes: [y], inPlace: inPlace, flops: count) { memory in
      let (x, z, out) = (memory[a], memory[b], memory[y])
      switch alignment {
      case .same: return { _ in Kernels.elementwise.binary(function, x, z, out, count) }
      case .rows(let rows, let columns):
        return { _ in Kernels.elementwise.binaryRows(function, x, z, out, rows, columns) }
      case .columns(1, let columns): return { _ in Kernels.elementwise.binaryScalar(function, x, z[0], out, columns) }
      case .columns(let rows, let columns):
        return { _ in Kernels.elementwise.binaryColumns(function, x, z, out, rows, columns) }
      case .groups(let groups, let rows, let columns):
        return { _ in
          for group in 0..<groups {
            let start = group * rows * columns
            Kernels.elementwise.binaryRows(function, x + start, z + group * columns, out + start, rows, columns)
          }
        }
      }
    }
  }

  /// Adds up over the axes along which the second operand was stretched.
  private func addSum(_ g: PlanSlot, _ gb: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    let count = node.output.count
    builder.step("sum", reads: [g], writes: [gb], flops: count) { memory in
      let (x, y) = (memory[g], memory[gb])
      switch alignment {
      case .same: return { _ in y.update(from: x, count: count) }
      case .rows(let rows, let columns): return { _ in Kernels.reduction.columnSums(x, y, rows, columns, false) }
      case .columns(1, let columns): return { _ in y[0] = Float(Kernels.reduction.sum(x, columns)) }
      case .columns(let rows, let columns): return { _ in Kernels.reduction.rowSums(x, y, rows, columns) }
      case .groups(let groups, let rows, let columns):
        return { _ in
          for group in 0..<groups {
            Kernels.reduction.columnSums(x + group * rows * columns, y + group * columns, rows, columns, false)
          }
        }
      }
    }
  }

  /// Adds up the products of two tensors of the output's shape.
  private func addSumOfProducts(
    _ g: PlanSlot, _ x: PlanSlot, _ gb: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder
  ) {
    let count = node.output.count
    if case .columns(let rows, let columns) = alignment {
      return builder.step(name, reads: [g, x], writes: [gb], flops: 2 * count) { memory in
        let (u, v, sums) = (memory[g], memory[x], memory[gb])
        return { _ in
          for row in 0..<rows {
            sums[row] = Float(Kernels.reduction.dot(u + row * columns, v + row * columns, columns))
          }
        }
      }
    }
    let products = alignment == .same ? gb : builder.buffer(count)
    builder.step(name, reads: [g, x], writes: [products], inPlace: [(products, g)], flops: count) { memory in
      let (u, v, out) = (memory[g], memory[x], memory[products])
      return { _ in Kernels.elementwise.binary(.multiply, u, v, out, count) }
    }
    if alignment != .same { addSum(products, gb, node, builder) }
  }

  /// The gradient of b in y = a / b is -gy y / b, and b stays the same where it was stretched.
  private func addDivisorGradient(_ gy: PlanSlot, _ gb: PlanSlot, _ node: PlanNode, _ builder: PlanBuilder) {
    addSumOfProducts(gy, builder[node.output], gb, node, builder)
    let count = node.inputs[1].count, divisor = builder[node.inputs[1]]
    builder.step(name, reads: [gb, divisor], writes: [gb], flops: 2 * count) { memory in
      let (g, b) = (memory[gb], memory[divisor])
      return { _ in
        Kernels.elementwise.binary(.divide, g, b, g, count)
        Kernels.elementwise.unary(.negate, g, g, count)
      }
    }
  }

  /// The operand that was taken gets the gradient; equal ones share it.
  private func addExtremumGradients(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (a, b, count) = (node.inputs[0], node.inputs[1], node.output.count)
    let (x, z, alignment, isMaximum) = (builder[a], builder[b], alignment, function == .maximum)
    builder.contribute(to: a) { ga in
      builder.step(name, reads: [gy, x, z], writes: [ga], inPlace: [(ga, gy)], flops: 2 * count) { memory in
        let (g, u, v, out) = (memory[gy], memory[x], memory[z], memory[ga])
        return { _ in
          alignment.forEachPair(count) { i, j in
            out[i] = g[i] * Self.share(isMaximum ? u[i] : v[j], isMaximum ? v[j] : u[i])
          }
        }
      }
    }
    builder.contribute(to: b) { gb in
      let whole = alignment == .same ? gb : builder.buffer(count)
      builder.step(name, reads: [gy, x, z], writes: [whole], inPlace: [(whole, gy)], flops: 2 * count) { memory in
        let (g, u, v, out) = (memory[gy], memory[x], memory[z], memory[whole])
        return { _ in
          alignment.forEachPair(count) { i, j in
            out[i] = g[i] * (1 - Self.share(isMaximum ? u[i] : v[j], isMaximum ? v[j] : u[i]))
          }
        }
      }
      if alignment != .same { addSum(whole, gb, node, builder) }
    }
  }

  /// The gradient of a in y = a^b is gy b a^(b - 1), 0 for b = 0; that of b is gy y log(a), 0 for a = 0.
  private func addPowerGradients(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (a, b, count, alignment) = (node.inputs[0], node.inputs[1], node.output.count, alignment)
    let (x, z, y) = (builder[a], builder[b], builder[node.output])
    builder.contribute(to: a) { ga in
      builder.step(name, reads: [gy, x, z], writes: [ga], inPlace: [(ga, gy)], flops: 20 * count) { memory in
        let (g, base, exponent, out) = (memory[gy], memory[x], memory[z], memory[ga])
        return { _ in
          alignment.forEachPair(count) { i, j in
            out[i] = exponent[j] == 0 ? 0 : g[i] * exponent[j] * pow(base[i], exponent[j] - 1)
          }
        }
      }
    }
    builder.contribute(to: b) { gb in
      let whole = alignment == .same ? gb : builder.buffer(count)
      builder.step(name, reads: [gy, x, y], writes: [whole], inPlace: [(whole, gy)], flops: 10 * count) { memory in
        let (g, base, power, out) = (memory[gy], memory[x], memory[y], memory[whole])
        return { _ in for i in 0..<count { out[i] = base[i] == 0 ? 0 : g[i] * power[i] * log(base[i]) } }
      }
      if alignment != .same { addSum(whole, gb, node, builder) }
    }
  }

  /// Share of the gradient that belongs to the larger of two numbers: all of it, or half where they are equal.
  private static func share(_ larger: Float, _ smaller: Float) -> Float {
    larger > smaller ? 1 : larger == smaller ? 0.5 : 0
  }
}

extension Alignment {
  /// Calls `body` with the positions of both operands' elements for each of `count` elements.
  @inline(__always)
  func forEachPair(_ count: Int, _ body: (_ first: Int, _ second: Int) -> Void) {
    switch self {
    case .same: for i in 0..<count { body(i, i) }
    case .rows(let rows, let columns):
      for row in 0..<rows { for column in 0..<columns { body(row &* columns &+ column, column) } }
    case .columns(let rows, let columns):
      for row in 0..<rows { for column in 0..<columns { body(row &* columns &+ column, row) } }
    case .groups(let groups, let rows, let columns):
      for row in 0..<groups * rows {
        for column in 0..<columns { body(row &* columns &+ column, row / rows &* columns &+ column) }
      }
    }
  }
}

extension BinaryOperation {
  /// Name in the plan's table.
  var planName: String {
    switch self {
    case .add: "add"
    case .subtract: "sub"
    case .multiply: "mul"
    case .divide: "div"
    case .maximum: "maximum"
    case .minimum: "minimum"
    case .power: "pow"
    case .equal: "eq"
    case .less: "lt"
    case .lessEqual: "le"
    }
  }
}
