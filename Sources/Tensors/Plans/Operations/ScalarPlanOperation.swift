import Glibc
import Kernels

/// Arithmetic or a comparison of a tensor and one number, which stands on the left where it is reversed.
struct ScalarPlanOperation: PlanOperation, Equatable {
  let function: BinaryOperation
  let number: Double
  let isReversed: Bool
  var name: String { function.planName }

  static func note(
    _ function: BinaryOperation, _ x: Tensor, _ number: Double, _ y: Tensor, reversed: Bool = false
  ) -> PlanNote? {
    guard x.elementType == .float32 else { return nil }
    return PlanNote(Self(function: function, number: number, isReversed: reversed), [(x, x.walkedStrides)], y)
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, count) = (builder[node.inputs[0]], builder[node.output], node.output.count)
    let (function, number, isReversed) = (function, Float(number), isReversed)
    builder.step(name, reads: [x], writes: [y], inPlace: [(y, x)], flops: count) { memory in
      let (input, output) = (memory[x], memory[y])
      if isReversed { return { _ in Kernels.elementwise.scalarBinary(function, number, input, output, count) } }
      return { _ in Kernels.elementwise.binaryScalar(function, input, number, output, count) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let x = node.inputs[0]
    switch (function, isReversed) {
    case (.add, _), (.subtract, false): builder.contribute(to: x, same: gy)
    case (.subtract, true):
      addMap(node, gy, builder) { g, out, count in Kernels.elementwise.unary(.negate, g, out, count) }
    case (.multiply, _), (.divide, false):
      let (function, number) = (function, Float(number))
      addMap(node, gy, builder) { g, out, count in
        Kernels.elementwise.binaryScalar(function, g, number, out, count)
      }
    case (.divide, true): addDivisorGradient(node, gy, builder)
    case (.power, false): addBaseGradient(node, gy, builder)
    case (.power, true): addExponentGradient(node, gy, builder)
    case (.maximum, _), (.minimum, _), (.equal, _), (.less, _), (.lessEqual, _): break
    }
  }

  private func addMap(
    _ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder, _ map: @escaping (Input, Output, Int) -> Void
  ) {
    let count = node.output.count
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx], inPlace: [(gx, gy)], flops: count) { memory in
        let (g, out) = (memory[gy], memory[gx])
        return { _ in map(g, out, count) }
      }
    }
  }

  /// The gradient of x in y = s / x is -gy y / x.
  private func addDivisorGradient(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, y, count) = (builder[node.inputs[0]], builder[node.output], node.output.count)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, x, y], writes: [gx], inPlace: [(gx, gy)], flops: 3 * count) { memory in
        let (g, input, output, out) = (memory[gy], memory[x], memory[y], memory[gx])
        return { _ in
          Kernels.elementwise.binary(.multiply, g, output, out, count)
          Kernels.elementwise.binary(.divide, out, input, out, count)
          Kernels.elementwise.unary(.negate, out, out, count)
        }
      }
    }
  }

  /// The gradient of x in y = s^x is gy y log(s), 0 for s = 0.
  private func addExponentGradient(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (y, count, factor) = (builder[node.output], node.output.count, number == 0 ? 0 : Glibc.log(number))
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, y], writes: [gx], inPlace: [(gx, gy), (gx, y)], flops: 2 * count) { memory in
        let (g, power, out) = (memory[gy], memory[y], memory[gx])
        return { _ in
          if factor == 0 { return Kernels.elementwise.fill(0, out, count) }
          Kernels.elementwise.binary(.multiply, g, power, out, count)
          Kernels.elementwise.scale(Float(factor), out, out, count)
        }
      }
    }
  }

  /// The gradient of x in y = x^p is gy p x^(p - 1).
  private func addBaseGradient(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, count, exponent) = (builder[node.inputs[0]], node.output.count, number)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, x], writes: [gx], inPlace: [(gx, x)], flops: 4 * count) { memory in
        let (g, input, out) = (memory[gy], memory[x], memory[gx])
        return { _ in
          if exponent == 0 { return Kernels.elementwise.fill(0, out, count) }
          Kernels.elementwise.binaryScalar(.power, input, Float(exponent - 1), out, count)
          Kernels.elementwise.binary(.multiply, out, g, out, count)
          Kernels.elementwise.scale(Float(exponent), out, out, count)
        }
      }
    }
  }
}
