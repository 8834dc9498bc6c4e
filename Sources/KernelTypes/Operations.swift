/// One function of one number, applied to each element.
public enum UnaryOperation: CaseIterable, Sendable {
  case negate, absolute, sign, square, squareRoot, reciprocalSquareRoot, reciprocal
  case exponential, logarithm, sine, cosine
  case relu, relu6, silu, sigmoid, tanh, softplus
  /// The tanh form of the Gaussian error linear unit.
  case gelu
  /// The Gaussian error linear unit by its definition, with the error function.
  case geluErf
  case floor
  /// Rounds to the nearest whole number, halves to the even one.
  case round
}

/// One function of two numbers, applied to each pair of elements.
///
/// `maximum` and `minimum` give NaN where either side is NaN. The comparisons give 1 or 0.
public enum BinaryOperation: CaseIterable, Sendable {
  case add, subtract, multiply, divide, maximum, minimum, power
  case equal, less, lessEqual
}

/// What a network applies to each element after a linear map or a normalization.
public enum Activation: Hashable, Sendable {
  case none, relu, relu6, silu, sigmoid, tanh
  /// The tanh form of the Gaussian error linear unit.
  case gelu
  /// The Gaussian error linear unit by its definition, with the error function.
  case geluErf
  /// Positive numbers unchanged, others times the slope, which is positive.
  case leakyRelu(slope: Float)

  /// Tells whether the gradient is computed from the input; else the output is enough, and the input may be gone.
  public var gradientReadsInput: Bool {
    switch self {
    case .silu, .gelu, .geluErf: true
    case .none, .relu, .relu6, .leakyRelu, .sigmoid, .tanh: false
    }
  }
}
