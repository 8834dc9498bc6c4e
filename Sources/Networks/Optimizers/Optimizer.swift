public import Tensors

/// A rule that changes parameters along a gradient, by its numbers alone: its memory is an ``OptimizerState``.
///
/// One optimizer serves all clients of a simulation; each client's training makes a state of its own.
public protocol Optimizer: Sendable {
  /// Rate before the schedule.
  var learningRate: Double { get }
  var schedule: LearningRateSchedule { get }
  /// Applied to the gradient before each step; nil leaves it.
  var clipping: GradientClipping? { get }
  /// Vectors of the parameters' length that the rule remembers.
  var memoryCount: Int { get }

  /// Changes `parameters` in one pass, with the rate already scheduled and the gradient already clipped.
  func update(_ parameters: Tensor, gradient: Tensor, state: OptimizerState, learningRate: Double) throws
}

extension Optimizer {
  /// Takes one step on a model along its ``Model/gradient``.
  ///
  /// - Parameter scheduled: Steps before this one as the schedule counts them; nil for those of `state`.
  public func step(_ model: Model, _ state: OptimizerState, scheduled: Int? = nil) throws {
    try step(model.trainable, gradient: model.gradient, state, scheduled: scheduled)
  }

  /// The rate after a number of steps.
  public func rate(afterSteps steps: Int) -> Double { learningRate * schedule.factor(afterSteps: steps) }

  /// Takes one step. Clipping changes `gradient` in place.
  ///
  /// - Parameters:
  ///   - parameters: Shape `[P]`, float32 or float64.
  ///   - gradient: Shape `[P]`, of the same type.
  ///   - scheduled: Steps before this one as the schedule counts them; nil for those of `state`.
  /// - Throws: ``NetworkError/vector(op:got:expected:)`` where lengths differ.
  public func step(
    _ parameters: Tensor, gradient: Tensor, _ state: OptimizerState, scheduled: Int? = nil
  ) throws {
    for vector in [gradient] + state.vectors where vector.shape != parameters.shape {
      throw NetworkError.vector(op: "step", got: vector.shape, expected: parameters.count)
    }
    for vector in [parameters, gradient] where !vector.isContiguous || vector.elementType != state.elementType {
      throw NetworkError.elementType(
        op: "step", got: vector.elementType, expected: "contiguous \(state.elementType) vectors are needed")
    }
    try clipping?.apply(to: gradient)
    let rate = rate(afterSteps: scheduled ?? state.stepCount)
    state.stepCount += 1
    try update(parameters, gradient: gradient, state: state, learningRate: rate)
  }

  /// Makes the memory for a vector of `count` parameters, all zero.
  public func makeState(count: Int, _ elementType: ElementType = .float32) throws -> OptimizerState {
    try OptimizerState(vectors: (0..<memoryCount).map { _ in try .zeros([count], elementType) }, elementType)
  }

  /// Makes the memory for a model, all zero.
  public func makeState(for model: Model) throws -> OptimizerState {
    try makeState(count: model.parameterCount, model.elementType)
  }
}

/// What an optimizer remembers between steps.
public final class OptimizerState {
  /// Steps taken.
  public var stepCount = 0
  /// Velocity, or first and second moments: each of the parameters' length.
  public let vectors: [Tensor]
  public let elementType: ElementType

  /// Takes vectors as they are, for instance from a checkpoint.
  public init(vectors: [Tensor], _ elementType: ElementType = .float32, stepCount: Int = 0) {
    self.vectors = vectors
    self.elementType = elementType
    self.stepCount = stepCount
  }

  /// Forgets everything, as at the first step.
  public func reset() throws {
    stepCount = 0
    for vector in vectors { try vector.fill_(0) }
  }
}
