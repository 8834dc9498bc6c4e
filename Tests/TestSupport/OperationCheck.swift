public import Tensors

/// The checks that every operation must pass.
///
/// The derivative of the weighted sum of an operation's results stands for its whole Jacobian: weights are drawn, so
/// an error in any entry shows.
public struct OperationCheck {
  private let operation: OperationCase
  private let values: [[Double]]

  /// Elements of an operand that are moved for central differences.
  private static let probedElements = 48

  public init(_ operation: OperationCase) {
    self.operation = operation
    values = operation.values()
  }

  /// A result and the gradients of its weighted sum.
  public struct Outcome {
    public let output: Tensor
    public let gradients: [Tensor?]
  }

  /// Runs the operation and its gradient.
  ///
  /// - Parameter wanted: Operands whose gradient is asked for; nil means all.
  public func run(
    _ type: ElementType, _ order: MemoryOrder = .rowMajor, wanted: Set<Int>? = nil
  ) throws -> Outcome {
    let inputs = try zip(values, operation.operands).map { values, operand in
      try (order.applies(to: operand.shape) ? order : .rowMajor).tensor(values, operand.shape, type)
    }
    let leaves = inputs.indices.filter { wanted?.contains($0) ?? true }
    for leaf in leaves { try inputs[leaf].requiresGradient() }
    let output = try operation.compute(inputs)
    guard !leaves.isEmpty, output.count > 0 else { return Outcome(output: output, gradients: inputs.map { _ in nil }) }
    let gradients = try weighted(output).backward()
    return Outcome(output: output, gradients: inputs.map { gradients[$0] })
  }

  /// Computes the result with every operand marked, without its gradient.
  public func output(_ type: ElementType) throws -> Tensor {
    try operation.compute(
      zip(values, operation.operands).map { try Tensor($0, shape: $1.shape).to(type).requiresGradient() })
  }

  private func weighted(_ output: Tensor) throws -> Tensor {
    var stream = RandomStream(seed: 2, purpose: RandomPurpose(operation.description))
    let weights = (0..<output.count).map { _ in
      Double(Float(stream.uniform() + 0.5)) * (stream.uniform() < 0.5 ? -1 : 1)
    }
    return try output.mul(Tensor(weights, shape: output.shape).to(output.elementType)).sum()
  }

  /// Compares the float64 gradient with central differences.
  public func gradientFailures() throws -> [String] {
    let outcome = try run(.float64)
    let gradients = outcome.gradients
    return try operation.operands.indices.compactMap { index in
      let shape = operation.operands[index].shape
      guard let gradient = gradients[index] else {
        return outcome.output.count == 0 || shape.contains(0) ? nil : "operand \(index + 1) has no gradient"
      }
      if gradient.shape != shape { return "gradient \(index + 1) has shape \(gradient.shape) instead of \(shape)" }
      let all = gradient.values
      let step = Swift.max(1, all.count / Self.probedElements)
      let probed = Array(stride(from: 0, to: all.count, by: step))
      let expected = try probed.map { try centralDifference(operand: index, element: $0) }
      return Tolerance.centralDifference.mismatch(probed.map { all[$0] }, expected).map {
        "gradient \(index + 1), \($0)"
      }
    }
  }

  private func centralDifference(operand: Int, element: Int) throws -> Double {
    let step = 1e-5 * Swift.max(1, abs(values[operand][element]))
    let ends = try [step, -step].map { shift in
      var moved = values
      moved[operand][element] += shift
      let inputs = zip(moved, operation.operands).map { Tensor($0, shape: $1.shape) }
      return try Tape.withoutRecording { try weighted(operation.compute(inputs)).item() }
    }
    return (ends[0] - ends[1]) / (2 * step)
  }

  /// Compares float32 in a memory order with the float64 oracle, forward and gradient.
  public func kernelFailures(_ order: MemoryOrder = .rowMajor) throws -> [String] {
    let oracle = try run(.float64)
    return failures(try run(.float32, order), oracle, .float32Accumulated(operation.terms))
  }

  /// Asks for one gradient at a time: each must be what it is when all are asked for.
  public func partialFailures() throws -> [String] {
    let all = try run(.float32)
    return try operation.operands.indices.flatMap { index in
      let alone = try run(.float32, wanted: [index])
      let stray = alone.gradients.indices.filter { $0 != index && alone.gradients[$0] != nil }
      let expected = Outcome(
        output: all.output, gradients: all.gradients.indices.map { $0 == index ? all.gradients[$0] : nil })
      return stray.map { "gradient \($0 + 1) was not asked for" } + failures(alone, expected, .exact)
    }
  }

  /// Requires finite results and gradients, in both precisions.
  public func finiteFailures() throws -> [String] {
    try [ElementType.float32, .float64].flatMap { type in
      let outcome = try run(type)
      let named = [("output", outcome.output as Tensor?)] + outcome.gradients.map { ("gradient", $0) }
      return named.compactMap { name, tensor in
        tensor.flatMap {
          $0.values.allSatisfy(\.isFinite) ? nil : "\(type) \(name) is not finite: \($0.values.prefix(8))"
        }
      }
    }
  }

  private func failures(_ got: Outcome, _ expected: Outcome, _ tolerance: Tolerance) -> [String] {
    let pairs =
      [("output", got.output as Tensor?, expected.output as Tensor?)]
      + got.gradients.indices.map { ("gradient \($0 + 1)", got.gradients[$0], expected.gradients[$0]) }
    return pairs.compactMap { name, got, expected in
      guard let expected else { return nil }
      guard let got else { return "\(name) is missing" }
      if got.shape != expected.shape { return "\(name) has shape \(got.shape) instead of \(expected.shape)" }
      return tolerance.mismatch(got.values, expected.values).map { "\(name), \($0)" }
    }
  }
}
