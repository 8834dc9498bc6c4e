public import Tensors

/// A differentiable input of an operation under test.
public struct Operand: Sendable {
  public let shape: [Int]
  /// Where its values are drawn from.
  public let domain: ClosedRange<Double>

  public init(_ shape: [Int], in domain: ClosedRange<Double> = -2...2) {
    self.shape = shape
    self.domain = domain
  }
}

/// One call of an operation, from which all its checks follow.
public struct OperationCase: Sendable, CustomStringConvertible {
  public let name: String
  public let operands: [Operand]
  /// Terms in the longest sum, for the tolerance of float32.
  public let terms: Int
  public let compute: @Sendable ([Tensor]) throws -> Tensor

  public init(
    _ name: String, _ operands: [Operand], terms: Int = 16,
    _ compute: @escaping @Sendable ([Tensor]) throws -> Tensor
  ) {
    self.name = name
    self.operands = operands
    self.terms = terms
    self.compute = compute
  }

  public init(
    _ name: String, _ shapes: [[Int]], terms: Int = 16, _ compute: @escaping @Sendable ([Tensor]) throws -> Tensor
  ) {
    self.init(name, shapes.map { Operand($0) }, terms: terms, compute)
  }

  public var description: String { "\(name)(\(operands.map { "\($0.shape)" }.joined(separator: ", ")))" }

  /// The same values for every check of this case: exact in float32, so that both precisions see one input.
  public func values() -> [[Double]] {
    var stream = RandomStream(seed: 1, purpose: RandomPurpose(description))
    return operands.map { operand in
      (0..<operand.shape.reduce(1, *)).map { _ in
        let width = operand.domain.upperBound - operand.domain.lowerBound
        return Double(Float(operand.domain.lowerBound + stream.uniform() * width))
      }
    }
  }
}
