import Kernels

/// One function of each element of a chain; that of two numbers has another tensor that lies alike as its operand.
enum ElementLink: Equatable {
  case unary(UnaryOperation)
  case bounded(BoundedPlanOperation.Function)
  case scalar(BinaryOperation, Float, isReversed: Bool)
  /// The chain's value on one side, the operand on the other.
  case binary(BinaryOperation, isReversed: Bool)

  /// - Parameter value: Which of the node's inputs is the chain's.
  init?(_ node: PlanNode, of value: Int) {
    switch node.operation {
    case let operation as UnaryPlanOperation: self = .unary(operation.function)
    case let operation as BoundedPlanOperation: self = .bounded(operation.function)
    case let operation as ScalarPlanOperation:
      self = .scalar(operation.function, Float(operation.number), isReversed: operation.isReversed)
    case let operation as BinaryPlanOperation where operation.alignment == .same:
      self = .binary(operation.function, isReversed: node.inputs[1].value == value)
    default: return nil
    }
  }

  var hasOperand: Bool { if case .binary = self { true } else { false } }

  /// Whether the gradient costs so little that computing the value again for it costs less than keeping it.
  var isCheap: Bool {
    switch self {
    case .unary(let function): [.negate, .absolute, .square, .relu, .relu6].contains(function)
    case .bounded: true
    case .scalar(let function, _, let isReversed):
      [.add, .subtract, .multiply].contains(function) || function == .divide && !isReversed
    case .binary(let function, _): [.add, .subtract, .multiply].contains(function)
    }
  }

  /// Whether its gradient follows from its result alone.
  var readsOutput: Bool { if case .unary(let function) = self { function.gradientReadsOutput } else { false } }

  /// Writes the value of the chain after this link; y may be x.
  func run(_ x: Input, _ other: Input?, _ y: Output, _ n: Int) {
    switch self {
    case .unary(let function): Kernels.elementwise.unary(function, x, y, n)
    case .bounded(.leakyRelu(let slope)): Kernels.elementwise.leakyRelu(slope, x, y, n)
    case .bounded(.clamp(let low, let high)): Kernels.elementwise.clamp(low, high, x, y, n)
    case .scalar(let function, let number, false): Kernels.elementwise.binaryScalar(function, x, number, y, n)
    case .scalar(let function, let number, true): Kernels.elementwise.scalarBinary(function, number, x, y, n)
    case .binary(let function, let isReversed):
      guard let other else { return }
      Kernels.elementwise.binary(function, isReversed ? other : x, isReversed ? x : other, y, n)
    }
  }

  /// Writes the gradient of the operand, if wanted, and turns `g`, the gradient after this link, into the one before.
  func pull(
    _ x: Input, _ y: Input, _ other: Input?, _ g: Output, operand: Output?, _ n: Int
  ) {
    switch self {
    case .unary(let function): Kernels.elementwise.unaryGradient(function, x, y, g, g, n)
    case .bounded(.leakyRelu(let slope)): Kernels.elementwise.leakyReluGradient(slope, x, g, g, n)
    case .bounded(.clamp(let low, let high)): Kernels.elementwise.clampGradient(low, high, x, g, g, n)
    case .scalar(.multiply, let number, _), .scalar(.divide, let number, false):
      if case .scalar(let function, _, _) = self { Kernels.elementwise.binaryScalar(function, g, number, g, n) }
    case .scalar(.subtract, _, true): Kernels.elementwise.unary(.negate, g, g, n)
    case .scalar: break
    case .binary(let function, let isReversed):
      if let operand { writeOperandGradient(function, isReversed, x, g, operand, n) }
      if function == .multiply, let other { Kernels.elementwise.binary(.multiply, g, other, g, n) }
      if function == .subtract, isReversed { Kernels.elementwise.unary(.negate, g, g, n) }
    }
  }

  private func writeOperandGradient(
    _ function: BinaryOperation, _ isReversed: Bool, _ x: Input, _ g: Input, _ result: Output, _ n: Int
  ) {
    switch function {
    case .multiply: Kernels.elementwise.binary(.multiply, g, x, result, n)
    case .subtract where !isReversed: Kernels.elementwise.unary(.negate, g, result, n)
    default: result.update(from: g, count: n)
    }
  }
}
