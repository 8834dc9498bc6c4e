internal import Kernels
public import Tensors

/// Stochastic gradient descent, with momentum and weight decay as PyTorch defines them.
///
/// With gradient g' = g + weightDecay · w and velocity v = momentum · v + g', the step is w -= rate · v, or
/// w -= rate · (g' + momentum · v) with Nesterov's momentum.
///
/// - Source: Sutskever et al., ICML 2013, <https://proceedings.mlr.press/v28/sutskever13.html>.
/// - Deviation: the rate multiplies the velocity at each step and is not stored in it, as in PyTorch.
public struct SGD: Optimizer, Equatable {
  public let learningRate: Double, momentum: Double, weightDecay: Double
  public let isNesterov: Bool
  public let schedule: LearningRateSchedule
  public let clipping: GradientClipping?

  /// - Throws: ``NetworkError/option(of:name:got:allowed:)``; Nesterov's momentum needs a momentum above 0.
  public init(
    learningRate: Double, momentum: Double = 0, weightDecay: Double = 0, isNesterov: Bool = false,
    schedule: LearningRateSchedule = .constant, clipping: GradientClipping? = nil
  ) throws {
    try require("sgd", "lr", learningRate, "it must be 0 or more") { $0 >= 0 }
    try require("sgd", "momentum", momentum, "it must lie in 0 to 1, without 1") { $0 >= 0 && $0 < 1 }
    try require("sgd", "weight_decay", weightDecay, "it must be 0 or more") { $0 >= 0 }
    if isNesterov { try require("sgd", "momentum", momentum, "nesterov needs one above 0") { $0 > 0 } }
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.isNesterov = isNesterov
    try schedule.validate()
    self.schedule = schedule
    self.clipping = clipping
  }

  public var memoryCount: Int { momentum > 0 ? 1 : 0 }

  public func update(_ parameters: Tensor, gradient: Tensor, state: OptimizerState, learningRate: Double) throws {
    let velocity = state.vectors.first
    guard parameters.elementType == .float32 else {
      return updateDouble(parameters, gradient, velocity, learningRate)
    }
    parameters.withMutableFloats { w in
      gradient.withFloats { g in
        Profiler.measure("sgd", flops: 2 * parameters.count, bytes: (velocity == nil ? 3 : 5) * parameters.byteCount) {
          Kernels.optimizer.sgd(
            w, g, velocity?.floatPointer, parameters.count, Float(learningRate), Float(momentum), isNesterov,
            Float(weightDecay))
        }
      }
    }
  }

  /// The same in float64: the oracle of the kernel.
  private func updateDouble(_ parameters: Tensor, _ gradient: Tensor, _ velocity: Tensor?, _ rate: Double) {
    parameters.withMutableDoubles { w in
      gradient.withDoubles { g in
        for i in 0..<parameters.count {
          let decayed = g[i] + weightDecay * w[i]
          guard let v = velocity?.doublePointer else {
            w[i] -= rate * decayed
            continue
          }
          v[i] = momentum * v[i] + decayed
          w[i] -= rate * (isNesterov ? decayed + momentum * v[i] : v[i])
        }
      }
    }
  }
}
