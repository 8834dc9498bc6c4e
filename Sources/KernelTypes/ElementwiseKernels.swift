/// Functions applied element by element. Writing over an operand (`y == a`) is always legal.
public protocol ElementwiseKernels: SendableMetatype {
  /// Writes `operation(x)`.
  static func unary(_ operation: UnaryOperation, _ x: Input, _ y: Output, _ n: Int)

  /// Writes `gx = gy * operation'(x)`, where `y` is what ``unary(_:_:_:_:)`` gave for `x`.
  static func unaryGradient(
    _ operation: UnaryOperation, _ x: Input, _ y: Input, _ gy: Input, _ gx: Output, _ n: Int)

  /// Writes `x` where it is positive and `slope * x` elsewhere.
  static func leakyRelu(_ slope: Float, _ x: Input, _ y: Output, _ n: Int)

  /// Writes `gx = gy` where `x` is positive and `slope * gy` elsewhere.
  static func leakyReluGradient(_ slope: Float, _ x: Input, _ gy: Input, _ gx: Output, _ n: Int)

  /// Writes `x` limited to `low ... high`; NaN stays NaN.
  static func clamp(_ low: Float, _ high: Float, _ x: Input, _ y: Output, _ n: Int)

  /// Writes `gx = gy` where `low <= x <= high` and 0 elsewhere.
  static func clampGradient(_ low: Float, _ high: Float, _ x: Input, _ gy: Input, _ gx: Output, _ n: Int)

  /// Writes `a operation b`, all `[n]`.
  static func binary(_ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ n: Int)

  /// Writes `a operation s` for one number `s` on the right.
  static func binaryScalar(_ operation: BinaryOperation, _ a: Input, _ s: Float, _ y: Output, _ n: Int)

  /// Writes `s operation a` for one number `s` on the left.
  static func scalarBinary(_ operation: BinaryOperation, _ s: Float, _ a: Input, _ y: Output, _ n: Int)

  /// Writes `a operation b` for `a[rows, n]` and one row `b[n]`.
  static func binaryRows(_ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Writes `a operation b` for `a[rows, n]` and one number a row, `b[rows]`.
  static func binaryColumns(_ operation: BinaryOperation, _ a: Input, _ b: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Adds `alpha * x` to `y`.
  static func axpy(_ alpha: Float, _ x: Input, _ y: Output, _ n: Int)

  /// Writes `alpha * x`.
  static func scale(_ alpha: Float, _ x: Input, _ y: Output, _ n: Int)

  /// Writes `value` everywhere.
  static func fill(_ value: Float, _ y: Output, _ n: Int)
}
