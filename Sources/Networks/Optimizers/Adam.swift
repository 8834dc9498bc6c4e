internal import Kernels
public import Tensors

/// Adam, and AdamW where the weight decay is decoupled from the gradient.
///
/// - Source: Kingma and Ba, ICLR 2015, <https://arxiv.org/abs/1412.6980>, algorithm 1; AdamW: Loshchilov and Hutter,
///   ICLR 2019, <https://arxiv.org/abs/1711.05101>, algorithm 2.
/// - Deviation: the decoupled decay is multiplied by the learning rate, as in PyTorch.
public struct Adam: Optimizer, Equatable {
  public let learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  /// Whether weights decay by themselves (AdamW) and not through the gradient.
  public let isDecoupled: Bool
  public let schedule: LearningRateSchedule
  public let clipping: GradientClipping?

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, isDecoupled: Bool = false, schedule: LearningRateSchedule = .constant,
    clipping: GradientClipping? = nil
  ) throws {
    let owner = isDecoupled ? "adamw" : "adam"
    try require(owner, "lr", learningRate, "it must be 0 or more") { $0 >= 0 }
    try require(owner, "beta1", beta1, "it must lie in 0 to 1, without 1") { $0 >= 0 && $0 < 1 }
    try require(owner, "beta2", beta2, "it must lie in 0 to 1, without 1") { $0 >= 0 && $0 < 1 }
    try require(owner, "epsilon", epsilon, "it must be above 0") { $0 > 0 }
    try require(owner, "weight_decay", weightDecay, "it must be 0 or more") { $0 >= 0 }
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
    try schedule.validate()
    self.schedule = schedule
    self.clipping = clipping
  }

  public var memoryCount: Int { 2 }

  public func update(_ parameters: Tensor, gradient: Tensor, state: OptimizerState, learningRate: Double) throws {
    let correction1 = 1 - power(beta1, state.stepCount), correction2 = 1 - power(beta2, state.stepCount)
    let (m, v) = (state.vectors[0], state.vectors[1])
    guard parameters.elementType == .float32 else {
      return updateDouble(parameters, gradient, m, v, learningRate, correction1, correction2)
    }
    parameters.withMutableFloats { w in
      gradient.withFloats { g in
        Profiler.measure("adam", flops: 12 * parameters.count, bytes: 7 * parameters.byteCount) {
          Kernels.optimizer.adam(
            w, g, m.floatPointer, v.floatPointer, parameters.count, Float(learningRate), Float(beta1), Float(beta2),
            Float(epsilon), Float(weightDecay), isDecoupled, Float(correction1), Float(correction2))
        }
      }
    }
  }

  /// The same in float64: the oracle of the kernel.
  private func updateDouble(
    _ parameters: Tensor, _ gradient: Tensor, _ m: Tensor, _ v: Tensor, _ rate: Double, _ correction1: Double,
    _ correction2: Double
  ) {
    let (m, v) = (m.doublePointer, v.doublePointer)
    parameters.withMutableDoubles { w in
      gradient.withDoubles { g in
        for i in 0..<parameters.count {
          let decayed = isDecoupled ? g[i] : g[i] + weightDecay * w[i]
          if isDecoupled { w[i] -= rate * weightDecay * w[i] }
          m[i] = beta1 * m[i] + (1 - beta1) * decayed
          v[i] = beta2 * v[i] + (1 - beta2) * decayed * decayed
          w[i] -= rate * (m[i] / correction1) / ((v[i] / correction2).squareRoot() + epsilon)
        }
      }
    }
  }
}
