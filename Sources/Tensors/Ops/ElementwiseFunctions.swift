import Glibc
import Kernels

extension ElementwiseFunction {
  private init(
    _ name: String, _ summary: String, _ kernel: UnaryOperation, on domain: ClosedRange<Double>,
    value: @escaping @Sendable (Double) -> Double,
    derivative: @escaping @Sendable (_ x: Double, _ y: Double) -> Double
  ) {
    self.init(name: name, summary: summary, kernel: kernel, value: value, derivative: derivative, domain: domain)
  }

  public static let neg = Self(
    "neg", "Returns the negative of each element.", .negate, on: -3...3,
    value: { -$0 },
    derivative: { _, _ in -1 })

  public static let abs = Self(
    "abs", "Returns the absolute value of each element.", .absolute, on: 0.1...3,
    value: { Swift.abs($0) },
    derivative: { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 })

  public static let sign = Self(
    "sign", "Returns -1, 0 or 1 by the sign of each element; its gradient is 0.", .sign, on: 0.1...3,
    value: { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    derivative: { _, _ in 0 })

  public static let square = Self(
    "square", "Returns the square of each element.", .square, on: -3...3,
    value: { $0 * $0 },
    derivative: { x, _ in 2 * x })

  public static let sqrt = Self(
    "sqrt", "Returns the square root of each element.", .squareRoot, on: 0.1...4,
    value: { $0.squareRoot() },
    derivative: { _, y in 0.5 / y })

  public static let reciprocal = Self(
    "reciprocal", "Returns 1 divided by each element.", .reciprocal, on: 0.2...3,
    value: { 1 / $0 },
    derivative: { _, y in -y * y })

  public static let exp = Self(
    "exp", "Returns e to the power of each element.", .exponential, on: -3...3,
    value: { Glibc.exp($0) },
    derivative: { _, y in y })

  public static let log = Self(
    "log", "Returns the natural logarithm of each element.", .logarithm, on: 0.1...4,
    value: { Glibc.log($0) },
    derivative: { x, _ in 1 / x })

  public static let sin = Self(
    "sin", "Returns the sine of each element, in radians.", .sine, on: -4...4,
    value: { Glibc.sin($0) },
    derivative: { x, _ in Glibc.cos(x) })

  public static let cos = Self(
    "cos", "Returns the cosine of each element, in radians.", .cosine, on: -4...4,
    value: { Glibc.cos($0) },
    derivative: { x, _ in -Glibc.sin(x) })

  public static let relu = Self(
    "relu", "Returns each element, or 0 where it is negative.", .relu, on: 0.1...3,
    value: { max($0, 0) },
    derivative: { x, _ in x > 0 ? 1 : 0 })

  public static let relu6 = Self(
    "relu6", "Clamps each element to 0 to 6.", .relu6, on: 0.1...5.5,
    value: { min(max($0, 0), 6) },
    derivative: { x, _ in x > 0 && x < 6 ? 1 : 0 })

  public static let sigmoid = Self(
    "sigmoid", "Returns 1 / (1 + exp(-x)) of each element.", .sigmoid, on: -4...4,
    value: { logistic($0) },
    derivative: { _, y in y * (1 - y) })

  public static let tanh = Self(
    "tanh", "Returns the hyperbolic tangent of each element.", .tanh, on: -3...3,
    value: { Glibc.tanh($0) },
    derivative: { _, y in 1 - y * y })

  public static let softplus = Self(
    "softplus", "Returns log(1 + exp(x)) of each element.", .softplus, on: -4...4,
    value: { max($0, 0) + log1p(Glibc.exp(-Swift.abs($0))) },
    derivative: { x, _ in logistic(x) })

  public static let silu = Self(
    "silu", "Returns x times sigmoid(x) of each element.", .silu, on: -4...4,
    value: { damped($0, by: logistic($0)) },
    derivative: { x, _ in logistic(x) + damped(x, by: logistic(x) * logistic(-x)) })

  /// Source: Hendrycks and Gimpel 2016, <https://arxiv.org/abs/1606.08415>, section 2, not its approximations.
  public static let gelu = Self(
    "gelu", "Returns x times the normal distribution function at x.", .geluErf, on: -4...4,
    value: { damped($0, by: normalDistribution($0)) },
    derivative: { x, _ in normalDistribution(x) + damped(x, by: normalDensity(x)) })

  public static let floor = Self(
    "floor", "Rounds each element down; its gradient is 0.", .floor, on: 0.2...0.8,
    value: { Glibc.floor($0) },
    derivative: { _, _ in 0 })

  public static let round = Self(
    "round",
    "Rounds each element to the nearest whole number, halves to even; its gradient is 0.",
    .round, on: 0.1...0.4,
    value: { $0.rounded(.toNearestOrEven) },
    derivative: { _, _ in 0 })

  /// Every function of one number, in the order of the reference.
  public static let all = [
    neg, abs, sign, square, sqrt, reciprocal, exp, log, sin, cos, relu, relu6, sigmoid, tanh, softplus, silu, gelu,
    floor, round,
  ]
}

/// Returns the product with a factor that falls faster than `x` grows: 0 where the factor is, also for infinite `x`.
private func damped(_ x: Double, by factor: Double) -> Double { factor == 0 ? copysign(0, x) : x * factor }

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
private func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
private func normalDensity(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
