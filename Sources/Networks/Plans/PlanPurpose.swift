/// What a plan of a model computes.
enum PlanPurpose: Hashable, Sendable {
  /// The outputs in evaluation mode, without a gradient.
  case evaluation
  /// An objective in evaluation mode, without a gradient.
  case value(ObjectiveKey)
  /// An objective in training mode, and its gradient with respect to the parameters.
  case training(ObjectiveKey)
  /// An objective in evaluation mode with the parameters as constants, and its gradient with respect to the first
  /// tensors of the batch.
  case inputGradient(ObjectiveKey, inputs: Int)

  var isDifferentiated: Bool {
    switch self {
    case .evaluation, .value: false
    case .training, .inputGradient: true
    }
  }

  var trainsParameters: Bool { if case .training = self { true } else { false } }

  /// How many tensors of the batch a gradient is wanted for.
  var differentiatedInputs: Int { if case .inputGradient(_, let count) = self { count } else { 0 } }
}
