/// One step of an optimizer over a flat parameter vector, as PyTorch defines it.
public protocol OptimizerKernels: SendableMetatype {
  /// Updates `parameter`, and `velocity` where there is one, by stochastic gradient descent without dampening.
  ///
  /// Without a velocity `momentum` and `nesterov` are ignored. A velocity of zeros starts as PyTorch's does.
  static func sgd(
    _ parameter: Output, _ gradient: Input, _ velocity: Output?, _ n: Int, _ learningRate: Float, _ momentum: Float,
    _ nesterov: Bool, _ weightDecay: Float)

  /// Updates `parameter` and both moments by Adam, or by AdamW where `decoupled`.
  ///
  /// `biasCorrection1` is `1 - beta1^t` and `biasCorrection2` is `1 - beta2^t` at step `t`, counted from 1.
  static func adam(
    _ parameter: Output, _ gradient: Input, _ m: Output, _ v: Output, _ n: Int, _ learningRate: Float,
    _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ weightDecay: Float, _ decoupled: Bool,
    _ biasCorrection1: Float, _ biasCorrection2: Float)
}
