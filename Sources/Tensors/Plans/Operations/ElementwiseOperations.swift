import Kernels

/// One function of one number, applied to each element.
struct UnaryPlanOperation: PlanOperation, Equatable {
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
struct BoundedPlanOperation: PlanOperation, Equatable {
  enum Function: Equatable, Sendable {
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
