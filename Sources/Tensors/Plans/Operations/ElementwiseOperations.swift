import Kernels

/// One function of one number, applied to each element.
struct UnaryPlanOperation: PlanOperation {
  let function: UnaryOperation
  let name: String

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, count, function) = (builder[node.inputs[0]], builder[node.output], node.output.count, function)
    builder.step(name, reads: [x], writes: [y], inPlace: [(y, x)], flops: count) { memory in
      let (input, output) = (memory[x], memory[y])
      return { _ in Kernels.elementwise.unary(function, input, output, count) }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (count, function) = (node.output.count, function)
    // Only one of input and output is read, so the other gives its place away.
    let source = builder[function.gradientReadsOutput ? node.output : node.inputs[0]]
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, source], writes: [gx], inPlace: [(gx, gy), (gx, source)], flops: count) { memory in
        let (s, g, result) = (memory[source], memory[gy], memory[gx])
        return { _ in Kernels.elementwise.unaryGradient(function, s, s, g, result, count) }
      }
    }
  }
}

extension UnaryOperation {
  /// Whether the derivative follows from the output. For relu and relu6 it does as well as from the input.
  var gradientReadsOutput: Bool {
    switch self {
    case .squareRoot, .reciprocalSquareRoot, .reciprocal, .exponential, .sigmoid, .tanh, .relu, .relu6: true
    default: false
    }
  }
}

/// A function with a number of its own: leaky relu, or clamp.
struct BoundedPlanOperation: PlanOperation {
  enum Function: Sendable {
    case leakyRelu(slope: Float)
    case clamp(low: Float, high: Float)
  }

  let function: Function
  let name: String

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let (x, y, count, function) = (builder[node.inputs[0]], builder[node.output], node.output.count, function)
    builder.step(name, reads: [x], writes: [y], inPlace: [(y, x)], flops: count) { memory in
      let (input, output) = (memory[x], memory[y])
      switch function {
      case .leakyRelu(let slope): return { _ in Kernels.elementwise.leakyRelu(slope, input, output, count) }
      case .clamp(let low, let high): return { _ in Kernels.elementwise.clamp(low, high, input, output, count) }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let (x, count, function) = (builder[node.inputs[0]], node.output.count, function)
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy, x], writes: [gx], inPlace: [(gx, gy)], flops: count) { memory in
        let (input, g, result) = (memory[x], memory[gy], memory[gx])
        switch function {
        case .leakyRelu(let slope):
          return { _ in Kernels.elementwise.leakyReluGradient(slope, input, g, result, count) }
        case .clamp(let low, let high):
          return { _ in Kernels.elementwise.clampGradient(low, high, input, g, result, count) }
        }
      }
    }
  }
}

/// Arithmetic of a tensor and one number.
struct ScalarPlanOperation: PlanOperation {
  let function: BinaryOperation
  let number: Double
  let isReversed: Bool
  var name: String { function == .add ? "add" : function == .multiply ? "mul" : function == .divide ? "div" : "sub" }

  /// nil for a function whose gradient plans do not know.
  init?(_ function: BinaryOperation, _ number: Double, reversed: Bool) {
    switch (function, reversed) {
    case (.add, false), (.multiply, false), (.divide, false), (.subtract, true): break
    default: return nil
    }
    (self.function, self.number, isReversed) = (function, number, reversed)
  }

  /// Notes arithmetic with a number; nil for one that plans do not know.
  static func note(
    _ function: BinaryOperation, _ x: Tensor, _ number: Double, _ y: Tensor, reversed: Bool = false
  ) -> PlanNote? {
    Self(function, number, reversed: reversed).map {
      PlanNote($0, [(x, x.isDense ? nil : x.shape.rowMajorStrides)], y)
    }
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
    let (count, function, number) = (node.output.count, function, Float(number))
    if function == .add { return builder.contribute(to: node.inputs[0], same: gy) }
    builder.contribute(to: node.inputs[0]) { gx in
      builder.step(name, reads: [gy], writes: [gx], inPlace: [(gx, gy)], flops: count) { memory in
        let (g, result) = (memory[gy], memory[gx])
        if function == .subtract { return { _ in Kernels.elementwise.unary(.negate, g, result, count) } }
        return { _ in Kernels.elementwise.binaryScalar(function, g, number, result, count) }
      }
    }
  }
}
