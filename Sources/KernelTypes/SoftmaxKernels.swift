/// Softmax over each row of `[rows, n]`.
public protocol SoftmaxKernels: SendableMetatype {
  /// Writes the softmax of each row. A row of minus infinities gives NaN.
  static func softmax(_ x: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Writes the logarithm of the softmax of each row.
  static func logSoftmax(_ x: Input, _ y: Output, _ rows: Int, _ n: Int)

  /// Writes `gx` from the softmax `y` and its gradient.
  static func softmaxGradient(_ y: Input, _ gy: Input, _ gx: Output, _ rows: Int, _ n: Int)

  /// Writes `gx` from the log-softmax `y` and its gradient.
  static func logSoftmaxGradient(_ y: Input, _ gy: Input, _ gx: Output, _ rows: Int, _ n: Int)
}
