internal import Tensors

/// How the learning rate changes with the steps taken, as a factor of its first value.
public indirect enum LearningRateSchedule: Sendable, Equatable {
  case constant
  /// Multiplied by `factor` after each `every` steps.
  case step(every: Int, factor: Double)
  /// Half a cosine from 1 down to `minimum` over `steps` steps, then `minimum`.
  ///
  /// Source: Loshchilov and Hutter, ICLR 2017, <https://arxiv.org/abs/1608.03983>, equation 5, without restarts.
  case cosine(steps: Int, minimum: Double)
  /// From 1 / steps in equal stages up to 1, then another schedule from its start.
  case warmUp(steps: Int, then: LearningRateSchedule)

  /// Factor of the step that follows `steps` steps already taken.
  public func factor(afterSteps steps: Int) -> Double {
    switch self {
    case .constant: 1
    case .step(let every, let factor): power(factor, steps / every)
    case .cosine(let total, let minimum):
      minimum + (1 - minimum)
        * (1 + PortableMath.sineAndCosine(turns: 0.5 * Double(min(steps, total)) / Double(total)).cosine) / 2
    case .warmUp(let length, let following):
      steps < length ? Double(steps + 1) / Double(length) : following.factor(afterSteps: steps - length)
    }
  }

  /// Throws unless lengths are at least 1 and factors not negative.
  public func validate() throws {
    switch self {
    case .constant: break
    case .step(let every, let factor):
      try require("step_decay", "every", every, in: 1...Int.max)
      try require("step_decay", "factor", factor, "it must be 0 or more") { $0 >= 0 }
    case .cosine(let steps, let minimum):
      try require("cosine", "steps", steps, in: 1...Int.max)
      try require("cosine", "minimum", minimum, "it must lie in 0 to 1") { $0 >= 0 && $0 <= 1 }
    case .warmUp(let steps, let following):
      try require("warm_up", "steps", steps, in: 1...Int.max)
      try following.validate()
    }
  }
}

/// Raises a number to a whole power of 0 or more by repeated squaring: the same bits on every machine.
func power(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0, square = base, rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
