import Tensors
import Testing

@testable import Networks

/// Compares a float64 model's gradients with central differences of its output.
struct ModelGradientCheck {
  let model: Model
  let input: Tensor

  /// Weights that turn the output into one number.
  private func value(_ output: Tensor) throws -> Tensor {
    try output.mul(Pattern.tensor(output.shape, salt: 11, .float64)).sum()
  }

  private func run(_ input: Tensor) throws -> Tensor {
    // The same stream each time: dropout must drop the same units on both sides of a difference.
    try value(model.forward(input, mode: .training, stream: RandomStream(seed: 5, purpose: .dropout)))
  }

  private func difference(_ set: (Double) throws -> Tensor) throws -> Double {
    let step = 1e-5
    return try
      (Tape.withoutRecording { try run(set(step)).item() } - Tape.withoutRecording { try run(set(-step)).item() })
      / (2 * step)
  }

  /// Checks every trainable parameter.
  func checkParameters(sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard model.parameterCount > 0 else { return }
    try model.backward(run(input))
    let analytic = model.gradient.values, start = model.trainable.values
    for index in start.indices {
      let numeric = try difference { step in
        var moved = start
        moved[index] += step
        try model.trainable.copy_(Tensor(moved))
        return input
      }
      #expect(
        abs(numeric - analytic[index]) <= 1e-6 * max(1, abs(numeric)), "parameter \(index)",
        sourceLocation: sourceLocation)
    }
    try model.trainable.copy_(Tensor(start))
  }

  /// Checks every element of the input.
  func checkInput(sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard input.elementType.isFloat else { return }
    let leaf = try input.clone().requiresGradient()
    let analytic = try #require(try run(leaf).backward()[leaf]).values, start = input.values
    for index in start.indices {
      let numeric = try difference { step in
        var moved = start
        moved[index] += step
        return Tensor(moved, shape: input.shape)
      }
      #expect(
        abs(numeric - analytic[index]) <= 1e-6 * max(1, abs(numeric)), "input \(index)", sourceLocation: sourceLocation)
    }
  }
}
